import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Principal } from '../access/principal.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { latin1, TEXT_BYTES } from '../platform/latin1.ts';
import type { AnswerWriter } from './answer-writer.ts';
import type { HostRoute } from './host.ts';
import type { RequestTarget } from './target.ts';

/** Header names spelled as clients grep them; written with `writeHead`, which keeps the spelling. */
export type Headers = OutgoingHttpHeaders;

/** What the edge found out about a request before any route sees it. */
export interface ExchangeFacts {
  readonly correlationId: string;
  readonly target: RequestTarget;
  /** `http` or `https` as the client sees it. */
  readonly scheme: string;
  /** The Host as received, checked for its characters. */
  readonly host: string;
  /** Where the host leads; `any` when it is none of the site's own names. */
  readonly hostRoute: HostRoute;
  /** Where the token endpoint is and what the client calls this service. */
  readonly realm: string;
  readonly service: string;
  /** The client's address, taken from a proxy's header only when the proxy is configured. */
  readonly clientAddress: string;
  /** Whether the client is on this machine. */
  readonly local: boolean;
  /** Whether nobody else can read along, so that secrets may be shown. */
  readonly confidential: boolean;
  /** Whether it came through a configured proxy. */
  readonly viaProxy: boolean;
  /** Headers that let the portal's scripts read the answer; empty for requests of others. */
  readonly crossOrigin: Headers;
}

function clientGone(): Error {
  return new Error('the client closed the connection');
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** For whoever is told to come again later by somebody who did not say when. */
const RETRY_SECONDS = 5;

/**
 * 429 and 503 never go out without a `Retry-After` that every client can read: whole seconds, at least one (RFC 9110,
 * section 10.2.3). Without it some clients come back at once, and some never (az sleeps 30 s).
 */
function wholeSeconds(given: Headers[string]): number {
  const seconds = Number(given ?? RETRY_SECONDS);
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : RETRY_SECONDS;
}

/** Whether a text has a byte for each character, and so is its own latin1. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** Whose language an answer speaks: the registry's content, resource manager, sign-in, directory, portal. */
export type Plane = 'data' | 'management' | 'identity' | 'graph' | 'portal';

/** One request and its answer. Routes speak to clients through this alone. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly facts: ExchangeFacts;
  /** Set by the door before the route runs. */
  principal: Principal = { kind: 'anonymous' };
  /** Set as soon as the host and the path say so; errors and headers follow it. */
  plane: Plane = 'data';
  /** For the log and the metrics. */
  routeName = 'none';
  bytesSent = 0;
  readonly #answers: AnswerWriter;
  #registry: RegistryRow | undefined;
  #gone = false;
  #abort: AbortController | undefined;
  #onGone: ((reason: Error) => void) | undefined;

  /** `ended` is called once, when the answer is written out or the client is gone. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    facts: ExchangeFacts,
    answers: AnswerWriter,
    ended?: () => void,
  ) {
    this.request = request;
    this.response = response;
    this.facts = facts;
    this.#answers = answers;
    // Node closes a response once. One listener for all who ask: each of them costs every request.
    response.on('close', () => {
      this.#gone = !response.writableFinished;
      if (this.#gone) this.#leave();
      ended?.();
    });
  }

  /** Whether the client went away before it had its answer. */
  get gone(): boolean {
    return this.#gone;
  }

  #leave(): void {
    const reason = clientGone();
    this.#abort?.abort(reason);
    this.#onGone?.(reason);
  }

  /** Aborted when the client goes away. Made when it is asked for: most requests end before anybody would look. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#gone) this.#abort.abort(clientGone());
    return this.#abort.signal;
  }

  /** The registry that the host leads to; set by the data plane before any route runs. */
  get registry(): RegistryRow {
    if (!this.#registry) throw new Error('this route runs without a registry');
    return this.#registry;
  }

  set registry(row: RegistryRow) {
    this.#registry = row;
  }

  /** Calls `listener`, the last one that was given, when the client goes away. For what sends an answer's bytes: lighter than a signal with a listener. */
  whenGone(listener: (reason: Error) => void): void {
    this.#onGone = listener;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** Writes a whole answer. On HEAD and 204/304 the body is left out, `Content-Length` stays what GET would say. */
  send(status: number, headers: Headers = {}, body?: Uint8Array | string): void {
    const content = typeof body === 'string' && !isAscii(body) ? Buffer.from(body) : body;
    const joins = typeof content !== 'string' && content !== undefined && content.length <= TEXT_BYTES;
    this.#send(status, headers, joins && this.method !== 'HEAD' ? latin1(content) : content);
  }

  /** The same of bytes, which may be given as latin1 text. */
  sendBytes(status: number, headers: Headers, bytes: Uint8Array | string): void {
    this.#send(status, headers, bytes);
  }

  #send(status: number, headers: Headers, content: Uint8Array | string | undefined): void {
    const length = content?.length ?? 0;
    const bodiless = status === 204 || status === 304;
    const head = this.baseHeaders();
    if (!bodiless) head['Content-Length'] = length;
    Object.assign(head, headers);
    if (status === 429 || status === 503) head['Retry-After'] = wholeSeconds(head['Retry-After']);
    this.response.writeHead(status, head);
    const carried = bodiless || this.method === 'HEAD' ? undefined : content;
    this.bytesSent += carried?.length ?? 0;
    this.#answers.end(this.response, carried);
  }

  sendJson(status: number, headers: Headers, value: unknown): void {
    this.send(status, { 'Content-Type': JSON_TYPE, ...headers }, JSON.stringify(value));
  }

  /**
   * Headers of every answer, as Azure sends them. HSTS only on the site's own names: a browser would
   * keep it for all of `localhost`.
   */
  baseHeaders(): Headers {
    const { correlationId, hostRoute, scheme } = this.facts;
    const headers: Headers =
      this.plane === 'data'
        ? {
            'Docker-Distribution-Api-Version': 'registry/2.0',
            'X-Ms-Correlation-Request-Id': correlationId,
            'X-Content-Type-Options': 'nosniff',
          }
        : {
            'Cache-Control': this.plane === 'identity' ? 'no-store' : 'no-cache',
            ...(this.plane === 'portal' ? {} : { Pragma: 'no-cache' }),
            'x-ms-request-id': correlationId,
            'x-ms-correlation-request-id': correlationId,
            'X-Content-Type-Options': 'nosniff',
          };
    Object.assign(headers, this.facts.crossOrigin);
    if (scheme === 'https' && hostRoute.kind !== 'any') {
      headers['Strict-Transport-Security'] = 'max-age=31536000; includeSubDomains';
    }
    return headers;
  }
}

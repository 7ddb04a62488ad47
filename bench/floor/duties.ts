/** The floor with what the contract asks for when a manifest is read or pushed, besides its bytes and rows. */
import { randomUUID } from 'node:crypto';
import { openSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AnswerWriter } from '../../apps/registry/src/http/answer-writer.ts';
import { systemClock } from '../../apps/registry/src/platform/clock.ts';
import { openLogStream } from '../../apps/registry/src/telemetry/log-stream.ts';
import { createLogger } from '../../apps/registry/src/telemetry/logger.ts';
import { createMetrics } from '../../apps/registry/src/telemetry/metrics.ts';
import { createRequestLog } from '../../apps/registry/src/telemetry/request-log.ts';
import { bodyOf } from './body.ts';
import type { Rows } from './rows.ts';

/** What clients show, as long as ours of the benchmark. Who shows it was verified once, as ours verifies each token once. */
export const AUTHORIZATION = `Bearer ${'floor'.repeat(160)}`;

interface Caller {
  readonly principal: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** In which repositories they may pull and push, as far as it was asked: until somebody's rights change. */
  readonly may: Map<string, boolean>;
}

/** A request for a manifest that may be answered. */
interface Admitted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly repository: string;
  readonly reference: string;
  readonly principal: string;
  /** Of `performance.now()`. */
  readonly started: number;
}

/**
 * Signs the caller in, looks at the host and at their right, names the request, sets the headers of every answer, and when it is written out notes the
 * pull, counts it and writes its line in the log; before a push it also asks for locks, policies and the quota. Each in the least way that was found: no
 * layers, no routes, no other planes, no proxies, no conditions, no refusal but a bare status. A target for manifests that this does not
 * reach asks for a quicker way to do the same on `node:http`, or for something else than `node:http`; it is no proof that there is none.
 */
export class Duties {
  readonly #rows: Rows;
  readonly #answers: AnswerWriter;
  readonly #callers = new Map<string, Caller>([
    [AUTHORIZATION, { principal: 'admin-user:registry', expires: Number.POSITIVE_INFINITY, may: new Map() }],
  ]);
  readonly #hosts = new Map<string, string>();
  readonly #pulls = new Map<string, number>();
  readonly #metrics = createMetrics();
  readonly #record: ReturnType<typeof createRequestLog>;

  constructor(rows: Rows, answers: AnswerWriter, folder: string) {
    this.#rows = rows;
    this.#answers = answers;
    const lost = () => undefined;
    const stream = openLogStream(openSync(join(folder, `log-${process.pid}`), 'a'), { lost, recovered: lost });
    this.#record = createRequestLog(createLogger({ level: 'info', terminal: false, stream }), systemClock);
  }

  /** Whether it was for a manifest, and so is answered. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request;
    const at = url.lastIndexOf('/manifests/');
    const from = at + '/manifests/'.length;
    if (at < 0 || url.indexOf('/', from) > 0) return false; // a repository may be called so
    const started = performance.now();
    const { authorization, host } = headersOf(request.rawHeaders);
    const caller = this.#callers.get(authorization);
    const repository = url.slice('/v2/'.length, at);
    if (!caller || caller.expires < Date.now()) return refuse(response, 401);
    if (!this.#registryOf(host)) return refuse(response, 400);
    if (!(caller.may.get(repository) ?? this.#ask(caller, repository))) return refuse(response, 403);
    const reference = url.slice(from);
    const admitted = { request, response, repository, reference, principal: caller.principal, started };
    if (method !== 'PUT') return this.#pull(admitted);
    this.#push(admitted).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
    return true;
  }

  #pull(admitted: Admitted): true {
    const { request, response, repository, reference, started } = admitted;
    const found = this.#rows.find(repository, reference);
    if (!found) return refuse(response, 404);
    const { digest, text, type } = found;
    const isGet = request.method === 'GET';
    const correlationId = randomUUID();
    this.#tellOf(admitted, 200, isGet ? text.length : 0, correlationId);
    if (isGet) this.#pulls.set(digest, started);
    // A list is written quicker than an object.
    response.writeHead(200, [
      'Docker-Distribution-Api-Version',
      'registry/2.0',
      'X-Ms-Correlation-Request-Id',
      correlationId,
      'X-Content-Type-Options',
      'nosniff',
      'Content-Length',
      String(text.length),
      'Content-Type',
      type,
      'Docker-Content-Digest',
      digest,
      'ETag',
      `"${digest}"`,
    ]);
    this.#answers.end(response, isGet ? text : undefined);
    return true;
  }

  async #push(admitted: Admitted): Promise<void> {
    const { request, response, repository, reference } = admitted;
    const correlationId = randomUUID();
    this.#tellOf(admitted, 201, 0, correlationId);
    const digest = await this.#rows.put(repository, reference, await bodyOf(request), true);
    response.writeHead(201, {
      'Docker-Distribution-Api-Version': 'registry/2.0',
      'X-Ms-Correlation-Request-Id': correlationId,
      'X-Content-Type-Options': 'nosniff',
      'Content-Length': 0,
      Location: `/v2/${repository}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
    });
    this.#answers.end(response, undefined);
  }

  /** Counts it and writes its line when it is answered. */
  #tellOf(
    { request: { method = '', url = '' }, response, principal, started }: Admitted,
    status: number,
    bytes: number,
    correlationId: string,
  ): void {
    this.#metrics.requestStarted();
    response.on('close', () => {
      const ms = performance.now() - started;
      this.#metrics.requestEnded();
      this.#metrics.observeRequest({ route: 'manifest', method, status, seconds: ms / 1000, bytesSent: bytes });
      this.#record({
        method,
        url,
        status,
        ms: Math.round(ms * 10) / 10,
        bytes,
        route: 'manifest',
        principal,
        client: '127.0.0.1',
        agent: undefined,
        correlationId,
      });
    });
  }

  #registryOf(host: string): string | undefined {
    const known = this.#hosts.get(host);
    if (known !== undefined || !/^[A-Za-z0-9.-]+(?::\d+)?$/.test(host)) return known;
    this.#hosts.set(host, 'registry');
    return 'registry';
  }

  /** The only caller is its administrator. */
  #ask(caller: Caller, repository: string): boolean {
    caller.may.set(repository, true);
    return true;
  }
}

/** Looked for by hand: Node's object of all headers takes longer. */
function headersOf(raw: readonly string[]): { readonly authorization: string; readonly host: string } {
  const found = { authorization: '', host: '' };
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') found.host = raw[i + 1] as string;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') found.authorization = raw[i + 1] as string;
  }
  return found;
}

function refuse(response: ServerResponse, status: number): true {
  response.writeHead(status).end();
  return true;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import { principalId } from '../access/principal.ts';
import { type Awaitable, orElse } from '../platform/awaitable.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import { type Logger, redactUrl } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createRequestLog, type RequestLine } from '../telemetry/request-log.ts';
import { AnswerWriter } from './answer-writer.ts';
import { drainBody, lingerBeforeClosing } from './body.ts';
import { answerPreflight, crossOriginHeaders, downloadHeaders } from './cross-origin.ts';
import { sendError, toDomainError } from './error-answer.ts';
import { Exchange, type ExchangeFacts } from './exchange.ts';
import { originOf } from './forwarded.ts';
import { answerHealth, type HealthDependencies } from './health.ts';
import { createHostReader, type KnownHost } from './host.ts';
import { holdLargeBody } from './large-body.ts';
import { plainHttp } from './plain-http.ts';
import { MAX_HEADER_LINES, type RequestHandler } from './server.ts';
import { parseTarget, type RequestTarget } from './target.ts';

export interface HandlerDependencies {
  readonly handle: (exchange: Exchange) => Awaitable<void>;
  readonly health: HealthDependencies;
  readonly domain: string;
  /** Scheme and login server of a named registry, as clients see them. */
  readonly site: () => {
    readonly scheme: string;
    readonly loginServer: (registry: string) => string;
    readonly plane: (name: string) => string;
  };
  readonly proxies: BlockList;
  readonly draining: () => boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const NOWHERE = { segments: [], path: '', query: new URLSearchParams() };
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Handling extends HandlerDependencies {
  readonly recordRequest: (line: RequestLine) => void;
  readonly readHost: (host: string) => KnownHost;
  readonly answers: AnswerWriter;
}

/** From a parsed request to its answer, its log line and its metrics; nothing thrown leaves it. */
export function createHandler(dependencies: HandlerDependencies): RequestHandler {
  const { logger, domain } = dependencies;
  const d: Handling = {
    ...dependencies,
    recordRequest: createRequestLog(logger, dependencies.clock),
    readHost: createHostReader(domain),
    answers: new AnswerWriter(),
  };
  return (request, response, encrypted) => {
    void answer(d, request, response, encrypted);
  };
}

function answer(d: Handling, request: IncomingMessage, response: ServerResponse, encrypted: boolean): Awaitable<void> {
  const started = d.clock.monotonic();
  d.metrics.requestStarted();
  const { exchange, refusal } = open(d, request, response, encrypted, () => {
    d.metrics.requestEnded();
    record(d, exchange, d.clock.monotonic() - started);
  });
  if (d.draining()) response.setHeader('Connection', 'close');
  return orElse(
    () => {
      if (refusal) throw refusal;
      if (!hasBody(request)) return route(d, exchange);
      holdLargeBody(request);
      return behindTheParser.then(() => route(d, exchange));
    },
    (error) => refuse(d, exchange, error),
  );
}

/** Node tells of a request before it has parsed what came behind the head: what is broken there is to be found out before any answer. */
const behindTheParser = Promise.resolve();

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function route(d: Handling, exchange: Exchange): Awaitable<void> {
  return answerPreflight(exchange) ? undefined : (answerHealth(d.health, exchange) ?? d.handle(exchange));
}

async function refuse(d: HandlerDependencies, exchange: Exchange, thrown: unknown): Promise<void> {
  const { response } = exchange;
  const error = toDomainError(thrown);
  if (exchange.gone || response.destroyed) return; // nobody is left to tell
  if (error.kind === 'internal' || error.kind === 'unavailable' || error.kind === 'storage-full') {
    const { correlationId } = exchange.facts;
    d.logger.error({ correlationId, route: exchange.routeName, err: error.cause ?? error }, error.message);
  }
  if (response.headersSent) return void response.destroy(); // a cut answer is seen as cut
  const whole = await drainBody(exchange);
  if (!whole) lingerBeforeClosing(exchange);
  sendError(exchange, error, whole ? {} : { Connection: 'close' });
}

/** Reads what the request says of itself; what is wrong with it is answered like any other error. */
function open(
  d: Handling,
  request: IncomingMessage,
  response: ServerResponse,
  encrypted: boolean,
  ended: () => void,
): { exchange: Exchange; refusal: DomainError | undefined } {
  const origin = originOf(request, encrypted, d.proxies);
  const target = parseTarget(request.url ?? '');
  const host = target?.host ?? origin.host ?? 'localhost';
  const sent = request.headers['x-ms-correlation-request-id'];
  const { route: named, plain } = d.readHost(host);
  const site = d.site();
  const service = named.kind === 'registry' ? site.loginServer(named.name) : host;
  // A proxy may end the TLS of a site that has none itself: what came by https is never sent back to http.
  const scheme = named.kind === 'registry' && origin.scheme !== 'https' ? site.scheme : origin.scheme;
  const facts: ExchangeFacts = {
    correlationId: typeof sent === 'string' && GUID.test(sent) ? sent : d.ids.uuid(),
    target: target ?? NOWHERE,
    scheme: origin.scheme,
    host,
    service,
    realm: `${scheme}://${service}/oauth2/token`,
    clientAddress: origin.clientAddress,
    local: origin.local,
    confidential: origin.confidential,
    viaProxy: origin.viaProxy,
    hostRoute: named,
    crossOrigin:
      named.kind === 'plane' && named.plane === 'data'
        ? downloadHeaders(request.headers.origin)
        : crossOriginHeaders(request.headers.origin, site),
  };
  const exchange = new Exchange(request, response, facts, d.answers, ended);
  const mayShowSecrets = origin.confidential || request.headers.authorization === undefined;
  const refusal = refuseHead(request, target, plain) ?? (mayShowSecrets ? undefined : plainHttp(facts));
  return { exchange, refusal };
}

/** What the parser lets through, but no answer should be given to. */
function refuseHead(request: IncomingMessage, target: RequestTarget | undefined, plainHost: boolean) {
  const { rawHeaders, httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return invalid(`The request is of HTTP/${httpVersion}, which this registry does not speak. Send it as HTTP/1.1.`);
  }
  if (rawHeaders.length / 2 > MAX_HEADER_LINES) return tooManyHeaders();
  const hosts = countHosts(rawHeaders);
  // RFC 9112, section 3.2: none or several Host lines MUST be answered with 400. Proxies disagree on which one counts.
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    return invalid(
      `The request has ${hosts || 'no'} Host header${hosts > 1 ? 's' : ''}, so nobody can tell which registry it is for. Send it with exactly one.`,
    );
  }
  if (!target) {
    return invalid(
      'The address of the request is malformed: a path must start with a slash and its percent-encodings must be valid. ' +
        'Correct the address and send the request again.',
    );
  }
  if (!plainHost) {
    return invalid(
      'The Host of the request is no host name with or without a port, so it leads to no registry. Use the login server’s name.',
    );
  }
  const { expect, 'transfer-encoding': coding } = request.headers;
  // What is coded otherwise would be stored as it came over the wire (RFC 9112, section 6.1).
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return invalid(
      'The Transfer-Encoding of the request is one that this registry cannot undo. Send the body chunked or with a Content-Length.',
    );
  }
  return expect === undefined || /^100-continue$/i.test(expect) ? undefined : unknownExpectation();
}

function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}

function tooManyHeaders(): DomainError {
  return new DomainError(
    'too-large',
    'request.too-large',
    `The request has more than ${MAX_HEADER_LINES} header lines. Send fewer of them.`,
  );
}

function unknownExpectation(): DomainError {
  return new DomainError(
    'unsupported',
    'request.expectation',
    'The request expects what this registry does not do: it knows 100-continue only. Send it without the Expect header.',
  );
}

function invalid(message: string): DomainError {
  return new DomainError('invalid', 'request.invalid', message);
}

function record(d: Handling, exchange: Exchange, ms: number): void {
  const { request, response, facts } = exchange;
  const method = request.method ?? '';
  const status = response.headersSent ? response.statusCode : 499; // the client left before an answer
  const { routeName: route, bytesSent } = exchange;
  d.metrics.observeRequest({ route, method, status, seconds: ms / 1000, bytesSent });
  d.recordRequest({
    method,
    url: redactUrl(request.url ?? '').slice(0, 2000),
    status,
    ms: Math.round(ms * 10) / 10,
    bytes: bytesSent,
    route,
    principal: principalId(exchange.principal),
    client: facts.clientAddress,
    agent: request.headers['user-agent']?.slice(0, 200),
    correlationId: facts.correlationId,
  });
}

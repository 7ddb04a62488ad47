/** The floor with what the contract asks for when a manifest is read, besides its bytes. */
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
import type { Rows } from './rows.ts';

/** What clients show, as long as ours of the benchmark. Who shows it was verified once, as ours verifies each token once. */
export const AUTHORIZATION = `Bearer ${'floor'.repeat(160)}`;

interface Caller {
  readonly principal: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** In which repositories they may pull, as far as it was asked: until somebody's rights change. */
  readonly mayPull: Map<string, boolean>;
}

/**
 * Signs the caller in, looks at the host and at their right, names the request, sets the headers of every answer, and when it is written out notes the
 * pull, counts it and writes its line in the log. Each in the least way that was found, all in one function: no layers, no routes, no other planes,
 * no proxies, no conditions, no refusal but a bare status. So a target for manifests that this does not reach is out of reach for a registry on `node:http`.
 */
export class Duties {
  readonly #rows: Rows;
  readonly #answers: AnswerWriter;
  readonly #callers = new Map<string, Caller>([
    [AUTHORIZATION, { principal: 'admin-user:registry', expires: Number.POSITIVE_INFINITY, mayPull: new Map() }],
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

  /** Whether it was a manifest that is read, which is answered then. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request;
    const at = url.lastIndexOf('/manifests/');
    if (at < 0 || (method !== 'GET' && method !== 'HEAD')) return false;
    const started = performance.now();
    const { authorization = '', host = '' } = request.headers;
    const caller = this.#callers.get(authorization);
    const repository = url.slice('/v2/'.length, at);
    if (!caller || caller.expires < Date.now()) return refuse(response, 401);
    if (!this.#registryOf(host)) return refuse(response, 400);
    if (!(caller.mayPull.get(repository) ?? this.#ask(caller, repository))) return refuse(response, 403);
    const found = this.#rows.find(repository, url.slice(at + '/manifests/'.length));
    if (!found) return refuse(response, 404);
    const { digest, text, type } = found;
    const bytes = method === 'GET' ? text.length : 0;
    const correlationId = randomUUID();
    this.#metrics.requestStarted();
    response.on('close', () => {
      const ms = performance.now() - started;
      this.#metrics.requestEnded();
      this.#metrics.observeRequest({ route: 'manifest', method, status: 200, seconds: ms / 1000, bytesSent: bytes });
      this.#record({
        method,
        url,
        status: 200,
        ms: Math.round(ms * 10) / 10,
        bytes,
        route: 'manifest',
        principal: caller.principal,
        client: '127.0.0.1',
        agent: undefined,
        correlationId,
      });
    });
    if (method === 'GET') this.#pulls.set(digest, started);
    response.writeHead(200, {
      'Docker-Distribution-Api-Version': 'registry/2.0',
      'X-Ms-Correlation-Request-Id': correlationId,
      'X-Content-Type-Options': 'nosniff',
      'Content-Length': text.length,
      'Content-Type': type,
      'Docker-Content-Digest': digest,
      ETag: `"${digest}"`,
    });
    this.#answers.end(response, method === 'GET' ? text : undefined);
    return true;
  }

  #registryOf(host: string): string | undefined {
    const known = this.#hosts.get(host);
    if (known !== undefined || !/^[A-Za-z0-9.-]+(?::\d+)?$/.test(host)) return known;
    this.#hosts.set(host, 'registry');
    return 'registry';
  }

  /** The only caller is its administrator. */
  #ask(caller: Caller, repository: string): boolean {
    caller.mayPull.set(repository, true);
    return true;
  }
}

function refuse(response: ServerResponse, status: number): true {
  response.writeHead(status).end();
  return true;
}

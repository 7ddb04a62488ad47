import { type DestinationStream, type Logger, symbols } from 'pino';
import type { Clock } from '../platform/clock.ts';

/** What the log says of one request. No field may hold a secret: none is looked for. */
export interface RequestLine {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Milliseconds. */
  readonly ms: number;
  /** Of the answer's body. */
  readonly bytes: number;
  readonly route: string;
  readonly principal: string;
  readonly client: string;
  readonly agent: string | undefined;
  readonly correlationId: string;
}

/**
 * Writes a line for each request, the same that pino would, between pino's own. Its general way, made for any fields and any options, took
 * a fourteenth of the time of a small request (ADR 0008).
 */
export function createRequestLog(logger: Logger, clock: Clock): (line: RequestLine) => void {
  const stream = (logger as Logger & { readonly [symbols.streamSym]: DestinationStream })[symbols.streamSym];
  let at = Number.NaN;
  let time = '';
  return (line) => {
    if (!logger.isLevelEnabled('info')) return;
    const now = clock.now().getTime();
    if (now !== at) {
      at = now;
      time = new Date(now).toISOString();
    }
    const { status, ms, bytes, agent } = line;
    stream.write(
      `{"level":"info","time":"${time}","method":${text(line.method)},"url":${text(line.url)},"status":${status},"ms":${ms},"bytes":${bytes},` +
        `"route":${text(line.route)},"principal":${text(line.principal)},"client":${text(line.client)}${agent === undefined ? '' : `,"agent":${text(agent)}`},` +
        `"correlationId":${text(line.correlationId)},"msg":"request"}\n`,
    );
  };
}

/** What JSON writes in another way than it is. */
const ESCAPED = /[^ !#-[\]-~]/;

function text(value: string): string {
  return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
}

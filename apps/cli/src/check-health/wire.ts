import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';

/** One address of a registry, asked under its name. */
export interface Endpoint {
  /** As clients name it: lower case, with the port when it is not 443. */
  readonly host: string;
  readonly name: string;
  readonly port: number;
  readonly secure: boolean;
  readonly address: string;
  /** PEM; what the process trusts when it is left out. */
  readonly ca?: readonly string[] | undefined;
}

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer | undefined;
  /** Says how long the body is without sending its end: the answer must come all the same. */
  readonly withhold?: boolean;
  readonly timeoutMs?: number;
  /** Asks also who is not trusted. For requests without a secret only. */
  readonly unverified?: boolean;
  readonly onBytes?: (chunk: Buffer) => void;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Names as they came. */
  readonly names: readonly string[];
  readonly body: Buffer;
  /** By performance.now(): the last byte of the request was handed on; head of the answer; its end. */
  readonly sent: number;
  readonly headAt: number;
  readonly endAt: number;
  readonly complete: boolean;
}

const TIMEOUT_MS = 30_000;

/** Sends one request to the address, on a connection of its own, and follows no redirect. Rejects when no answer comes. */
export function ask(endpoint: Endpoint, request: WireRequest): Promise<WireAnswer> {
  const { host, name, port, secure, address, ca } = endpoint;
  const { method, path, headers = {}, body, timeoutMs = TIMEOUT_MS } = request;
  return new Promise((resolve, reject) => {
    const options: https.RequestOptions = {
      host: address,
      port,
      method,
      path,
      agent: false,
      headers: { Host: host, 'User-Agent': 'holdfast-check-health', ...headers },
      ...(secure ? { servername: name, rejectUnauthorized: !request.unverified, ...(ca ? { ca: [...ca] } : {}) } : {}),
    };
    const outgoing = (secure ? https : http).request(options);
    let sent = performance.now();
    const timer = setTimeout(() => outgoing.destroy(new TimedOut(timeoutMs)), timeoutMs);
    outgoing.on('finish', () => {
      sent = performance.now();
    });
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      receive(incoming, request.onBytes, () => sent).then(resolve, reject);
      // What was not sent by now is not wanted any more.
      incoming.once('close', () => outgoing.destroy());
    });
    if (request.withhold) outgoing.write(body as Buffer);
    else if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    else body.on('error', (error) => outgoing.destroy(error)).pipe(outgoing);
  });
}

export class TimedOut extends Error {
  constructor(ms: number) {
    super(`no answer came within ${ms / 1000} s`);
  }
}

async function receive(
  incoming: http.IncomingMessage,
  onBytes: ((chunk: Buffer) => void) | undefined,
  sent: () => number,
): Promise<WireAnswer> {
  const headAt = performance.now();
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => {
    if (onBytes) onBytes(chunk);
    else chunks.push(chunk);
  });
  await new Promise<void>((resolve) => {
    incoming.once('end', resolve);
    incoming.once('error', () => resolve());
    incoming.once('close', resolve);
  });
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    names: incoming.rawHeaders.filter((_, index) => index % 2 === 0),
    body: Buffer.concat(chunks),
    sent: sent(),
    headAt,
    endAt: performance.now(),
    complete: incoming.complete,
  };
}

/** The registry's own words, else the status. */
export function wordsOf({ status, body }: WireAnswer): string {
  try {
    const { errors } = JSON.parse(body.toString()) as { errors: { code: string; message: string }[] };
    const [first] = errors;
    if (first) return `${status} ${first.code}: ${first.message}`;
  } catch {
    // No answer of a registry.
  }
  const text = body.subarray(0, 80).toString().replace(/\s+/g, ' ').trim();
  return text === '' ? `${status}` : `${status}, "${text}"`;
}

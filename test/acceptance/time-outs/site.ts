import { readFileSync } from 'node:fs';
import { type RequestOptions as NodeOptions, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Answer, HttpClient } from '../../support/http-client.ts';

/** A request as every client can send it again. */
export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Sends the body in chunks without saying how long it is, as docker does. */
  readonly chunked?: boolean;
}

/** What came of a request on a connection that may have broken. */
export interface Attempt {
  /** Undefined when the answer did not come whole. */
  readonly answer: Answer | undefined;
  /** What of the answer's body came. */
  readonly received: Buffer;
  readonly status: number | undefined;
}

/** One listener of the server under test, and the account that may do all. */
export interface Site {
  readonly base: string;
  readonly port: number;
  readonly ca: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly authorization: string;
  /** Connections that hold. */
  readonly client: HttpClient;
}

const CHUNK = 16_384;

export function openSite(base: string, account: { username: string; password: string }, caFile?: string): Site {
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  const authorization = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  const client = new HttpClient(base, { headers: { Authorization: authorization }, ...(ca ? { ca } : {}) });
  return { base, port: Number(new URL(base).port), ca, ...account, authorization, client };
}

/** The same request on a connection that holds. */
export function ask(site: Site, { method, target, headers = {}, body }: Ask): Promise<Answer> {
  return site.client.request(method, target, { headers, ...(body ? { body } : {}) });
}

/** One request on a connection of its own to `port`, behind which the site is. Never rejects: whatever fails is a break. */
export function attempt(site: Site, port: number, one: Ask): Promise<Attempt> {
  const { method, target, body, chunked = false, headers = {} } = one;
  const length = body && !chunked ? { 'Content-Length': String(body.length) } : {};
  const options: NodeOptions & { ca?: string } = {
    host: '127.0.0.1',
    port,
    agent: false,
    method,
    path: target,
    // The relay is unknown to the server: the same bytes go out whatever the relay's port.
    headers: { Host: new URL(site.base).host, Authorization: site.authorization, ...length, ...headers },
    ...(site.ca ? { ca: site.ca } : {}),
  };
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status: number | undefined;
    const end = (answer?: Answer) => resolve({ answer, received: Buffer.concat(chunks), status });
    const request = (site.ca ? tlsRequest : plainRequest)(options, (response) => {
      status = response.statusCode ?? 0;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        end(response.complete ? new Answer(status ?? 0, response.rawHeaders, Buffer.concat(chunks)) : undefined),
      );
      response.on('error', () => end());
    });
    request.on('error', () => end()).on('close', () => end());
    for (let at = 0; body && at < body.length; at += CHUNK) request.write(body.subarray(at, at + CHUNK));
    request.end();
  });
}

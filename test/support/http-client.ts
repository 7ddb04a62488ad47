import { type AgentOptions, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export type RequestBody = Uint8Array | string | Readable;

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Bytes go with a Content-Length, a stream goes chunked unless `headers` has a Content-Length. */
  readonly body?: RequestBody;
}

/** An answer as it came over the wire: names of headers keep their spelling. */
export class Answer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;

  constructor(status: number, rawHeaders: readonly string[], body: Buffer) {
    this.status = status;
    this.rawHeaders = rawHeaders;
    this.body = body;
  }

  get text(): string {
    return this.body.toString();
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text) as T;
  }

  /** Names as spelled, in the order in which they came. */
  get names(): string[] {
    return this.rawHeaders.filter((_, i) => i % 2 === 0);
  }

  /** The value of the header of just this spelling; several are joined with a comma. */
  header(name: string): string | undefined {
    const values = this.rawHeaders.filter((_, i) => i % 2 === 1 && this.rawHeaders[i - 1] === name);
    return values.length === 0 ? undefined : values.join(', ');
  }
}

/** One server, connections kept alive. */
export class HttpClient {
  readonly base: URL;
  readonly #agent: PlainAgent;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #open = new Set<Promise<Answer>>();

  constructor(base: string, options: { headers?: Record<string, string>; agent?: AgentOptions; ca?: string } = {}) {
    this.base = new URL(base);
    this.#headers = options.headers ?? {};
    const { agent = {}, ca } = options;
    this.#agent =
      this.base.protocol === 'https:'
        ? new TlsAgent({ keepAlive: true, ...agent, ...(ca ? { ca } : {}) })
        : new PlainAgent({ keepAlive: true, ...agent });
  }

  /** `target` is sent as it stands (nothing is normalised or encoded). */
  request(method: string, target: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = this.#request(method, target, options);
    this.#open.add(answer);
    const ended = () => void this.#open.delete(answer);
    answer.then(ended, ended);
    return answer;
  }

  async #request(method: string, target: string, options: RequestOptions): Promise<Answer> {
    const { body } = options;
    const send = this.base.protocol === 'https:' ? tlsRequest : plainRequest;
    const headers: Record<string, string | number> = { ...this.#headers, ...options.headers };
    const bytes = body === undefined || body instanceof Readable ? undefined : Buffer.from(body);
    if (bytes) headers['Content-Length'] ??= bytes.length;
    const request = send({
      host: this.base.hostname.replace(/^\[|\]$/g, ''),
      port: this.base.port,
      agent: this.#agent,
      method,
      path: target,
      headers,
    });
    const answer = new Promise<Answer>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve(new Answer(response.statusCode ?? 0, response.rawHeaders, Buffer.concat(chunks))),
        );
      });
    });
    if (body instanceof Readable) await Promise.allSettled([pipeline(body, request)]);
    else request.end(bytes);
    return answer;
  }

  /** Waits for the answers that are still to come. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#open);
    this.#agent.destroy();
  }
}

/** A TCP connection on which every byte is the test's own. */
export class RawConnection {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  #length = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#wake();
    });
    socket.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** `localPort`: the client's own port, otherwise any that is free. */
  static async open(base: string, localPort?: number): Promise<RawConnection> {
    const { hostname, port } = new URL(base);
    const from = localPort === undefined ? {} : { localAddress: '127.0.0.1', localPort };
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, ...from });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  /** Resolves when the bytes have left. */
  async write(bytes: string | Uint8Array): Promise<void> {
    await new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  /** The next answer; an interim one (100) counts, too. `head`: it answers a HEAD and has no body. */
  async answer(options: { head?: boolean } = {}): Promise<Answer> {
    const end = await this.#find('\r\n\r\n');
    const [statusLine = '', ...lines] = this.#received.subarray(0, end).toString('latin1').split('\r\n');
    const rawHeaders = lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const status = Number(statusLine.split(' ')[1]);
    const head = new Answer(status, rawHeaders, Buffer.alloc(0));
    const bodiless = options.head || status < 200 || status === 204 || status === 304;
    const length = bodiless ? 0 : Number(head.header('Content-Length') ?? 0);
    const start = end + 4;
    while (this.#length < start + length) await this.#more();
    const body = Buffer.from(this.#received.subarray(start, start + length));
    this.#chunks = [this.#received.subarray(start + length)];
    this.#length -= start + length;
    return new Answer(status, rawHeaders, body);
  }

  /** Resolves when the server has ended or reset the connection. */
  async closed(): Promise<void> {
    while (!this.#ended) await this.#more();
  }

  /** What came and was not taken as an answer. */
  get rest(): string {
    return this.#received.toString('latin1');
  }

  close(): void {
    this.socket.destroy();
  }

  /** Joined only when it is looked at: a large body comes in thousands of chunks. */
  get #received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  async #find(text: string): Promise<number> {
    for (;;) {
      const at = this.#received.indexOf(text);
      if (at >= 0) return at;
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    if (this.#ended || this.#failure) {
      throw this.#failure ?? new Error(`the connection was closed after ${JSON.stringify(this.rest.slice(0, 200))}`);
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

/**
 * The client's end of one HTTP/1.1 connection, as thin as it can be: what it costs is taken from the servers' cores. Bodies
 * that come in are counted and dropped unless they are wanted; nothing is pipelined.
 */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Bytes of the body that came. */
  readonly bytes: number;
  /** Status line and headers. */
  readonly head: string;
  /** Only if it was asked for. */
  readonly body: string;
}

export interface SendOptions {
  /** The answer has no body, whatever its Content-Length says. */
  readonly headOnly?: boolean;
  readonly keepBody?: boolean;
}

interface Waiting {
  readonly options: SendOptions;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const READ_BYTES = 256 * 1024;
const WRITE_AHEAD = 2 * 1024 * 1024;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

export function header(head: string, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1];
}

export class Connection {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  #pending = NOTHING;
  #head: string | undefined;
  #status = 0;
  #bytes = 0;
  /** Of the body or of the chunk, whichever is being read. */
  #left = 0;
  #chunked = false;
  #line = '';
  #lastChunk = false;
  #kept: Buffer[] = [];

  private constructor(host: string, port: number) {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const onread = { buffer, callback: (n: number) => this.#read(buffer.subarray(0, n)) };
    const options = { host, port, noDelay: true, onread, writableHighWaterMark: WRITE_AHEAD };
    this.#socket = connect(options);
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(host: string, port: number): Promise<Connection> {
    const connection = new Connection(host, port);
    const socket = connection.#socket;
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(connection);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  send(head: Buffer | string, options: SendOptions = {}): Promise<Answer> {
    if (this.#socket.destroyed) return Promise.reject(new Error('the connection is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting = { options, resolve, reject };
      this.#socket.write(head, 'latin1');
    });
  }

  /** The body goes out in the pieces that it comes in, without a copy. */
  async sendWithBody(head: string, body: Iterable<Uint8Array>, options: SendOptions = {}): Promise<Answer> {
    this.#socket.cork();
    const answer = this.send(head, options);
    answer.catch(() => undefined);
    process.nextTick(() => this.#socket.uncork());
    for (const piece of body) {
      if (this.#socket.destroyed) break;
      if (!this.#socket.write(piece)) await this.#drained();
    }
    return answer;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#socket.off('drain', go).off('close', go);
        resolve();
      };
      this.#socket.on('drain', go).on('close', go);
    });
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
    this.#socket.destroy();
  }

  #read(data: Buffer): boolean {
    const view = this.#pending.length > 0 ? Buffer.concat([this.#pending, data]) : data;
    this.#pending = NOTHING;
    let at = 0;
    while (at < view.length) {
      if (!this.#waiting) {
        this.#fail(new Error('the server sent what nobody asked for'));
        return true;
      }
      if (this.#head === undefined) {
        const end = view.indexOf(END_OF_HEAD, at);
        if (end < 0) {
          this.#pending = Buffer.from(view.subarray(at));
          return true;
        }
        this.#begin(view.toString('latin1', at, end), this.#waiting.options);
        at = end + END_OF_HEAD.length;
      } else {
        at = this.#chunked && this.#left === 0 ? this.#readLine(view, at) : this.#readBody(view, at);
      }
    }
    return true;
  }

  #begin(head: string, options: SendOptions): void {
    this.#head = head;
    this.#status = Number(head.slice(9, 12));
    const length = header(head, 'content-length');
    const bodyless = options.headOnly || this.#status === 204 || this.#status === 304;
    this.#chunked = !bodyless && length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head);
    this.#left = bodyless ? 0 : Number(length ?? 0);
    if (this.#left === 0 && !this.#chunked) this.#end();
  }

  #readBody(view: Buffer, at: number): number {
    const end = Math.min(view.length, at + this.#left);
    this.#bytes += end - at;
    this.#left -= end - at;
    if (this.#waiting?.options.keepBody) this.#kept.push(Buffer.from(view.subarray(at, end)));
    if (this.#left === 0 && !this.#chunked) this.#end();
    return end;
  }

  /** A chunk's size, the empty line behind a chunk, or the one behind the last chunk. */
  #readLine(view: Buffer, at: number): number {
    const end = view.indexOf(10, at);
    this.#line += view.toString('latin1', at, end < 0 ? view.length : end);
    if (end < 0) return view.length;
    const line = this.#line.trim();
    this.#line = '';
    if (line === '') {
      if (this.#lastChunk) this.#end();
    } else if (!this.#lastChunk) {
      this.#left = Number.parseInt(line, 16);
      this.#lastChunk = this.#left === 0;
    }
    return end + 1;
  }

  #end(): void {
    const body = this.#kept.length > 0 ? Buffer.concat(this.#kept).toString() : '';
    const answer = { status: this.#status, bytes: this.#bytes, head: this.#head ?? '', body };
    this.#head = undefined;
    this.#bytes = 0;
    this.#left = 0;
    this.#chunked = false;
    this.#lastChunk = false;
    this.#kept = [];
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}

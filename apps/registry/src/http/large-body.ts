import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** A body of so many bytes is large. */
export const LARGE_BYTES = 1024 * 1024;
/** What a piece of a large body has, but for its last one: as much as is hashed and written at a time. Each costs two messages between threads and a pause of the connection. */
export const PIECE_BYTES = 2 * 1024 * 1024;
/** For whatever else comes on the connection afterwards; as much as Node reads at a time. */
const ORDINARY_BYTES = 64 * 1024;
/** Behind a large body a head is expected, most likely of one like it. What comes of a body together with its head is copied, so no more is asked for than a head may have. */
const HEAD_BYTES = 16 * 1024;
/** Bodies that are read so at the same time, each with up to four pieces in memory. The others come as Node reads them. */
const MOST_AT_ONCE = 4;

/**
 * What this file uses of Node beside its documentation; all of it is looked for first (`internalsOf`). A socket with the documented option `onread` reads into
 * memory of its user's; the symbols are where it keeps the option, since a server cannot give it to a connection that it accepts.
 */
interface Internals {
  readonly socket: Socket & Record<symbol, unknown>;
  readonly handle: { useUserBuffer(into: Uint8Array): void; readonly reading: boolean };
  readonly parser: Record<number, unknown>;
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generator: symbol;
  /** Under which number the parser has the function that it calls with pieces of a body. */
  readonly onBody: number;
}

/** By connection: whoever reads from it in large pieces once goes on doing so. */
const connections = new WeakMap<Socket, LargeReads>();
const bodies = new WeakMap<IncomingMessage, LargeBody>();
let active = 0;

/** Where all connections are read that have no large body just now: what comes is given to the parser before anything else is read. Node's parser has one such place, too. */
const ordinary = Buffer.allocUnsafeSlow(ORDINARY_BYTES);

/** Memory of pieces that are done with. It has its pages, and the caches know it; what is new must be got from the kernel first, and from a virtual machine's host. */
const pool: SharedArrayBuffer[] = [];
/** As many as bodies at once have in memory. V8 does not count shared memory, so what is let go may stay until it collects for another reason. */
const MOST_KEPT = 4 * MOST_AT_ONCE;

/** Gives a piece's memory back: nobody looks at it any more. Other chunks are let go. */
export function releasePiece({ buffer }: Uint8Array): void {
  if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength !== PIECE_BYTES) return;
  if (pool.length < MOST_KEPT) pool.push(buffer);
}

/**
 * The request's body in large pieces; undefined when it comes as Node reads it: it is small, its length is not told, it is encrypted, too many others are read
 * so, or this Node is another one than this file knows. Whoever has done with a piece gives it back (`releasePiece`), or lets it go.
 *
 * Node's parser has one buffer of 64 KiB, and copies each piece out of it. For a body that comes quicker than it is kept that is a quarter of a push's CPU time, most of
 * it for waking the client after each piece (ADR 0032). Here the kernel writes into the memory that is hashed and written to the disk. The parser is told
 * what came, so framing stays its business, but it has nobody to hand the bytes to.
 */
export function largeBodyOf(request: IncomingMessage): Readable | undefined {
  const { socket } = request;
  const length = lengthOf(request);
  if (length - request.readableLength < LARGE_BYTES || active >= MOST_AT_ONCE) return undefined;
  if (request.readableFlowing !== null || request.complete || request.destroyed || bodies.has(request))
    return undefined;
  const reads = connections.get(socket) ?? LargeReads.of(socket);
  if (!reads?.ready) return undefined;
  connections.set(socket, reads);
  const body = new LargeBody(request, length, reads);
  bodies.set(request, body);
  return body;
}

/**
 * Of a large body no more is read than came with its head, until somebody asks for it: to be called when a request comes. By the time that anybody has decided
 * to take it Node would have read some hundred kilobytes, and copied them three times; of bodies in chunks that is enough memory for a full collection of garbage every
 * few chunks. Connections that are read as Node does are left alone.
 */
export function holdLargeBody(request: IncomingMessage): void {
  if (lengthOf(request) >= LARGE_BYTES) connections.get(request.socket)?.hold();
}

/** What is still to come of the request's body comes by the request itself again. */
export function readByRequest(request: IncomingMessage): void {
  bodies.get(request)?.giveUp();
}

/** Whether it is us for whom the rest of its body waits, and not its client. */
export function isHeldBack(request: IncomingMessage): boolean {
  // `isPaused` of a request would also be true of one that is read by iteration.
  if (request.readableLength > 0 || bodies.get(request)?.heldBack) return true;
  return connections.get(request.socket)?.stopped ?? false;
}

function lengthOf({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

class LargeBody extends Readable {
  readonly #reads: LargeReads;
  /** Bytes that are not in a piece yet. */
  #left: number;
  #piece: Buffer;
  #filled = 0;
  #begun = false;
  #done = false;
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, length: number, reads: LargeReads) {
    super({ highWaterMark: 0 }); // no piece is read ahead of one that nobody took
    this.#request = request;
    this.#reads = reads;
    this.#left = length;
    this.#piece = newPiece(length);
    active += 1;
    reads.keepAway(request);
    this.on('error', () => undefined); // as with a request: whoever comes too late to be told finds it in `errored`
    request.once('error', (error) => this.destroy(error)).once('close', () => this.#onClose());
    setImmediate(() => this.#begin()); // the parser may be in the middle of what it has
  }

  override _read(): void {
    if (this.#begun && !this.#done) this.#reads.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.giveUp();
    callback(error);
  }

  get heldBack(): boolean {
    return !this.#done && (this.readableLength > 0 || this.isPaused());
  }

  /** Where the next bytes go. */
  get room(): Buffer {
    return this.#piece.subarray(this.#filled);
  }

  /** Whether to go on reading; otherwise `_read` will say when. */
  receive(bytes: Uint8Array): boolean {
    if (this.#done) return true; // given up while the parser was told
    return bytes.buffer === this.#piece.buffer ? this.#took(bytes.byteLength) : this.#copy(bytes);
  }

  giveUp(): void {
    if (this.#done) return;
    this.#done = true;
    active -= 1;
    this.#reads.end(this, this.#left > 0 ? this.#piece : undefined);
    this.#reads.resume(); // the request has asked for more already, and does not ask twice
  }

  #begin(): void {
    if (this.#done) return;
    this.#begun = true;
    const request = this.#request;
    this.#reads.begin(this);
    for (let chunk = request.read(); chunk !== null; chunk = request.read()) this.#copy(chunk as Buffer);
    this.#reads.resume();
  }

  #copy(bytes: Uint8Array): boolean {
    let wanted = true;
    for (let at = 0; at < bytes.byteLength && !this.#done; ) {
      const some = bytes.subarray(at, at + this.room.length);
      this.room.set(some);
      at += some.byteLength;
      wanted = this.#took(some.byteLength);
    }
    return wanted;
  }

  #took(bytes: number): boolean {
    this.#left -= bytes;
    this.#filled += bytes;
    if (this.#filled < this.#piece.length) return true; // nobody asks again before there is a piece
    const full = this.#piece;
    if (this.#left > 0 && !this.#renew()) return false;
    const wanted = this.push(full) && !this.isPaused();
    if (this.#left > 0) return wanted;
    this.giveUp();
    this.push(null);
    this.#request.resume(); // it has nothing more, and ends
    return true;
  }

  #renew(): boolean {
    try {
      this.#piece = newPiece(this.#left);
      this.#filled = 0;
      return true;
    } catch (error) {
      this.destroy(error as Error); // no memory; we are called by a read, where nobody would catch it
      return false;
    }
  }

  #onClose(): void {
    if (!this.#done) this.destroy();
  }
}

/** Not longer than what is left, so that nothing behind the body is read into it. Shared, since the thread that hashes it gives it back. */
function newPiece(left: number): Buffer {
  return Buffer.from(pool.pop() ?? new SharedArrayBuffer(PIECE_BYTES), 0, Math.min(PIECE_BYTES, left));
}

/** One connection whose reads go where we say. */
class LargeReads {
  readonly #inner: Internals;
  #body: LargeBody | undefined;
  /** Of a body that was given up: the next read may still go there. */
  #stale: Buffer | undefined;
  /** The read that is being told of brought the head of a large body. */
  #held = false;
  #expectsHead = false;
  /** The parser is being told what came of a large body. */
  #telling = false;
  /** The parser calls its function all the same, with copies: Node 26 remembers the one that it has called on the connection before. */
  #copies = false;

  static of(socket: Socket): LargeReads | undefined {
    const inner = internalsOf(socket);
    return inner && new LargeReads(inner);
  }

  private constructor(inner: Internals) {
    this.#inner = inner;
    const { socket, handle, buffer, callback, generator } = inner;
    // With a listener of its data the connection is read by Node's socket, and no longer by its parser.
    socket.on('data', () => undefined);
    socket[buffer] = ordinary;
    socket[callback] = (bytes: number, into: Buffer) => this.#onRead(into.subarray(0, bytes));
    socket[generator] = () => this.#next();
    handle.useUserBuffer(ordinary);
    socket.once('close', () => this.#releaseStale());
  }

  /** Whether Node does not hold the connection back, for answers that nobody reads, and there is something to be saved. */
  get ready(): boolean {
    return isFlowing(this.#inner.socket) && !this.#copies;
  }

  /** What the parser is told does not come to the request a second time, whatever the parser does with it. */
  keepAway(request: IncomingMessage): void {
    const push = request.push.bind(request);
    request.push = (chunk, encoding) => {
      if (!this.#telling || chunk === null) return push(chunk, encoding);
      this.#copies = true;
      return true;
    };
  }

  /** Whether nothing is read, until somebody asks again. */
  get stopped(): boolean {
    return !this.#inner.handle.reading;
  }

  hold(): void {
    this.#held = true;
  }

  begin(body: LargeBody): void {
    const { socket } = this.#inner;
    while (socket.readableLength > 0) socket.read(); // to the parser, and from there to the request
    this.#body = body;
  }

  end(body: LargeBody, unfinished: Buffer | undefined): void {
    if (this.#body === body) this.#body = undefined;
    this.#stale = unfinished;
    this.#expectsHead = true;
    if (this.#inner.socket.destroyed) this.#releaseStale();
  }

  resume(): void {
    this.#inner.socket.resume();
  }

  /** Called behind each read: where the next one goes, and no other. */
  #next(): Buffer {
    this.#releaseStale();
    if (this.#body) return this.#body.room;
    const most = this.#expectsHead ? HEAD_BYTES : ORDINARY_BYTES;
    this.#expectsHead = false;
    return ordinary.subarray(0, most);
  }

  #releaseStale(): void {
    if (this.#stale) releasePiece(this.#stale);
    this.#stale = undefined;
  }

  /** Whether to go on reading. The memory is used again, unless it is a body's. */
  #onRead(bytes: Buffer): boolean {
    const body = this.#body;
    if (!body) return this.#onOrdinary(bytes);
    this.#tellParser(bytes); // before the bytes are given away
    return body.receive(bytes);
  }

  /** Given to the parser at once, as Node does on other connections: it copies what it keeps. The socket's stream would copy, too, and ask for more by itself. */
  #onOrdinary(bytes: Buffer): boolean {
    this.#held = false;
    this.#inner.socket.emit('data', bytes);
    return !this.#held;
  }

  /** It counts the body's bytes; without a function to call with them it makes no copy. */
  #tellParser(bytes: Buffer): void {
    const { socket, parser, onBody } = this.#inner;
    const deliver = parser[onBody];
    parser[onBody] = undefined;
    this.#telling = true;
    try {
      socket.emit('data', bytes);
    } finally {
      this.#telling = false;
      parser[onBody] = deliver;
    }
  }
}

function internalsOf(socket: Socket): Internals | undefined {
  if (socket.constructor !== Socket) return undefined; // TLS decrypts into memory of its own
  const { _handle: handle, parser } = socket as unknown as Record<string, unknown>;
  if (!isObject(handle) || !isObject(parser) || !isFlowing(socket)) return undefined;
  if (typeof handle.useUserBuffer !== 'function' || typeof handle.reading !== 'boolean') return undefined;
  const symbols = Object.getOwnPropertySymbols(socket);
  const [buffer, callback, generator] = ['kBuffer', 'kBufferCb', 'kBufferGen'].map((name) =>
    symbols.find(({ description }) => description === name),
  );
  const onBody = Object.keys(parser).find(
    (key) => (parser[key] as { readonly name?: string } | null)?.name === 'parserOnBody',
  );
  if (!buffer || !callback || !generator || onBody === undefined) return undefined;
  return { socket, handle, parser, buffer, callback, generator, onBody: Number(onBody) } as unknown as Internals;
}

function isFlowing(socket: Socket): boolean {
  return (socket as unknown as Record<string, unknown>)._paused === false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

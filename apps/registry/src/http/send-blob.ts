import * as fs from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BlobLink } from '../metadata/metadata-store.ts';
import { diskPace } from '../platform/disk-pace.ts';
import { DomainError } from '../platform/domain-error.ts';
import { PieceSize } from '../platform/piece-size.ts';
import type { BlobStore, ByteRange } from '../storage/blob-store.ts';
import { versionOf } from '../storage/file-version.ts';
import type { Exchange, Headers } from './exchange.ts';
import { Readers } from './readers.ts';
import { SendBuffers } from './send-buffers.ts';

/** Shared by all downloads of this process, because its memory is. */
export const sendBuffers = new SendBuffers();
/** One stays in a core's own cache between its read and its write, the other one needs an eighth of the system calls, and is read by threads alone. */
export const PIECE_SIZES = [256 * 1024, 2 * 1024 * 1024] as const;
/** Likewise: what one download finds out about the machine is true for all. */
export const pieceSize = new PieceSize({ sizes: PIECE_SIZES, window: 64 * 1024 * 1024 });
const readers = new Readers();
/** What is less is not worth a thread's answer. */
const LEAST_PIECE = 512 * 1024;

export interface BlobAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly range?: ByteRange | undefined;
}

/** Whether the stored bytes of this version may be sent; what it throws is answered instead of them. */
export type Admit = (version: string) => Promise<boolean>;

/**
 * Sends a blob or a range of it, by the fastest way that its store has. `replaced`: nothing was sent, because the bytes that
 * it had opened are no longer those that are stored. Throws `blob.corrupt` for bytes that are missing or of another length.
 */
export async function sendBlob(
  exchange: Exchange,
  blobs: BlobStore,
  blob: BlobLink,
  { status, headers, range }: BlobAnswer,
  admit: Admit,
): Promise<'sent' | 'replaced'> {
  const start = range?.start ?? 0;
  const length = range ? range.end - range.start + 1 : blob.size;
  if (!blobs.localPath) {
    const info = await blobs.stat(blob.digest);
    if (info?.size !== blob.size) throw corrupt(blob, new Error(`there are ${info?.size ?? 'no'} bytes`));
    if (!(await admit(info.version))) return 'replaced';
    const stream = await blobs.read(blob.digest, { signal: exchange.signal, ...(range ? { range } : {}) });
    await sendStream(exchange, { status, headers, length }, stream);
    return 'sent';
  }
  const descriptor = await openBlob(blobs.localPath(blob.digest), blob, admit);
  if (descriptor === undefined) return 'replaced';
  const leave = sendBuffers.enter();
  try {
    writeHead(exchange, { status, headers, length });
    await sendFile(exchange, descriptor, start, length);
    return 'sent';
  } finally {
    leave();
    close(descriptor);
  }
}

interface Head {
  /** 200 or 206. */
  readonly status: number;
  readonly headers: Headers;
  /** Of the body that follows. */
  readonly length: number;
}

function writeHead(exchange: Exchange, { status, headers, length }: Head): void {
  const { response } = exchange;
  response.writeHead(status, { ...exchange.baseHeaders(), 'Content-Length': length, ...headers });
}

/** Sends what a stream has, which is as long as was said. */
export async function sendStream(exchange: Exchange, head: Head, stream: Readable): Promise<void> {
  writeHead(exchange, head);
  exchange.bytesSent += head.length;
  await pipeline(stream, exchange.response);
}

/**
 * Lets the proxy in front send the blob's file (nginx: `X-Accel-Redirect`), which copies no byte through this process. The proxy
 * answers ranges by itself. `location` is where it has the folder of blobs, ending in a slash.
 */
export async function handOverBlob(
  exchange: Exchange,
  blobs: BlobStore,
  blob: BlobLink,
  { location, headers }: { readonly location: string; readonly headers: Headers },
  admit: Admit,
): Promise<'sent' | 'replaced'> {
  if (!blobs.localPath) throw new Error('the store of blobs has no files that a proxy could send');
  const path = blobs.localPath(blob.digest);
  const descriptor = await openBlob(path, blob, admit);
  if (descriptor === undefined) return 'replaced';
  close(descriptor);
  // <algorithm>/<first two digits>/<digits>, all of them plain characters.
  const folder = dirname(path);
  const file = [basename(dirname(folder)), basename(folder), basename(path)].join('/');
  exchange.send(200, { ...headers, 'X-Accel-Redirect': `${location}${file}` });
  return 'sent';
}

/** Opens the file and makes sure that it is as long as it must be, and that just this file may be sent; undefined when it may not. */
async function openBlob(path: string, blob: BlobLink, admit: Admit): Promise<number | undefined> {
  const descriptor = await open(path).catch((cause: unknown) => {
    throw ABSENT.has((cause as NodeJS.ErrnoException).code) ? corrupt(blob, cause) : unreadable(cause);
  });
  try {
    const stats = fs.fstatSync(descriptor); // of an open file: never waits for the disk
    if (stats.size !== blob.size) throw corrupt(blob, new Error(`the file has ${stats.size} bytes`));
    if (await admit(versionOf(stats))) return descriptor;
  } catch (error) {
    close(descriptor);
    throw error;
  }
  close(descriptor);
  return undefined;
}

const READ_ONLY = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW;

async function open(path: string): Promise<number> {
  return diskPace.quick ? diskPace.blocking(() => fs.openSync(path, READ_ONLY)) : openInThread(path, READ_ONLY);
}

/** Frees the descriptor even when it fails; nothing was written. */
function close(descriptor: number): void {
  try {
    fs.closeSync(descriptor);
  } catch {}
}

/** Only these say that the bytes are gone; EMFILE, EIO or EACCES say that the machine has a problem. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

function unreadable(cause: unknown): DomainError {
  return new DomainError('unavailable', 'server.unavailable', 'The blob cannot be read just now. Try again.', {
    cause,
  });
}

function corrupt(blob: BlobLink, cause: unknown): DomainError {
  return new DomainError(
    'internal',
    'blob.corrupt',
    `The stored bytes of ${blob.digest} are missing or changed just now, so they are not served. Ask again; if it stays, push the blob again.`,
    { detail: { digest: blob.digest }, cause },
  );
}

const openInThread = promisify(fs.open);

function readInThread(descriptor: number, into: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(descriptor, into, 0, length, position, (error, bytesRead) => (error ? reject(error) : resolve(bytesRead)));
  });
}

/** Sends `length` bytes of the file from `start` on. */
async function sendFile(exchange: Exchange, descriptor: number, start: number, length: number): Promise<void> {
  const { response } = exchange;
  const outlet = new Outlet(exchange);
  let position = start;
  let left = length;
  try {
    while (left > 0 && !exchange.gone) {
      const piece = { descriptor, position, bytes: Math.min(left, pieceOf(length)) };
      const sent = await (readsHere(position === start) ? readHere(outlet, piece) : readAhead(outlet, piece));
      if (sent === 0) break;
      position += sent;
      left -= sent;
    }
    await outlet.idle;
  } catch (error) {
    await Promise.allSettled([outlet.idle]);
    if (exchange.gone) return; // the client went away: nobody is left to tell
    response.destroy();
    throw error;
  }
  if (left === 0) response.end();
  else if (!exchange.gone) throw new Error(`the file became ${left} bytes shorter while it was sent`);
}

/** What is to be sent next: so many bytes from `position` on, or as many as memory is left for. */
interface Piece {
  readonly descriptor: number;
  readonly position: number;
  readonly bytes: number;
}

/** A small blob has two pieces: its client takes the first one while the second one is read. */
function pieceOf(length: number): number {
  return Math.min(pieceSize.bytes, Math.max(Math.ceil(length / 2), LEAST_PIECE));
}

/**
 * Whether the next piece is read on the main thread, if the disk is quick. A lone download's first one is: a small blob has no other, and a thread's answer takes longer
 * than the read. Small pieces are, if a thread reads already.
 */
function readsHere(first: boolean): boolean {
  if (!diskPace.quick) return false;
  return areSmall() ? first || readers.running > 0 : first && sendBuffers.active === 1;
}

function areSmall(): boolean {
  return pieceSize.bytes === PIECE_SIZES[0];
}

/** The next piece is read in a thread while the former one goes out, as long as there is memory for it. */
async function readAhead(outlet: Outlet, piece: Piece): Promise<number> {
  const { bytes } = piece;
  if (sendBuffers.exhausted) await outlet.idle;
  await readers.enter(bytes, diskPace.quick);
  if (sendBuffers.exhausted) {
    // Since then: nobody may hold a second buffer now.
    readers.leave(bytes);
    await outlet.idle;
    await readers.enter(bytes, diskPace.quick);
  }
  const { buffer, length } = await intoBuffer(piece);
  try {
    await outlet.idle;
    return outlet.send(buffer, length);
  } catch (error) {
    sendBuffers.give(buffer);
    throw error;
  }
}

/** Reads up to `bytes` bytes, in a thread, into a buffer that is the caller's then; its turn among the readers ends with it. */
async function intoBuffer({ descriptor, position, bytes }: Piece): Promise<{ buffer: Buffer; length: number }> {
  let buffer: Buffer | undefined;
  try {
    buffer = sendBuffers.take(bytes);
    return { buffer, length: await readInThread(descriptor, buffer, Math.min(bytes, buffer.length), position) };
  } catch (error) {
    if (buffer) sendBuffers.give(buffer);
    throw error;
  } finally {
    readers.leave(bytes);
  }
}

/** Bytes after which everybody else gets a turn, or behind a piece that has more: clients that read as fast as we write never make us wait. */
const TURN = 1024 * 1024;
let inOneTurn = 0;

/** What comes from the page cache and goes out at once stays in a near cache, if it is small, so nothing may come between the two. */
async function readHere(outlet: Outlet, { descriptor, position, bytes }: Piece): Promise<number> {
  await outlet.idle;
  if (inOneTurn >= TURN) {
    inOneTurn = 0;
    await nextTurn();
  }
  const buffer = sendBuffers.take(bytes);
  try {
    const length = Math.min(bytes, buffer.length);
    const bytesRead = diskPace.blocking(() => fs.readSync(descriptor, buffer, 0, length, position));
    inOneTurn += bytesRead;
    const sent = outlet.send(buffer, bytesRead);
    if (areSmall() && readers.running > 0) outlet.flush();
    return sent;
  } catch (error) {
    sendBuffers.give(buffer);
    throw error;
  }
}

/** Takes buffers to the client, one at a time. */
class Outlet {
  readonly #exchange: Exchange;
  #idle: Promise<void> = Promise.resolve();
  #lose: (reason: unknown) => void = () => undefined;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    // Node forgets the callbacks of what it still holds when the client hangs up.
    exchange.whenGone((reason) => this.#lose(reason));
  }

  /** Resolves when what was given to `send` has left for the socket; rejects when it never will. */
  get idle(): Promise<void> {
    return this.#idle;
  }

  /** Sends the buffer's first `length` bytes and takes the buffer over; answers 0 when there are none or nobody wants them. */
  send(buffer: Buffer, length: number): number {
    if (length === 0 || this.#exchange.gone) {
      sendBuffers.give(buffer);
      return 0;
    }
    this.#exchange.bytesSent += length;
    pieceSize.done(length);
    this.#idle = this.#write(length === buffer.length ? buffer : buffer.subarray(0, length)).then(
      () => sendBuffers.give(buffer),
      (error: unknown) => {
        sendBuffers.discard(buffer);
        throw error;
      },
    );
    // Awaited later, perhaps after a read: failing before that (the client hung up) would end the process.
    this.#idle.catch(() => undefined);
    return length;
  }

  /**
   * Node holds a write back until everything else that can be done at once is done: good where that is the next read in a
   * thread, bad where it is others' reads, which take this core's cache.
   */
  flush(): void {
    this.#exchange.response.socket?.uncork();
  }

  #write(bytes: Buffer): Promise<void> {
    const { response } = this.#exchange;
    return new Promise((resolve, reject) => {
      this.#lose = reject;
      response.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

import { storageError } from '../storage-errors.ts';
import type { FileSystem } from './file-system.ts';
import { ownsMemory } from './hash-threads.ts';
import type { RunningHash } from './running-hash.ts';

/** An fsync failed: nobody may believe a later one. */
export class NotDurable extends Error {
  constructor(cause: unknown) {
    super('not durable', { cause });
  }
}

/** Early fsyncs that run now: each one holds a thread of the pool, which others need. */
export interface EarlySyncs {
  running: number;
}

export interface BatchOptions {
  readonly files: FileSystem;
  readonly descriptor: number;
  readonly position: number;
  /** Undefined when the bytes are hashed later. */
  readonly hash: RunningHash | undefined;
  /** Asked anew for each chunk: the share of one upload shrinks when others join. */
  readonly batchBytes: () => number;
  /** Gives another hash everything before `position`. */
  readonly replay: (into: RunningHash) => Promise<void>;
  /** Shared by all writers. */
  readonly earlySyncs: EarlySyncs;
  /** The chunks' memory belongs to the writer: it may be handed over and freed. */
  readonly ownsChunks: boolean;
  /** Told of each chunk that is written. */
  readonly release: ((chunk: Uint8Array) => void) | undefined;
  /** For the error's text. */
  readonly doing: string;
}

interface Batch {
  readonly chunks: Buffer[];
  readonly position: number;
  readonly bytes: number;
  /** More is to come. */
  readonly full: boolean;
}

/** Batches on their way besides the one that gathers: one is hashed while the one before it is written. */
const ON_THE_WAY = 2;
/** The share of memory of one upload must be divided by this. */
export const BATCHES_PER_UPLOAD = ON_THE_WAY + 1;
/** So much is written until the disk is told to begin, and no more is left to wait for when a body ends. A slow disk sets its own pace: the next one begins when it is done. */
const EARLY_SYNC = 4 * 1024 * 1024;
/** Or this part of what the body had until then: who sends a GiB does not feel the end's wait, but a sync costs CPU time, most of it whatever it has to write. */
const EARLY_PART = 1 / 32;
const MOST_EARLY_SYNCS = 2;
/** Linux takes at most 1024 buffers in one writev. */
const MOST_CHUNKS = 1024;

/**
 * Hashes chunks and writes them one behind the other, in batches, and holds back a body that is faster than the disk.
 *
 * ```
 * add ──▶ gathering ──▶ hashed and written (in a thread), memory freed
 *                  └────▶ hashed (here, when it is small) ──▶ written (in the thread pool), memory freed
 * ```
 * Whatever it throws is a DomainError, in contrast to the body's own errors, or NotDurable.
 */
export class BatchWriter {
  readonly #options: BatchOptions;
  #position: number;
  #gathered: Buffer[] = [];
  #bytes = 0;
  readonly #onTheWay: Promise<void>[] = [];
  #failure: { readonly error: Error } | undefined;
  #unsynced = 0;
  #syncing: Promise<void> | undefined;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  /** Takes a chunk; a promise means: give me no more until it resolves. */
  add(chunk: Buffer): Promise<void> | undefined {
    this.#throwFailure();
    if (chunk.byteLength === 0) return undefined;
    this.#gathered.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes < this.#options.batchBytes() && this.#gathered.length < MOST_CHUNKS) return undefined;
    const oldest = this.#onTheWay[0];
    this.#start(true);
    return this.#onTheWay.length > ON_THE_WAY ? oldest?.then(() => this.#throwFailure()) : undefined;
  }

  /** Writes what is left, makes everything durable, and returns the position behind the last byte. */
  async finish(): Promise<number> {
    if (this.#bytes > 0) this.#start(false);
    await Promise.all(this.#onTheWay);
    this.#throwFailure();
    await Promise.all([this.#syncing, this.#sync()]); // not one behind the other: the disk goes on where it is
    this.#throwFailure();
    return this.#position;
  }

  /** Resolves when nothing touches the descriptor any more; what was gathered is dropped. */
  async stop(): Promise<void> {
    for (const chunk of this.#gathered) this.#options.release?.(chunk);
    this.#gathered = [];
    this.#bytes = 0;
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#onTheWay);
    await this.#syncing;
  }

  #start(full: boolean): void {
    const batch = { chunks: this.#gathered, position: this.#position, bytes: this.#bytes, full };
    this.#position += this.#bytes;
    this.#gathered = [];
    this.#bytes = 0;
    const before = this.#onTheWay.at(-1);
    const way: Promise<void> = this.#send(batch, before)
      .catch((error: unknown) => {
        this.#failure ??= { error: storageError(error, this.#options.doing) };
      })
      .then(() => {
        void this.#onTheWay.splice(this.#onTheWay.indexOf(way), 1);
      });
    this.#onTheWay.push(way);
  }

  async #send({ chunks, position, bytes, full }: Batch, before: Promise<void> | undefined): Promise<void> {
    const left = await this.#hashed(chunks, position, full);
    await before;
    if (this.#failure !== undefined) return;
    await this.#writeAll(left, position);
    if (this.#options.ownsChunks || left !== chunks) for (const chunk of left) freeMemory(chunk);
    for (const chunk of chunks) this.#options.release?.(chunk);
    this.#unsynced += bytes;
    this.#syncEarly();
  }

  /** Resolves with what is left to be written: nothing when a thread has done it. */
  #hashed(chunks: Buffer[], position: number, full: boolean): Uint8Array[] | Promise<Uint8Array[]> {
    const { files, descriptor, hash, ownsChunks, replay } = this.#options;
    if (hash === undefined) return chunks;
    const to = () => {
      const own = files.writableInThread(descriptor);
      return own === undefined ? undefined : { descriptor: own, position };
    };
    return hash.update(chunks, { take: ownsChunks, full, to, replay });
  }

  /** Without it the disk idles until the body has ended, and the last fsync of a large body takes as long as all before. */
  #syncEarly(): void {
    const { earlySyncs, position } = this.#options;
    const enough = Math.max(EARLY_SYNC, (this.#position - position) * EARLY_PART);
    if (this.#unsynced < enough || this.#syncing || earlySyncs.running >= MOST_EARLY_SYNCS) return;
    this.#unsynced = 0;
    earlySyncs.running += 1;
    this.#syncing = this.#sync().then(() => {
      earlySyncs.running -= 1;
      this.#syncing = undefined;
    });
  }

  async #sync(): Promise<void> {
    await this.#options.files.fdatasync(this.#options.descriptor).catch((error: unknown) => {
      this.#failure ??= { error: new NotDurable(error) };
    });
  }

  async #writeAll(batch: Uint8Array[], from: number): Promise<void> {
    let left = batch;
    let position = from;
    while (left.length > 0) {
      const written = await this.#options.files.writev(this.#options.descriptor, left, position);
      if (written <= 0) throw new Error('The file system wrote nothing and gave no reason.');
      position += written;
      left = behind(left, written);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** At once: left to the garbage collector, received chunks cause a full collection every 40 MB and a third of the CPU time. */
function freeMemory(chunk: Uint8Array): void {
  if (ownsMemory(chunk)) (chunk.buffer as ArrayBuffer).transfer(0);
}

/** What remains of `buffers` behind their first `bytes` bytes. */
function behind(buffers: Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  let index = 0;
  for (const buffer of buffers) {
    if (skip < buffer.byteLength) break;
    skip -= buffer.byteLength;
    index += 1;
  }
  const left = buffers.slice(index);
  const first = left[0];
  if (first !== undefined && skip > 0) left[0] = first.subarray(skip);
  return left;
}

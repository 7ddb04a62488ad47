import { storageError } from '../storage-errors.ts';
import type { FileSystem } from './file-system.ts';

export interface BatchOptions {
  /** Asked anew for each chunk: the share of one upload shrinks when others join. */
  readonly batchBytes: () => number;
  /** For the error's text. */
  readonly doing: string;
}

/**
 * Writes chunks one behind the other, uncopied, in batches: while one batch is on its way to the file, the next one
 * gathers. So one upload holds two batches at most, and a body that is faster than the disk is held back.
 * Whatever it throws is a DomainError, in contrast to the body's own errors.
 */
export class BatchWriter {
  readonly #files: FileSystem;
  readonly #descriptor: number;
  readonly #batchBytes: () => number;
  readonly #doing: string;
  #position: number;
  #gathered: Buffer[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: Error } | undefined;

  constructor(files: FileSystem, descriptor: number, position: number, options: BatchOptions) {
    this.#files = files;
    this.#descriptor = descriptor;
    this.#position = position;
    this.#batchBytes = options.batchBytes;
    this.#doing = options.doing;
  }

  /** Takes a chunk; a promise means: give me no more until it resolves. */
  add(chunk: Buffer): Promise<void> | undefined {
    this.#throwFailure();
    this.#gathered.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes < this.#batchBytes() && this.#gathered.length < MOST_CHUNKS) return undefined;
    if (this.#writing === undefined) {
      this.#start();
      return undefined;
    }
    return this.#writing.then(() => {
      this.#throwFailure();
      this.#start();
    });
  }

  /** Writes what is left and returns the position behind the last byte. */
  async finish(): Promise<number> {
    await this.#writing;
    this.#throwFailure();
    if (this.#bytes > 0) this.#start();
    await this.#writing;
    this.#throwFailure();
    return this.#position;
  }

  /** Resolves when nothing touches the descriptor any more; what was gathered is dropped. */
  async stop(): Promise<void> {
    this.#gathered = [];
    this.#bytes = 0;
    await this.#writing;
  }

  #start(): void {
    const batch = this.#gathered;
    const position = this.#position;
    this.#position += this.#bytes;
    this.#gathered = [];
    this.#bytes = 0;
    this.#writing = this.#writeAll(batch, position).then(
      () => {
        this.#writing = undefined;
      },
      (error: unknown) => {
        this.#writing = undefined;
        this.#failure = { error: storageError(error, this.#doing) };
      },
    );
  }

  async #writeAll(batch: Buffer[], from: number): Promise<void> {
    let left = batch;
    let position = from;
    while (left.length > 0) {
      const written = await this.#files.writev(this.#descriptor, left, position);
      if (written <= 0) throw new Error('The file system wrote nothing and gave no reason.');
      position += written;
      left = behind(left, written);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Linux takes at most 1024 buffers in one writev. */
const MOST_CHUNKS = 1024;

/** What remains of `buffers` behind their first `bytes` bytes. */
function behind(buffers: Buffer[], bytes: number): Buffer[] {
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

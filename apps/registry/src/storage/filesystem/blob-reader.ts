import { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import type { ByteRange } from '../blob-store.ts';
import { blobCorrupt, rangeUnsatisfiable, storageError } from '../storage-errors.ts';
import { closeQuietly } from './durable-folders.ts';
import type { FileSystem } from './file-system.ts';

/** 64 KiB, the default of streams, costs three times the CPU per byte. */
const READ_BYTES = 1024 * 1024;

/** Positions `from` up to, but without, `to`. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export function checkedWindow(digest: Digest, size: number, range: ByteRange | undefined): Window {
  if (range === undefined) return { from: 0, to: size };
  const { start, end } = range;
  const inside = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end < size;
  if (!inside) throw rangeUnsatisfiable(digest, range, size);
  return { from: start, to: end + 1 };
}

/** Reads from a descriptor that is open already: a blob that is deleted meanwhile is read to its end all the same. */
export class BlobReader extends Readable {
  readonly #files: FileSystem;
  readonly #descriptor: number;
  readonly #digest: Digest;
  readonly #to: number;
  #position: number;
  #reading: Promise<unknown> | undefined;

  constructor(files: FileSystem, descriptor: number, digest: Digest, window: Window) {
    super({ highWaterMark: READ_BYTES });
    this.#files = files;
    this.#descriptor = descriptor;
    this.#digest = digest;
    this.#position = window.from;
    this.#to = window.to;
  }

  override _read(): void {
    const left = this.#to - this.#position;
    if (left === 0) {
      this.push(null);
      return;
    }
    const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, left));
    this.#reading = this.#files.read(this.#descriptor, buffer, this.#position).then(
      (read) => {
        this.#reading = undefined;
        if (read === 0) return this.destroy(blobCorrupt(this.#digest, new Error('the file became shorter')));
        this.#position += read;
        return this.push(buffer.subarray(0, read));
      },
      (error: unknown) => {
        this.#reading = undefined;
        this.destroy(storageError(error, `reading ${this.#digest}`));
      },
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const close = async (): Promise<void> => {
      await this.#reading; // the number of a closed descriptor may already belong to another file
      await closeQuietly(this.#files, this.#descriptor);
    };
    close().then(
      () => done(error),
      () => done(error),
    );
  }
}

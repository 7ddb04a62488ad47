import { storageError } from '../storage-errors.ts';
import type { FileSystem } from './file-system.ts';
import type { RunningHash } from './running-hash.ts';

const REREAD_BYTES = 1024 * 1024;

export interface HashAgainOptions {
  /** Bytes from the file's start. */
  readonly length: number;
  /** Ends it between two reads. */
  readonly signal: AbortSignal | undefined;
  /** For the error's text. */
  readonly doing: string;
  /** Called with the bytes of each read; the next one waits for it. */
  readonly pace?: ((bytes: number) => Promise<void>) | undefined;
}

/** The cause of the error when the file ends before `length`. */
export class FileTooShort extends Error {}

/** Hashes what was written before; the one buffer goes over to the hashing thread and comes back. */
export async function hashAgain(
  hash: RunningHash,
  files: FileSystem,
  descriptor: number,
  options: HashAgainOptions,
): Promise<void> {
  const { length, signal, doing, pace } = options;
  let buffer = Buffer.allocUnsafeSlow(Math.min(REREAD_BYTES, Math.max(length, 1)));
  let position = 0;
  while (position < length) {
    signal?.throwIfAborted();
    const window = buffer.subarray(0, Math.min(buffer.byteLength, length - position));
    let read: number;
    try {
      read = await files.read(descriptor, window, position);
      if (read === 0) throw new FileTooShort('the file is too short');
      position += read;
      const [back] = await hash.update([window.subarray(0, read)], { take: true, full: length > REREAD_BYTES });
      if (buffer.byteLength === 0 && back !== undefined) buffer = Buffer.from(back.buffer as ArrayBuffer);
    } catch (error) {
      throw storageError(error, doing);
    }
    if (pace !== undefined) await pace(read);
  }
}

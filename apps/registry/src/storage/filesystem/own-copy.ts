import { errorCode } from '../storage-errors.ts';
import { closeQuietly } from './durable-folders.ts';
import type { FileSystem } from './file-system.ts';
import { replacementPath } from './layout.ts';

const COPY_BYTES = 1024 * 1024;

/**
 * Puts a durable copy of the staged file's first `length` bytes in its place and returns the copy's descriptor; the given
 * one stays the caller's. For a staged file that was published already when a crash or a refused transaction kept its
 * upload open: whatever is appended now must not change the published bytes, which are the same file.
 */
export async function putOwnCopy(files: FileSystem, path: string, descriptor: number, length: number): Promise<number> {
  const replacement = replacementPath(path);
  await unlinkIfThere(files, replacement);
  const copy = await files.open(replacement, 'create');
  try {
    await copyBytes(files, descriptor, copy, length);
    await files.fsync(copy);
    await files.rename(replacement, path);
    return copy;
  } catch (error) {
    await closeQuietly(files, copy);
    await files.unlink(replacement).catch(() => {}); // the next try, or the upload's end, removes it
    throw error;
  }
}

async function copyBytes(files: FileSystem, from: number, to: number, length: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(length, 1)));
  let position = 0;
  while (position < length) {
    const read = await files.read(from, buffer.subarray(0, Math.min(buffer.length, length - position)), position);
    if (read === 0) throw new Error('the staged file is too short');
    let written = 0;
    while (written < read) {
      written += await files.writev(to, [buffer.subarray(written, read)], position + written);
    }
    position += read;
  }
}

export async function unlinkIfThere(files: FileSystem, path: string): Promise<void> {
  await files.unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}

import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import { digestAlgorithm } from '@holdfast/oci/digest';
import { DomainError } from '../../platform/domain-error.ts';
import type { Examination, ExamineOptions } from '../blob-store.ts';
import { errorCode, isAbsent, storageError } from '../storage-errors.ts';
import { closeQuietly } from './durable-folders.ts';
import type { FileSystem } from './file-system.ts';
import { FileTooShort, hashAgain } from './hash-again.ts';
import type { RunningHash } from './running-hash.ts';

/** What Linux answers for a sector that cannot be read, and file systems with checksums of their own for bytes that are not theirs. */
const LOST: ReadonlySet<string | undefined> = new Set(['EIO', 'EBADMSG', 'EUCLEAN']);

/** `BlobStore.examine` for one file. */
export async function examineFile(
  files: FileSystem,
  path: string,
  digest: Digest,
  options: ExamineOptions & { readonly newHash: (algorithm: DigestAlgorithm) => RunningHash },
): Promise<Examination | undefined> {
  options.signal?.throwIfAborted();
  const descriptor = await files.open(path, 'read').catch((error: unknown) => {
    if (isAbsent(error) || errorCode(error) === 'ELOOP') return undefined; // a link is not what a commit has put there
    throw storageError(error, `reading ${digest}`);
  });
  if (descriptor === undefined) return undefined;
  try {
    // Before the reading: whoever changes the file meanwhile gives it another version, and is found out by that.
    const { size, version, isFile } = await files.describe(descriptor);
    if (!isFile) return undefined;
    return { size, version, actual: await digestOfFile(files, descriptor, size, digest, options) };
  } finally {
    await closeQuietly(files, descriptor);
  }
}

async function digestOfFile(
  files: FileSystem,
  descriptor: number,
  length: number,
  digest: Digest,
  { newHash, signal, pace }: Parameters<typeof examineFile>[3],
): Promise<Digest | undefined> {
  const algorithm = digestAlgorithm(digest);
  const hash = newHash(algorithm);
  try {
    await hashAgain(hash, files, descriptor, { length, signal, pace, doing: `reading ${digest}` });
    return `${algorithm}:${await hash.digest()}` as Digest;
  } catch (error) {
    const cause = error instanceof DomainError ? error.cause : undefined;
    if (cause instanceof FileTooShort || LOST.has(errorCode(cause) ?? '')) return undefined;
    throw error;
  } finally {
    hash.drop();
  }
}

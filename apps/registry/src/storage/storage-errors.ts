import type { Digest } from '@holdfast/oci/digest';
import { DomainError } from '../platform/domain-error.ts';
import { storageFull } from '../platform/storage-full.ts';
import type { ByteRange, UploadId } from './blob-store.ts';

export function blobUnknown(digest: Digest): DomainError {
  return new DomainError('not-found', 'blob.unknown', `The blob ${digest} is not stored here; push it first.`, {
    detail: { digest },
  });
}

export function blobCorrupt(digest: Digest, cause?: unknown): DomainError {
  return new DomainError(
    'internal',
    'blob.corrupt',
    `The stored bytes of ${digest} changed while they were read, so they are not served. Ask again; if it stays, tell the operator.`,
    { detail: { digest }, cause },
  );
}

export function rangeUnsatisfiable(digest: Digest, range: ByteRange, size: number): DomainError {
  return new DomainError(
    'out-of-range',
    'range.unsatisfiable',
    `Bytes ${range.start}-${range.end} are not inside the blob ${digest}, which has ${size} bytes; ask for a range inside it.`,
    { detail: { digest, size } },
  );
}

export function uploadUnknown(id: UploadId): DomainError {
  return new DomainError('not-found', 'upload.unknown', `The upload ${id} is not open here; start a new upload.`, {
    detail: { upload: id },
  });
}

export function uploadPoisoned(id: UploadId, cause: unknown): DomainError {
  return new DomainError(
    'not-found',
    'upload.unknown',
    `The disk refused to make the upload ${id} durable, so its bytes were thrown away; start a new upload.`,
    { detail: { upload: id }, cause },
  );
}

export function uploadExists(id: UploadId): DomainError {
  return new DomainError('conflict', 'upload.invalid', `The upload ${id} has begun already; resume it instead.`, {
    detail: { upload: id },
  });
}

export function uploadBusy(id: UploadId): DomainError {
  return new DomainError(
    'conflict',
    'upload.busy',
    `Another request is writing to the upload ${id}; wait for its answer, then go on.`,
    { detail: { upload: id }, retryAfter: 1 },
  );
}

export function digestMismatch(id: UploadId, expected: Digest, actual: Digest): DomainError {
  return new DomainError(
    'invalid',
    'digest.invalid',
    `The bytes of the upload ${id} have the digest ${actual}, not ${expected}. Nothing was published and the upload is ended: start a new upload and send the bytes again.`,
    { detail: { expected, actual } },
  );
}

/** What the operating system said, in the domain's words; what already is a DomainError stays as it is. */
export function storageError(error: unknown, doing: string): DomainError {
  if (error instanceof DomainError) return error;
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return storageFull(doing, error);
  return new DomainError(
    'unavailable',
    'server.unavailable',
    `The registry's storage failed (${code ?? 'unknown reason'}): ${doing} was not done. Try again; if it stays, tell the operator.`,
    { cause: error },
  );
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import { digestAlgorithm, digestHex, parseDigest } from '@holdfast/oci/digest';
import { DomainError } from '../platform/domain-error.ts';
import type { UploadId } from './blob-store.ts';

const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface DigestParts {
  readonly algorithm: DigestAlgorithm;
  readonly hex: string;
}

/**
 * A digest's two parts. A brand is only the compiler's word: drivers build paths and keys from what was parsed here,
 * so that no string from outside ever reaches the file system (`../`, NUL, upper case, unknown algorithms).
 */
export function splitDigest(digest: Digest): DigestParts {
  if (parseDigest(digest) === undefined) {
    throw new DomainError(
      'invalid',
      'digest.invalid',
      'The digest is not sha256 with 64 or sha512 with 128 lower-case hex digits; send it in that form.',
      { detail: { digest: String(digest).slice(0, 160) } },
    );
  }
  return { algorithm: digestAlgorithm(digest), hex: digestHex(digest) };
}

export function isUploadId(name: string): name is UploadId {
  return UPLOAD_ID.test(name);
}

export function checkedUploadId(id: UploadId): UploadId {
  if (!isUploadId(id)) {
    throw new DomainError('invalid', 'upload.invalid', 'The upload id is not a lower-case UUID; start a new upload.', {
      detail: { upload: String(id).slice(0, 64) },
    });
  }
  return id;
}

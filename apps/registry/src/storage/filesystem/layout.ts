import { join } from 'node:path';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import type { UploadId } from '../blob-store.ts';
import { checkedUploadId, splitDigest } from '../names.ts';

/**
 * ```
 * <root>                                   0700
 * ├── blobs                                published: verified, fsynced, immutable
 * │   ├── sha256
 * │   │   ├── 0a                           the first two hex digits: 256 folders keep each one short
 * │   │   │   └── 0a3f… (64 hex digits)    0600
 * │   │   └── …
 * │   └── sha512
 * │       └── c7
 * │           └── c7e1… (128 hex digits)
 * └── uploads                              staged: nobody can read them; a commit renames them into blobs
 *     └── 7d1f0f0e-… (lower-case UUID)     also the temporary file, so there is no other kind of leftover
 * ```
 * Both sides lie in one file system, or the rename would not be atomic. Paths are built from parsed parts only.
 */
export interface Layout {
  readonly root: string;
  readonly blobs: string;
  readonly uploads: string;
}

export const ALGORITHMS: readonly DigestAlgorithm[] = ['sha256', 'sha512'];

export function layoutOf(root: string): Layout {
  return { root, blobs: join(root, 'blobs'), uploads: join(root, 'uploads') };
}

/** The file of a blob and the folders above it, outermost first. */
export function blobPath(layout: Layout, digest: Digest): { file: string; folder: string; parents: string[] } {
  const { algorithm, hex } = splitDigest(digest);
  const byAlgorithm = join(layout.blobs, algorithm);
  const folder = join(byAlgorithm, hex.slice(0, 2));
  return { file: join(folder, hex), folder, parents: [layout.root, layout.blobs, byAlgorithm] };
}

export function uploadPath(layout: Layout, id: UploadId): string {
  return join(layout.uploads, checkedUploadId(id));
}

import { join } from 'node:path';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import type { UploadId } from '../blob-store.ts';
import { checkedUploadId, isUploadId, splitDigest } from '../names.ts';

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
 * └── uploads                              staged: nobody can read them; a commit gives them a second name in blobs
 *     ├── 7d1f0f0e-… (lower-case UUID)     removed when the upload's transaction is durable
 *     └── 7d1f0f0e-….new                   for a moment: what is about to take the place of it, or of an equal blob
 * ```
 * Both sides lie in one file system, or nothing could be published in one step. Paths are built from parsed parts only.
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
  const byAlgorithm = `${layout.blobs}/${algorithm}`;
  const folder = `${byAlgorithm}/${hex.slice(0, 2)}`;
  return { file: `${folder}/${hex}`, folder, parents: [layout.root, layout.blobs, byAlgorithm] };
}

export function uploadPath(layout: Layout, id: UploadId): string {
  return join(layout.uploads, checkedUploadId(id));
}

const NEW = '.new';

/** Beside a staged file; whatever lies there is of no use to anybody after a crash. */
export function replacementPath(staged: string): string {
  return staged + NEW;
}

/** The upload to which a file of the folder of uploads belongs, its replacement included. */
export function uploadOfFile(name: string): UploadId | undefined {
  const id = name.endsWith(NEW) ? name.slice(0, -NEW.length) : name;
  return isUploadId(id) ? id : undefined;
}

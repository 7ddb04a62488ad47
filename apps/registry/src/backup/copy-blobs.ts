import type { Digest } from '@holdfast/oci/digest';
import type { BlobLink, MetadataReader } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore, UploadId } from '../storage/blob-store.ts';

const PAGE = 200;
/** Small blobs spend their time in fsync; these share it. */
const TOGETHER = 4;

export interface CopyCounts {
  /** Blobs that are in the copy, and their bytes. */
  blobs: number;
  bytes: number;
  /** Of these, what this run has copied. */
  copied: number;
  copiedBytes: number;
  damaged: string[];
}

export interface CopyOptions {
  /** Rows of the snapshot: the blobs that they name are copied. */
  readonly read: MetadataReader;
  readonly from: BlobStore;
  readonly to: BlobStore;
  readonly ids: Ids;
  /** Also reads what is in the copy already, instead of believing its size. */
  readonly verify: boolean;
  /** The error for what is not as it should be at `from`. */
  readonly damaged: (what: string, cause?: unknown) => DomainError;
  /** Called after each blob. */
  readonly progress: (counts: CopyCounts, digest: Digest) => void;
}

/**
 * Copies every blob that the rows name, each verified by its digest and durable before it has its name. One that is not
 * there, or is not what it is called, ends it: a copy is whole or is none. Blobs that are known to be damaged are told, not
 * copied.
 */
export async function copyBlobs(options: CopyOptions): Promise<CopyCounts> {
  const counts: CopyCounts = { blobs: 0, bytes: 0, copied: 0, copiedBytes: 0, damaged: [] };
  const rows = blobRows(options.read);
  const failed: unknown[] = [];
  const work = async () => {
    for (let next = await rows.next(); !next.done && failed.length === 0; next = await rows.next()) {
      await copyOne(options, next.value, counts);
      options.progress(counts, next.value.digest);
    }
  };
  // All of them end before the failure is told: nothing writes any more then.
  await Promise.all(Array.from({ length: TOGETHER }, () => work().catch((error: unknown) => failed.push(error))));
  if (failed.length > 0) throw failed[0];
  return counts;
}

async function copyOne(options: CopyOptions, row: BlobLink, counts: CopyCounts): Promise<void> {
  const { digest, size } = row;
  if (row.damage) {
    counts.damaged.push(digest);
    return;
  }
  counts.blobs += 1;
  counts.bytes += size;
  if (await isThere(options, row)) return;
  const { from, to, ids } = options;
  const upload = await to.uploads.begin(ids.uuid() as UploadId);
  try {
    const body = await from.read(digest);
    try {
      await upload.append(body, undefined, { ownsChunks: true });
    } finally {
      body.destroy();
    }
    await upload.commit(digest);
  } catch (error) {
    throw sourceDamaged(options, error, digest);
  } finally {
    await upload.abort();
  }
  counts.copied += 1;
  counts.copiedBytes += size;
}

async function isThere({ to, verify }: CopyOptions, { digest, size }: BlobLink): Promise<boolean> {
  if (!verify) return (await to.stat(digest))?.size === size;
  const found = await to.examine(digest);
  return found?.size === size && found.actual === digest;
}

/** Another error is the disk's, and says so itself. */
function sourceDamaged({ damaged }: CopyOptions, error: unknown, digest: Digest): unknown {
  if (!(error instanceof DomainError)) return error;
  const why: Partial<Record<string, string>> = {
    'blob.unknown': 'is not there',
    'blob.corrupt': 'became shorter while it was read',
    'digest.invalid': 'has other bytes than its digest says',
  };
  const what = why[error.code];
  return what === undefined ? error : damaged(`the blob ${digest} ${what}`, error);
}

async function* blobRows({ integrity }: MetadataReader): AsyncGenerator<BlobLink> {
  for (let last = ''; ; ) {
    const page = await integrity.blobs({ last, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)?.digest ?? last;
  }
}

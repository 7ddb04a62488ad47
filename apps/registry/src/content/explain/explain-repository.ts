import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Digest } from '@holdfast/oci/digest';
import type { ByteCount } from '../../metadata/garbage.ts';
import type { MetadataReader, RepositoryRow } from '../../metadata/metadata-store.ts';
import type { StoredItem } from '../../metadata/usage.ts';
import { blockedBy } from './blocked-by.ts';

/** What a repository stores, in bytes, and what its deletion would do. `stored` is `unique` and `shared` together. */
export interface RepositoryExplanation {
  /** Of everything in it, each thing once. */
  readonly stored: number;
  /** Of that, what no other repository of the registry has. */
  readonly unique: number;
  /** And what others have, too, whoever they are. */
  readonly shared: number;
  /** What its images would take if none shared anything with another, as their manifests say. */
  readonly logical: number;
  readonly pulledAt?: Date | undefined;
  /** What would refuse its deletion; undefined when nothing does. */
  readonly keptBy?: string | undefined;
  /** Blobs that its deletion leaves to nobody, and what the usage of the registry would fall by: `unique`. */
  readonly deletingFrees: ByteCount;
}

/** Rows that are read in one go, while everybody else waits. */
const SLICE = 1000;

/**
 * From the rows, so that it cannot drift; a slice at a time, and others between. What comes and goes meanwhile is counted or not.
 */
export async function explainRepository(
  read: MetadataReader,
  repository: RepositoryRow,
): Promise<RepositoryExplanation> {
  const { id } = repository;
  const sum = { unique: 0, shared: 0, logical: 0, blobs: 0 };
  const add = ({ size, shared }: StoredItem) => {
    sum[shared ? 'shared' : 'unique'] += size;
  };
  await eachSlice(
    (last) => read.usage.blobsOf(id, { last, limit: SLICE }),
    (blob) => {
      if (blob.released) return;
      add(blob);
      if (!blob.shared) sum.blobs++;
    },
  );
  await eachSlice(
    (last) => read.usage.manifestsOf(id, { last, limit: SLICE }),
    (manifest) => {
      add(manifest);
      sum.logical += manifest.size + manifest.imageSize;
    },
  );
  return {
    stored: sum.unique + sum.shared,
    unique: sum.unique,
    shared: sum.shared,
    // What manifests claim of absent content may be anything.
    logical: Math.min(sum.logical, Number.MAX_SAFE_INTEGER),
    pulledAt: await read.pulls.lastOf(id),
    keptBy: await blockedBy(read, repository, 'delete-repository'),
    deletingFrees: { count: sum.blobs, bytes: sum.unique },
  };
}

async function eachSlice<T extends StoredItem>(
  slice: (last: Digest | undefined) => Promise<T[]> | T[],
  work: (item: T) => void,
): Promise<void> {
  for (let last: Digest | undefined; ; await nextTurn()) {
    const items = await slice(last);
    for (const item of items) work(item);
    if (items.length < SLICE) return;
    last = items.at(-1)?.digest;
  }
}

import type { ByteCount } from '../../metadata/garbage.ts';
import type { MetadataReader, RepositoryRow } from '../../metadata/metadata-store.ts';
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

/** From figures that are kept in the transaction of each change, so that it costs the same however much there is. */
export async function explainRepository(
  read: MetadataReader,
  repository: RepositoryRow,
): Promise<RepositoryExplanation> {
  const { stored, shared, ownBlobs, logical } = await read.usage.ofRepository(repository.id);
  const unique = stored - shared;
  return {
    stored,
    unique,
    shared,
    logical: Math.min(logical, Number.MAX_SAFE_INTEGER),
    pulledAt: await read.pulls.lastOf(repository.id),
    keptBy: await blockedBy(read, repository, 'delete-repository'),
    deletingFrees: { count: ownBlobs, bytes: unique },
  };
}

import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';
import type { PageRequest } from './page-request.ts';

/** What a row says beside what the rows that it sums up say, read at one moment. */
export interface Kept {
  readonly kept: number;
  readonly counted: number;
}

export interface BlobCount extends Kept {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** It is known that its bytes are not what they should be. */
  readonly damaged: boolean;
}

/** 1: a manifest of the repository names the blob. */
export interface LinkFlag extends Kept {
  readonly digest: Digest;
}

export interface RepositoryCounts {
  readonly id: RepositoryId;
  readonly name: string;
  readonly manifests: Kept;
  readonly tags: Kept;
  readonly locks: Kept;
  /** Bytes of all that is in it and counts. */
  readonly bytes: Kept;
  /** See `RepositoryUsage`. */
  readonly sharedBytes: Kept;
  readonly ownBlobs: Kept;
  readonly logicalBytes: Kept;
}

/** Bytes of a registry. */
export interface UsageCount extends Kept {
  readonly id: string;
  readonly name: string;
}

/**
 * The figures that are kept although they could be counted, because counting them takes too long for a request. Whoever
 * changes what they count changes them in the same transaction; this is for finding out whether that is so.
 */
export interface ConsistencyReader {
  /** Links of each blob, in the order of digests. */
  blobs(page: PageRequest): Awaitable<BlobCount[]>;
  /** Of a repository's links, in the order of digests. */
  links(repositoryId: RepositoryId, page: PageRequest): Awaitable<LinkFlag[]>;
  /** Of repositories that are not deleted, by id. */
  repositories(after: RepositoryId, limit: number): Awaitable<RepositoryCounts[]>;
  /** The registry after the id, whatever its state. */
  usage(afterId: string): Awaitable<UsageCount | undefined>;
}

/** Each sets what is kept to what is counted. */
export interface ConsistencyWriter extends ConsistencyReader {
  /** A blob without links gets its grace period from `now` on. */
  recountBlob(digest: Digest, now: Date): Awaitable<void>;
  recountLink(repositoryId: RepositoryId, digest: Digest): Awaitable<void>;
  recountRepository(id: RepositoryId): Awaitable<void>;
  recountUsage(registryId: string): Awaitable<void>;
}

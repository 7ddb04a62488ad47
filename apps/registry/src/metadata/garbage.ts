import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

export interface ByteCount {
  readonly count: number;
  readonly bytes: number;
}

/** Why a repository has a blob. */
export interface LinkState {
  readonly repositoryId: RepositoryId;
  readonly repository: RepositoryName;
  /** Name of the registry. */
  readonly registry: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /**
   * `named`: a manifest of the repository names it. `pushed`: none does yet. `released`: one did, and its last one is deleted. The last two go when they are
   * older than the grace period.
   */
  readonly state: 'named' | 'pushed' | 'released';
  /** Pushed, mounted or released last; the grace period begins then. */
  readonly since: Date;
}

/** The place of a link in the order in which links become old enough to go. */
export interface LinkPlace {
  readonly since: Date;
  readonly repositoryId: RepositoryId;
  readonly digest: Digest;
}

/** What the collector would take, and why everything else stays. The same rows decide here and there. */
export interface GarbageReader {
  /** Blobs that nothing links any more, since before. */
  unlinked(before: Date): Awaitable<ByteCount>;
  /** Blobs that only links hold which no manifest names, all since before. */
  unneeded(before: Date): Awaitable<ByteCount>;
  /** Links that no manifest names, oldest first. */
  waiting(page: { after?: LinkPlace | undefined; limit: number }): Awaitable<LinkState[]>;
  /** Links of one blob, in all registries; at most `limit`. */
  linksOf(digest: Digest, limit: number): Awaitable<LinkState[]>;
  /** Undefined when the repository has it not. */
  linkOf(repositoryId: RepositoryId, digest: Digest): Awaitable<LinkState | undefined>;
  /** Since when nothing links the blob; undefined while something does, or when there is no such blob. */
  unlinkedSince(digest: Digest): Awaitable<Date | undefined>;
  /** What the registry's usage would fall by if the manifest were deleted: its own bytes, and blobs that nothing else needs. */
  freedBy(repositoryId: RepositoryId, digest: Digest): Awaitable<ByteCount>;
}

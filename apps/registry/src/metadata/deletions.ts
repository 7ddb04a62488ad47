import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';
import type { PageRequest } from './page-request.ts';

/** A repository that nobody can reach any more, and whose content waits to be taken away. */
export interface DeletedRepository {
  readonly repositoryId: RepositoryId;
  readonly registryId: string;
  /** What it was called. */
  readonly name: RepositoryName;
  /** JSON: what the events of its deletion say besides their target. */
  readonly origin: string;
}

export interface PurgedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
}

export interface DeletionReader {
  /** When a repository of that name was last deleted, as far back as tokens live. */
  deletedAt(registryId: string, name: string): Awaitable<Date | undefined>;
  /** The repository that waits longest for its purge, if it was deleted before `before`. */
  next(before: Date): Awaitable<DeletedRepository | undefined>;
  /** Digests of what is left in a repository, in order. */
  manifestsOf(repositoryId: RepositoryId, page: PageRequest): Awaitable<Digest[]>;
  /** Registries that were deleted and still have rows. */
  registries(): Awaitable<string[]>;
  /** Any repository of the registry, whatever its state. */
  repositoryOf(registryId: string): Awaitable<RepositoryId | undefined>;
}

export interface DeletionWriter extends DeletionReader {
  /**
   * Takes the repository away from everybody at once, whatever is in it; its name is free. Its content stays for `purge` to
   * take in pieces, to where it can be restored from if the registry's policy says so now. False when it is gone already.
   */
  deleteRepository(repositoryId: RepositoryId, origin: string, now: Date): Awaitable<boolean>;
  /**
   * Removes about `limit` rows of what is in the repository, and the repository with the last of them. Blobs that nothing
   * links any more get their grace period from `now` on. Answers the manifests among the rows.
   */
  purge(
    repositoryId: RepositoryId,
    limit: number,
    now: Date,
  ): Awaitable<{ manifests: PurgedManifest[]; done: boolean }>;
  /** The row of a deleted registry that has no repository left. */
  purgeRegistry(registryId: string): Awaitable<boolean>;
  /** Forgets when repositories were deleted before `before`; at most `limit`. */
  forget(before: Date, limit: number): Awaitable<number>;
}

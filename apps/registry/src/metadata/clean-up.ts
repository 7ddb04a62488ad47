import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable, PageRequest } from './awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

/** What a clean-up policy asks of a manifest. */
export interface ManifestAge {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly subject?: Digest | undefined;
  readonly pushedAt: Date;
  /** Pushed again, or its attributes changed. */
  readonly updatedAt: Date;
  /** Since when no tag names it; undefined while one does. */
  readonly untaggedAt?: Date | undefined;
}

export interface UntaggedManifest {
  readonly digest: Digest;
  readonly untaggedAt: Date;
}

export interface CleanUpRepository {
  readonly id: RepositoryId;
  readonly name: RepositoryName;
  readonly lockCount: number;
}

/** The ways to what clean-up policies look for, each through an index of its own. */
export interface CleanUpReader {
  /** Repositories of the registry that hold a manifest, hidden ones as well, by name. */
  repositories(registryId: string, page: PageRequest): Awaitable<CleanUpRepository[]>;
  /** Manifests that no tag has named since before `before`, those that wait longest first. */
  untagged(
    repositoryId: RepositoryId,
    before: Date,
    page: { readonly after?: UntaggedManifest | undefined; readonly limit: number },
  ): Awaitable<UntaggedManifest[]>;
  manifest(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestAge | undefined>;
  /** Digests of the manifests whose subject is `subject`, in order. */
  referrers(repositoryId: RepositoryId, subject: Digest, page: PageRequest): Awaitable<Digest[]>;
}

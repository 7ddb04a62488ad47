import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { ManifestReference, RepositoryId } from './content-rows.ts';
import type { ManifestSummary } from './listings.ts';
import type { PageRequest } from './page-request.ts';

/** What of a registry's stored policies says whether, and how long, what is deleted can be restored. */
interface SoftDeletePolicy {
  readonly softDelete?: { readonly status: 'enabled' | 'disabled'; readonly retentionDays: number };
}

/** Azure's default. */
export const SOFT_DELETE_DAYS = 7;

/** By a registry's stored policies. The days count for what is deleted already, too, and while the policy is off: as on Azure. */
export function softDeletePolicy(policies: string): { readonly enabled: boolean; readonly retentionDays: number } {
  const { softDelete } = JSON.parse(policies) as SoftDeletePolicy;
  return { enabled: softDelete?.status === 'enabled', retentionDays: softDelete?.retentionDays ?? SOFT_DELETE_DAYS };
}

/**
 * Where a repository's soft-deleted content lies: among links and holders it is named so. No repository has such a name, so
 * nobody can ask for it.
 */
export const BIN = 'soft-deleted:';

/** The repository from which the content of a bin was deleted; undefined for the name of a repository. */
export function deletedFrom(name: string): RepositoryName | undefined {
  return name.startsWith(BIN) ? (name.slice(BIN.length) as RepositoryName) : undefined;
}

export interface DeletedManifest extends ManifestSummary {
  readonly deletedAt: Date;
}

export interface DeletedTag {
  readonly name: TagName;
  /** What it was on. */
  readonly digest: Digest;
  readonly deletedAt: Date;
  /** Grows from deletion to deletion. */
  readonly place: number;
}

/** What a purge has taken. */
export interface PurgedContent {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Undefined: the manifest itself. */
  readonly tag?: TagName | undefined;
}

/** A repository, by what it is or was called. */
export interface RepositoryPlace {
  readonly registryId: string;
  readonly repository: RepositoryName;
}

/**
 * What was deleted from a registry while its policy said to keep it. `ManifestWriter.delete`, `TagWriter.delete` and
 * `DeletionWriter.deleteRepository` bring it here, whoever calls them.
 */
export interface SoftDeletionReader {
  /** Names of a registry's repositories from which something can be restored. */
  repositories(registryId: string, page: PageRequest): Awaitable<RepositoryName[]>;
  /** In digest order. */
  manifests(at: RepositoryPlace, page: PageRequest): Awaitable<DeletedManifest[]>;
  manifest(at: RepositoryPlace, digest: Digest): Awaitable<DeletedManifest | undefined>;
  /** What a deleted manifest names. */
  references(at: RepositoryPlace, digest: Digest): Awaitable<ManifestReference[]>;
  /** In the order in which they were deleted, behind the place `after`. */
  tags(
    at: RepositoryPlace,
    page: { readonly after?: number | undefined; readonly limit: number },
  ): Awaitable<DeletedTag[]>;
  /** Tags that were deleted from the manifest. */
  tagsOf(at: RepositoryPlace, digest: Digest): Awaitable<DeletedTag[]>;
  /** The registry after that id from which something is here. */
  nextRegistry(after: string): Awaitable<string | undefined>;
}

export interface SoftDeletionWriter extends SoftDeletionReader {
  /** Brings a deleted manifest back into the repository, with what it names; false when it is not here. */
  restore(at: RepositoryPlace, digest: Digest, to: RepositoryId, now: Date): Awaitable<boolean>;
  /** For a tag that was put again. */
  forgetTag(at: RepositoryPlace, tag: TagName, digest: Digest): Awaitable<void>;
  /** Lets go what was deleted before `before`; at most `limit`. Blobs get their grace period from `now` on. */
  purge(registryId: string, before: Date, limit: number, now: Date): Awaitable<PurgedContent[]>;
}

import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from './awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

/** A blob or a manifest that a repository has. */
export interface StoredItem {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Another repository of the registry has it, too. */
  readonly shared: boolean;
}

export interface StoredBlob extends StoredItem {
  /** It counts for nobody any more: its last manifest is deleted. */
  readonly released: boolean;
}

export interface StoredManifest extends StoredItem {
  /** `ManifestSummary.imageSize`, and 0 of an index, whose images are manifests of their own. */
  readonly imageSize: number;
}

/**
 * What is stored, in bytes. A blob counts from its push on, and not any more once the last manifest that named it is
 * deleted, though its bytes stay for the grace period. All figures follow from rows and are kept beside them, in the same transaction.
 */
export interface UsageReader {
  /** Of the distinct blobs and manifests in a registry: once each, however many of its repositories have them. */
  bytes(registryId: string): Awaitable<number>;
  /** Of everything in one repository. */
  ofRepository(id: RepositoryId): Awaitable<number>;
  /** The repositories of a registry in which most is stored, by `ofRepository`. */
  largest(registryId: string, limit: number): Awaitable<{ readonly name: RepositoryName; readonly bytes: number }[]>;
  /** What a repository has, in order of digests; the cost is that of the page. */
  blobsOf(id: RepositoryId, page: { last?: Digest | undefined; limit: number }): Awaitable<StoredBlob[]>;
  manifestsOf(id: RepositoryId, page: { last?: Digest | undefined; limit: number }): Awaitable<StoredManifest[]>;
  /** `bytes`, counted anew from the rows: for whoever checks that the kept figure has not drifted. Takes its time. */
  recount(registryId: string): Awaitable<number>;
}

import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from './awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

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
  /** `bytes`, counted anew from the rows: for whoever checks that the kept figure has not drifted. Takes its time. */
  recount(registryId: string): Awaitable<number>;
}

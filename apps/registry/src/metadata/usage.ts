import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

/** What one repository stores. Bytes, but for `ownBlobs`. */
export interface RepositoryUsage {
  /** Of everything in it, each thing once. */
  readonly stored: number;
  /** Of that, what another repository of the registry has, too. */
  readonly shared: number;
  /** Blobs that no other repository of the registry has. */
  readonly ownBlobs: number;
  /**
   * What its manifests and their images would take if none shared anything with another, as the manifests say; of one that says more
   * than `MOST_LOGICAL`, that. An index has no image: those that it names are manifests of their own.
   */
  readonly logical: number;
}

/** 8 TiB: what a manifest claims of absent content may be anything, and a million of them must still be a number. */
export const MOST_LOGICAL = 2 ** 43;

/**
 * What is stored, in bytes. A blob counts from its push on, and not any more once the last manifest that named it is
 * deleted, though its bytes stay for the grace period. All figures follow from rows and are kept beside them, in the same transaction.
 */
export interface UsageReader {
  /** Of the distinct blobs and manifests in a registry: once each, however many of its repositories have them. */
  bytes(registryId: string): Awaitable<number>;
  /** Of one repository; all 0 when there is none. */
  ofRepository(id: RepositoryId): Awaitable<RepositoryUsage>;
  /** The repositories of a registry in which most is stored. */
  largest(registryId: string, limit: number): Awaitable<{ readonly name: RepositoryName; readonly bytes: number }[]>;
  /** `bytes`, counted anew from the rows: for whoever checks that the kept figure has not drifted. Takes its time. */
  recount(registryId: string): Awaitable<number>;
}

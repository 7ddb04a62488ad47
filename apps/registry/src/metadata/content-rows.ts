import type { Digest } from '@holdfast/oci/digest';
import type { ReferenceKind } from '@holdfast/oci/manifest';
import type { TagName } from '@holdfast/oci/reference';

// What several ports speak of.

export type RepositoryId = number;

export interface TagRow {
  readonly repositoryId: RepositoryId;
  readonly name: TagName;
  readonly digest: Digest;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ManifestReference {
  readonly digest: Digest;
  readonly kind: ReferenceKind;
  readonly mediaType: string;
  /** As the manifest claims, bytes. */
  readonly size: number;
  /** Of an index's child, as the index says. */
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

/** For what an image is made, as its config says. */
export interface Platform {
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

/** What is known of a manifest beside its row when it comes. */
export interface ManifestArrival {
  readonly platform?: Platform;
  /** The transaction that stores it puts a tag on it, too. */
  readonly tagged?: boolean;
}

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

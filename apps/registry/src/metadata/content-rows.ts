import type { Digest } from '@holdfast/oci/digest';
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

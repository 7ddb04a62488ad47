import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { Awaitable } from './awaitable.ts';
import type { RepositoryId, TagRow } from './content-rows.ts';

/** By name in binary order, or by the time of the last change. */
export type ListOrder = 'name' | 'newest' | 'oldest';

export interface ListRequest {
  readonly order: ListOrder;
  /** Name of the item after which the page begins. */
  readonly last?: string | undefined;
  /** When that item had been changed last as it was listed: it may be changed or gone since. Only for orders of time. */
  readonly lastTime?: Date | undefined;
  readonly limit: number;
  /** Leaves out what has the lock `list`; ask for it where the repository has locks. */
  readonly visibleOnly: boolean;
}

/** What a list tells of a manifest. */
export interface ManifestSummary {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly configMediaType?: string | undefined;
  /** As the image's config says. */
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  /** Bytes of all that it names, each once; of an index, the sum of its children's. */
  readonly imageSize: number;
  /** Manifests that it names. */
  readonly childCount: number;
  readonly createdAt: Date;
  /** Pushed again, or its attributes changed. */
  readonly updatedAt: Date;
}

export interface ManifestChild {
  readonly digest: Digest;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

/** What the lists of `/acr/v1` show; the cost of a page depends on the page alone. */
export interface ListingReader {
  tags(repositoryId: RepositoryId, request: ListRequest & { digest?: Digest | undefined }): Awaitable<TagRow[]>;
  manifests(repositoryId: RepositoryId, request: ListRequest): Awaitable<ManifestSummary[]>;
  manifest(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestSummary | undefined>;
  /** Tags of each of the manifests, in order; those without tags are not in the map. */
  tagsOf(repositoryId: RepositoryId, digests: readonly Digest[]): Awaitable<Map<Digest, TagName[]>>;
  /** Manifests that each of the indexes names, in its order. */
  childrenOf(repositoryId: RepositoryId, digests: readonly Digest[]): Awaitable<Map<Digest, ManifestChild[]>>;
}

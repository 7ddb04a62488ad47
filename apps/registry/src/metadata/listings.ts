import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId, TagRow } from './content-rows.ts';

/** By size or last pull: of the image, for a tag that of the manifest that it names. Never pulled is before all pulls. */
export type RankedOrder = 'largest' | 'smallest' | 'most-recently-pulled' | 'least-recently-pulled';
/** By name in binary order, by the time of the last change, or by rank. */
export type ListOrder = 'name' | 'newest' | 'oldest' | RankedOrder;

export interface ListRequest {
  readonly order: ListOrder;
  /** Name of the item after which the page begins. */
  readonly last?: string | undefined;
  /** `ListedTag.sortedBy` of that item as it was listed: it may be changed or gone since. For all orders but `name`. */
  readonly lastKey?: number | undefined;
  /** What that item named, if it is a tag; only for ranked orders. */
  readonly lastDigest?: Digest | undefined;
  readonly limit: number;
  /** Leaves out what has the lock `list`; ask for it where the repository has locks. */
  readonly visibleOnly: boolean;
}

export interface ListedTag extends TagRow {
  /** Milliseconds since 1970, or bytes, by the order; 0 in the order of names. */
  readonly sortedBy: number;
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
  /** Undefined when nobody is known to have pulled it. */
  readonly pulledAt?: Date | undefined;
}

export interface ManifestChild {
  readonly digest: Digest;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

/** What the lists of `/acr/v1` show; the cost of a page depends on the page alone. */
export interface ListingReader {
  tags(repositoryId: RepositoryId, request: ListRequest & { digest?: Digest | undefined }): Awaitable<ListedTag[]>;
  manifests(repositoryId: RepositoryId, request: ListRequest): Awaitable<ManifestSummary[]>;
  manifest(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestSummary | undefined>;
  /** Those of the manifests that are there. */
  manifestsOf(repositoryId: RepositoryId, digests: readonly Digest[]): Awaitable<Map<Digest, ManifestSummary>>;
  /** Tags of each of the manifests, in order; those without tags are not in the map. */
  tagsOf(repositoryId: RepositoryId, digests: readonly Digest[]): Awaitable<Map<Digest, TagName[]>>;
  /** Manifests that each of the indexes names, in its order. */
  childrenOf(repositoryId: RepositoryId, digests: readonly Digest[]): Awaitable<Map<Digest, ManifestChild[]>>;
}

/** By what the order sorts a manifest: milliseconds since 1970, or bytes; 0 in the order of names. */
export function manifestKey({ updatedAt, imageSize, pulledAt }: ManifestSummary, order: ListOrder): number {
  switch (order) {
    case 'name':
      return 0;
    case 'newest':
    case 'oldest':
      return updatedAt.getTime();
    case 'largest':
    case 'smallest':
      return imageSize;
    case 'most-recently-pulled':
    case 'least-recently-pulled':
      return pulledAt?.getTime() ?? 0;
  }
}

import type {
  AcrDeletedManifest,
  AcrDeletedTag,
  AcrListedRepository,
  AcrManifest,
  AcrRepository,
  AcrTag,
  AcrTaggedManifest,
  ChangeableAttributes,
  ManifestAttributes,
  RankAttributes,
} from '@holdfast/contracts/acr';
import type { TagName } from '@holdfast/oci/reference';
import type { ListOrder, ManifestChild, ManifestSummary } from '../metadata/listings.ts';
import type { RepositoryRow, TagRow } from '../metadata/metadata-store.ts';
import type { ListedRepository } from '../metadata/repository-lists.ts';
import type { DeletedManifest, DeletedTag } from '../metadata/soft-deletions.ts';

/** As .NET writes times, which is what ACR's clients were written against: seven fraction digits. */
export function acrTime(time: Date): string {
  return time.toISOString().replace('Z', '0000Z');
}

export function repositoryShape(
  registry: string,
  row: RepositoryRow,
  changeableAttributes: ChangeableAttributes,
): AcrRepository {
  return {
    registry,
    imageName: row.name,
    createdTime: acrTime(row.createdAt),
    lastUpdateTime: acrTime(row.updatedAt),
    manifestCount: row.manifestCount,
    tagCount: row.tagCount,
    changeableAttributes,
  };
}

export function listedRepositoryShape(row: ListedRepository): AcrListedRepository {
  return {
    name: row.name,
    createdTime: acrTime(row.createdAt),
    lastUpdateTime: acrTime(row.updatedAt),
    manifestCount: row.manifestCount,
    tagCount: row.tagCount,
    storedBytes: row.storedBytes,
    ...(row.pulledAt ? { lastPullTime: acrTime(row.pulledAt) } : {}),
  };
}

/** `signed` is of content trust, which this registry does not have. */
export function tagShape(row: TagRow, changeableAttributes: ChangeableAttributes): AcrTag {
  return {
    name: row.name,
    digest: row.digest,
    createdTime: acrTime(row.createdAt),
    lastUpdateTime: acrTime(row.updatedAt),
    signed: false,
    changeableAttributes,
  };
}

/** Of the manifest that a tag names. */
export function taggedManifestShape(
  { mediaType, imageSize, architecture, os }: ManifestSummary,
  { quarantineState }: Pick<ManifestAttributes, 'quarantineState'>,
): AcrTaggedManifest {
  return { mediaType, imageSize, architecture, os, quarantineState };
}

export function manifestShape(
  summary: ManifestSummary,
  tags: readonly TagName[] | undefined,
  children: readonly ManifestChild[] | undefined,
  changeableAttributes: ManifestAttributes,
): AcrManifest {
  const { digest, imageSize, architecture, os, mediaType, configMediaType } = summary;
  return {
    digest,
    imageSize,
    createdTime: acrTime(summary.createdAt),
    lastUpdateTime: acrTime(summary.updatedAt),
    architecture,
    os,
    mediaType,
    configMediaType,
    tags,
    references: children,
    changeableAttributes,
  };
}

/** What our own orders sort by. ACR's answers stay as they are where none of them is asked for. */
export function rankShape(order: ListOrder, key: number): RankAttributes {
  if (order === 'largest' || order === 'smallest') return { imageSize: key };
  const byPull = order === 'most-recently-pulled' || order === 'least-recently-pulled';
  return byPull && key > 0 ? { lastPullTime: acrTime(new Date(key)) } : {};
}

export function deletedManifestShape(manifest: DeletedManifest, tags: readonly TagName[]): AcrDeletedManifest {
  const { digest, imageSize, architecture, os, mediaType, configMediaType, createdAt, deletedAt } = manifest;
  return {
    digest,
    imageSize,
    createdTime: acrTime(createdAt),
    deletedAt: acrTime(deletedAt),
    architecture,
    os,
    mediaType,
    configMediaType,
    tags: tags.length > 0 ? tags : undefined,
  };
}

export function deletedTagShape({ name, digest, deletedAt }: DeletedTag): AcrDeletedTag {
  return { tag: name, digest, deletedAt: acrTime(deletedAt) };
}

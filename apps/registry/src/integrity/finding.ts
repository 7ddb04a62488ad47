import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Damage, MetadataReader } from '../metadata/metadata-store.ts';

export type StoredKind = 'blob' | 'manifest';

export interface HurtManifest {
  readonly digest: Digest;
  /** Its own, and those of the indexes that contain it: whoever pulls one of them meets the damage. */
  readonly tags: readonly TagName[];
}

export interface HurtRepository {
  readonly registry: string;
  readonly repository: RepositoryName;
  readonly manifests: readonly HurtManifest[];
}

/** Something stored that is damaged, and whom it hurts. */
export interface Finding {
  readonly what: StoredKind;
  readonly digest: Digest;
  readonly damage: Damage;
  /** At most the first 50 repositories, with at most 10 manifests each and 10 tags for each of those. */
  readonly hurts: readonly HurtRepository[];
}

/** A base layer may be in thousands of images: enough of them to act on, without holding up the event loop. */
const REPOSITORIES = 50;
const MANIFESTS = 10;
const TAGS = 10;

/** Follows the reference tables from what is damaged up to tags. */
export async function describeDamage(
  read: MetadataReader,
  what: StoredKind,
  digest: Digest,
  damage: Damage,
): Promise<Finding> {
  const hurts: HurtRepository[] = [];
  for (const holder of await read.integrity.holders(what, digest, REPOSITORIES)) {
    const naming =
      what === 'manifest' ? [digest] : await read.manifests.referencing(holder.repositoryId, digest, MANIFESTS);
    const manifests: HurtManifest[] = [];
    for (const manifest of naming) {
      const tags = await read.integrity.tagsOver(holder.repositoryId, manifest, TAGS);
      manifests.push({ digest: manifest, tags: [...tags].sort() });
    }
    hurts.push({ registry: holder.registry, repository: holder.repository, manifests });
  }
  return { what, digest, damage, hurts };
}

/** For a log line: `registry/team/app (v1, v2), registry/other`. */
export function hurtText({ hurts }: Finding): string {
  const parts = hurts.map(({ registry, repository, manifests }) => {
    const tags = [...new Set(manifests.flatMap((manifest) => manifest.tags))];
    return `${registry}/${repository}${tags.length > 0 ? ` (${tags.join(', ')})` : ''}`;
  });
  return parts.length > 0 ? parts.join(', ') : 'no repository';
}

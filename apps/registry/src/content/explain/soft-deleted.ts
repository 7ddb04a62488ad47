import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import { softDeletePolicy } from '../../metadata/soft-deletions.ts';

const DAY_MS = 86_400_000;

/** A manifest that is deleted and can be restored. */
export interface SoftDeletedManifest {
  readonly registry: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Bytes of all that it names. */
  readonly imageSize: number;
  readonly deletedAt: Date;
  /** When it goes, by the days that the policy has now. */
  readonly softDeletedUntil: Date;
  /** Those that were deleted from it. */
  readonly tags: readonly TagName[];
}

/** Undefined when no such manifest of the repository can be restored. */
export async function explainSoftDeleted(
  read: MetadataReader,
  registry: { readonly id: string; readonly name: string; readonly policies: string },
  repository: RepositoryName,
  digest: Digest,
): Promise<SoftDeletedManifest | undefined> {
  const at = { registryId: registry.id, repository };
  const deleted = await read.softDeletions.manifest(at, digest);
  if (!deleted) return undefined;
  const { retentionDays } = softDeletePolicy(registry.policies);
  return {
    registry: registry.name,
    repository,
    digest,
    imageSize: deleted.imageSize,
    deletedAt: deleted.deletedAt,
    softDeletedUntil: new Date(deleted.deletedAt.getTime() + retentionDays * DAY_MS),
    tags: (await read.softDeletions.tagsOf(at, digest)).map(({ name }) => name),
  };
}

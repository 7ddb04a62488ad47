import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { LinkState } from '../../metadata/garbage.ts';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import { deletedFrom } from '../../metadata/soft-deletions.ts';
import { explainSoftDeleted } from './soft-deleted.ts';

/** What one repository has to do with a blob. */
export interface BlobHolder extends Omit<LinkState, 'digest' | 'size' | 'repositoryId'> {
  /** Manifests that name it, at most `NAMED`, each with tags over it. */
  readonly manifests: readonly {
    readonly digest: Digest;
    readonly tags: readonly TagName[];
    /** It is deleted, and can be restored until then. */
    readonly softDeletedUntil?: Date | undefined;
  }[];
  /** When the collector takes the link, if nothing names it until then; undefined while a manifest does. */
  readonly goesAt?: Date | undefined;
}

/** Why the bytes of a blob are kept, or that they are not. */
export interface BlobExplanation {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly damage?: string | undefined;
  readonly holders: readonly BlobHolder[];
  /** There are more holders than are told. */
  readonly more: boolean;
  /** Nothing links it: when its bytes are freed. */
  readonly freedAt?: Date | undefined;
}

/** Holders that are told, and manifests and tags of each. */
const HOLDERS = 100;
const NAMED = 20;

/** Undefined when no such blob is known. */
export async function explainBlob(
  read: MetadataReader,
  digest: Digest,
  graceHours: number,
): Promise<BlobExplanation | undefined> {
  const row = await read.integrity.blob(digest);
  if (!row) return undefined;
  const links = await read.garbage.linksOf(digest, HOLDERS + 1);
  const holders: BlobHolder[] = [];
  for (const link of links.slice(0, HOLDERS)) holders.push(await holderOf(read, link, graceHours));
  const unlinked = await read.garbage.unlinkedSince(digest);
  return {
    digest,
    size: row.size,
    damage: row.damage?.kind,
    holders,
    more: links.length > HOLDERS,
    freedAt: unlinked && after(unlinked, graceHours),
  };
}

/** Why one repository has the blob, and until when. */
export async function holderOf(read: MetadataReader, link: LinkState, graceHours: number): Promise<BlobHolder> {
  const { registry, repository, repositoryId, state, since, digest } = link;
  const naming = await read.manifests.referencing(repositoryId, digest, NAMED);
  const home = deletedFrom(repository);
  const manifests: BlobHolder['manifests'][number][] = [];
  for (const manifest of naming) {
    const tags = home ? [] : await read.integrity.tagsOver(repositoryId, manifest, NAMED);
    manifests.push(home ? await deletedManifest(read, registry, home, manifest) : { digest: manifest, tags });
  }
  const goesAt = state === 'named' ? undefined : after(since, graceHours);
  return { registry, repository: home ?? repository, state, since, manifests, goesAt };
}

async function deletedManifest(
  read: MetadataReader,
  registryName: string,
  repository: RepositoryName,
  digest: Digest,
): Promise<BlobHolder['manifests'][number]> {
  const registry = await read.registries.byName(registryName);
  const found = registry && (await explainSoftDeleted(read, registry, repository, digest));
  return { digest, tags: found?.tags ?? [], softDeletedUntil: found?.softDeletedUntil };
}

function after(time: Date, hours: number): Date {
  return new Date(time.getTime() + hours * 3_600_000);
}

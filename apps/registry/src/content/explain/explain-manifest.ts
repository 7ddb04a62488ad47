import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { ByteCount } from '../../metadata/garbage.ts';
import type { ManifestReference, MetadataReader, RepositoryRow } from '../../metadata/metadata-store.ts';
import { immutableTags, ruleFor } from '../immutable-tags.ts';
import { type BlockingLock, blockingLock, lockWords } from './blocked-by.ts';

/** Why a manifest is kept, what hangs on it, and what its deletion would do. */
export interface ManifestExplanation {
  readonly registry: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  readonly pushedAt: Date;
  readonly pushedBy: string;
  /** Undefined when nobody is known to have pulled it. */
  readonly pulledAt?: Date | undefined;
  readonly tags: readonly TagName[];
  /** Indexes that name it; at most `NAMED`. */
  readonly parents: readonly Digest[];
  /** Signatures and the like, whose subject it is; at most `NAMED`. */
  readonly referrers: readonly Digest[];
  readonly subject?: Digest | undefined;
  readonly names: readonly ManifestReference[];
  /** What would refuse its deletion; undefined when nothing does. */
  readonly keptBy?: string | undefined;
  /** The lock that would, if it is one: of itself, of a tag on it, or of the repository. */
  readonly lock?: BlockingLock | undefined;
  /** What the usage of the registry would fall by. */
  readonly deletingFrees: ByteCount;
}

const NAMED = 100;

/** Undefined when there is no such manifest. `reference` is a tag or a digest. */
export async function explainManifest(
  read: MetadataReader,
  registry: { readonly id: string; readonly name: string },
  repositoryName: RepositoryName,
  reference: { readonly tag: TagName } | { readonly digest: Digest },
): Promise<ManifestExplanation | undefined> {
  const repository = await read.repositories.find(registry.id, repositoryName);
  if (!repository) return undefined;
  const digest = 'tag' in reference ? (await read.tags.find(repository.id, reference.tag))?.digest : reference.digest;
  const row = digest && (await read.manifests.find(repository.id, digest));
  if (!row) return undefined;
  const lock = await blockingLock(read, repository, 'delete-manifest', { manifest: row.digest });
  const referrers = await read.manifests.referrers(repository.id, row.digest, { limit: NAMED });
  return {
    registry: registry.name,
    repository: repository.name,
    digest: row.digest,
    mediaType: row.mediaType,
    size: row.size,
    pushedAt: row.pushedAt,
    pushedBy: row.pushedBy,
    pulledAt: await read.pulls.last(repository.id, row.digest),
    tags: await read.tags.ofManifest(repository.id, row.digest),
    parents: await read.manifests.referencing(repository.id, row.digest, NAMED),
    referrers: referrers.map((referrer) => referrer.digest),
    subject: row.subject,
    names: await read.manifests.references(repository.id, row.digest),
    keptBy: lock ? lockWords(lock) : await neededBy(read, repository, row.digest),
    lock,
    deletingFrees: await read.garbage.freedBy(repository.id, row.digest),
  };
}

/** By the rules that the deletion itself asks, behind those of locks. */
async function neededBy(read: MetadataReader, repository: RepositoryRow, digest: Digest): Promise<string | undefined> {
  const rules = await immutableTags(read, repository);
  for (const tag of rules.length > 0 ? await read.tags.ofManifest(repository.id, digest) : []) {
    const rule = ruleFor(rules, tag);
    if (rule) return `the tag ${tag}, which is immutable by the policy ${rule.name}`;
  }
  const parent = await read.manifests.taggedAncestor(repository.id, digest);
  return parent && `the tagged index ${parent}, which could not be pulled without it`;
}

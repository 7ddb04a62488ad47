import type {
  AcrBlobExplanation,
  AcrManifestExplanation,
  AcrRepositoryUsage,
  AcrTagExplanation,
} from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { RepositoryView } from '../access/authorizer.ts';
import { registryScope } from '../access/scope-path.ts';
import { blockedBy } from '../content/explain/blocked-by.ts';
import { holderOf } from '../content/explain/explain-blob.ts';
import { explainLayers, othersWith } from '../content/explain/explain-layers.ts';
import { explainManifest } from '../content/explain/explain-manifest.ts';
import { explainRepository } from '../content/explain/explain-repository.ts';
import { quarantineSource } from '../content/explain/quarantine-source.ts';
import { unknownBlob } from '../distribution/blobs.ts';
import type { Caller, Distribution } from '../distribution/context.ts';
import { unknownManifest } from '../distribution/manifests.ts';
import { requireListed } from './repositories.ts';
import { acrTime } from './shapes.ts';
import { unknownTag } from './tags.ts';

// Ours, beside ACR's: what is stored, why, and what a deletion would free. Of what other repositories have, only bytes that are
// shared with any of them are told, and with whom only if the caller's token lists repositories, and those that it lists.

/** `GET /acr/v1/<name>/_usage`. Throws `name.unknown`. */
export async function getRepositoryUsage(d: Distribution, caller: Caller): Promise<AcrRepositoryUsage> {
  const repository = await requireListed(d, caller);
  const found = await explainRepository(d.metadata.read, repository);
  return {
    manifestCount: repository.manifestCount,
    tagCount: repository.tagCount,
    storedBytes: found.stored,
    uniqueBytes: found.unique,
    sharedBytes: found.shared,
    logicalBytes: found.logical,
    lastPullTime: found.pulledAt && acrTime(found.pulledAt),
    keptBy: found.keptBy,
    deletingFrees: found.deletingFrees,
  };
}

/** `GET /acr/v1/<name>/_manifests/<digest>/_explain`. Throws `name.unknown`, `manifest.unknown`. */
export async function getManifestExplanation(
  d: Distribution,
  caller: Caller,
  digest: Digest,
): Promise<AcrManifestExplanation> {
  const repository = await requireListed(d, caller);
  const { read } = d.metadata;
  const found = await explainManifest(read, caller.registry, repository.name, { digest });
  if (!found) throw unknownManifest(caller, { digest });
  const quarantine = await quarantineSource(read, caller.registry, repository.id, digest);
  return {
    digest: found.digest,
    pushedBy: found.pushedBy,
    lastPullTime: found.pulledAt && acrTime(found.pulledAt),
    referencedBy: { tags: found.tags, indexes: found.parents, referrers: found.referrers },
    subject: found.subject,
    keptBy: found.keptBy,
    lock: found.lock,
    quarantine: quarantine && { ...quarantine, since: quarantine.since && acrTime(quarantine.since) },
    deletingFrees: found.deletingFrees,
    layers: await explainLayers(read, caller.registry, repository, digest, await viewOf(d, caller)),
  };
}

/** `GET /acr/v1/<name>/_blobs/<digest>/_explain`. Throws `name.unknown`, `blob.unknown`. */
export async function getBlobExplanation(d: Distribution, caller: Caller, digest: Digest): Promise<AcrBlobExplanation> {
  const repository = await requireListed(d, caller);
  const { read } = d.metadata;
  const link = await read.garbage.linkOf(repository.id, digest);
  if (!link) throw unknownBlob(repository.name, digest);
  const { state, since, goesAt, manifests } = await holderOf(read, link, d.policy.graceHours);
  return {
    digest,
    size: link.size,
    damage: (await read.blobs.linked(repository.id, digest))?.damage?.kind,
    state,
    since: acrTime(since),
    goesAt: goesAt && acrTime(goesAt),
    manifests: manifests.map(({ digest: named, tags }) => ({ digest: named, tags })),
    ...(await othersWith(read, caller.registry, repository, digest, await viewOf(d, caller))),
  };
}

/** The repositories that `_catalog` would tell the caller; none if the token is not for that. */
async function viewOf(d: Distribution, { principal, registry }: Caller): Promise<RepositoryView> {
  const resource = registryScope(registry);
  const { allow } = await d.authorizer.check({ principal, action: 'catalog', resource });
  return allow ? d.authorizer.repositoriesVisible(principal, resource) : [];
}

/** `GET /acr/v1/<name>/_tags/<tag>/_explain`. Throws `name.unknown`, `tag.unknown`. */
export async function getTagExplanation(d: Distribution, caller: Caller, tag: TagName): Promise<AcrTagExplanation> {
  const repository = await requireListed(d, caller);
  const { read } = d.metadata;
  const row = await read.tags.find(repository.id, tag);
  if (!row) throw unknownTag(repository, tag);
  const manifest = await getManifestExplanation(d, caller, row.digest);
  return {
    name: tag,
    keptBy: await blockedBy(read, repository, 'delete-tag', { tag }),
    // The manifest stays, with or without tags: a tag is a name.
    deletingFrees: { count: 0, bytes: 0 },
    lastTag: manifest.referencedBy.tags.length === 1,
    manifest,
  };
}

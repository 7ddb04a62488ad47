import type { AcrManifestExplanation, AcrRepositoryUsage, AcrTagExplanation } from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import { blockedBy } from '../content/explain/blocked-by.ts';
import { explainManifest } from '../content/explain/explain-manifest.ts';
import { explainRepository } from '../content/explain/explain-repository.ts';
import type { Caller, Distribution } from '../distribution/context.ts';
import { unknownManifest } from '../distribution/manifests.ts';
import { requireListed } from './repositories.ts';
import { acrTime } from './shapes.ts';
import { unknownTag } from './tags.ts';

// Ours, beside ACR's: what is stored, why, and what a deletion would free. Of what other repositories have, only bytes that are
// shared with any of them are told, never with whom: the caller may not know of them.

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
  const { name } = await requireListed(d, caller);
  const found = await explainManifest(d.metadata.read, caller.registry, name, { digest });
  if (!found) throw unknownManifest(caller, { digest });
  return {
    digest: found.digest,
    lastPullTime: found.pulledAt && acrTime(found.pulledAt),
    referencedBy: { tags: found.tags, indexes: found.parents, referrers: found.referrers },
    subject: found.subject,
    keptBy: found.keptBy,
    deletingFrees: found.deletingFrees,
  };
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

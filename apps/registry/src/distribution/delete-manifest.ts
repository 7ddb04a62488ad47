import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import { contentEvent } from '../content/events.ts';
import { requireUnlocked } from '../content/locks.ts';
import { DomainError } from '../platform/domain-error.ts';
import { auditEntry, type Caller, type Distribution, originOf } from './context.ts';

/** Takes the tag off its manifest, which stays. False when there is no such tag. Throws `content.locked`. */
export async function untag(d: Distribution, caller: Caller, tag: TagName): Promise<boolean> {
  const { registry } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(registry.id, caller.repository);
    const tagged = repository && (await tx.tags.find(repository.id, tag));
    if (!repository || !tagged) return false;
    await requireUnlocked(tx.locks, registry.name, repository, 'delete-tag', { tag });
    await tx.tags.delete(repository.id, tag, d.clock.now());
    await tx.audit.append(auditEntry(d, caller, 'tag.delete', tag));
    const { digest } = tagged;
    const mediaType = (await tx.manifests.find(repository.id, digest))?.mediaType ?? '';
    const target = { mediaType, digest, repository: caller.repository, tag };
    await tx.outbox.append(contentEvent(d, registry.id, 'untag', target, originOf(caller)));
    return true;
  });
}

/** Deletes the manifest with its tags. False when there is none. Throws `content.locked`, `manifest.child-in-use`. */
export async function deleteManifest(d: Distribution, caller: Caller, digest: Digest): Promise<boolean> {
  const { registry } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(registry.id, caller.repository);
    const row = repository && (await tx.manifests.find(repository.id, digest));
    if (!repository || !row) return false;
    await requireUnlocked(tx.locks, registry.name, repository, 'delete-manifest', { manifest: digest });
    const holder = await tx.manifests.taggedAncestor(repository.id, digest);
    if (holder) throw childInUse(digest, holder);
    const deleted = await tx.manifests.delete(repository.id, digest, d.clock.now());
    await tx.audit.append(auditEntry(d, caller, 'manifest.delete', digest));
    const target = { mediaType: row.mediaType, digest, repository: caller.repository };
    await tx.outbox.append(contentEvent(d, registry.id, 'delete', target, originOf(caller), deleted?.tags));
    return true;
  });
}

function childInUse(digest: Digest, parent: Digest): DomainError {
  return new DomainError(
    'disallowed',
    'manifest.child-in-use',
    `The operation is disallowed: ${digest} is part of the tagged index ${parent}, which could not be pulled without it. Delete or untag the index first.`,
    { detail: { reason: 'ChildOfTaggedIndex', digest, parent } },
  );
}

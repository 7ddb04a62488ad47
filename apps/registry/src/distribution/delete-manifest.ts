import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import { requireMutable } from '../content/immutable-tags.ts';
import { requireUnlocked } from '../content/locks.ts';
import { removeManifest, untagManifest } from '../content/remove.ts';
import { DomainError } from '../platform/domain-error.ts';
import { auditEntry, type Caller, type Distribution, originOf } from './context.ts';

/** Takes the tag off its manifest, which stays. False when there is no such tag. Throws `content.locked`, `content.immutable`. */
export async function untag(d: Distribution, caller: Caller, tag: TagName): Promise<boolean> {
  const { registry } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(registry.id, caller.repository);
    const tagged = repository && (await tx.tags.find(repository.id, tag));
    if (!repository || !tagged) return false;
    await requireUnlocked(tx.locks, registry.name, repository, 'delete-tag', { tag });
    await requireMutable(tx, registry.name, repository, { operation: 'delete-tag', tag });
    const place = { registry, repository, origin: originOf(caller) };
    await untagManifest(d, tx, place, tagged, auditEntry(d, caller, 'tag.delete', tag));
    return true;
  });
}

/** Deletes the manifest with its tags. False when there is none. Throws `content.locked`, `content.immutable`, `manifest.child-in-use`. */
export async function deleteManifest(d: Distribution, caller: Caller, digest: Digest): Promise<boolean> {
  const { registry } = caller;
  return d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(registry.id, caller.repository);
    const row = repository && (await tx.manifests.find(repository.id, digest));
    if (!repository || !row) return false;
    await requireUnlocked(tx.locks, registry.name, repository, 'delete-manifest', { manifest: digest });
    await requireMutable(tx, registry.name, repository, { operation: 'delete-manifest', digest });
    const holder = await tx.manifests.taggedAncestor(repository.id, digest);
    if (holder) throw childInUse(digest, holder);
    const place = { registry, repository, origin: originOf(caller) };
    await removeManifest(d, tx, place, row, auditEntry(d, caller, 'manifest.delete', digest));
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

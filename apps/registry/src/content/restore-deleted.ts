import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { MetadataTx, RegistryRow, RepositoryRow } from '../metadata/metadata-store.ts';
import type { DeletedTag, RepositoryPlace } from '../metadata/soft-deletions.ts';
import { DomainError } from '../platform/domain-error.ts';
import { missingChild } from './children.ts';
import { requireUnlocked } from './locks.ts';
import { beginQuarantine } from './quarantine.ts';

export interface Restoration {
  readonly registry: RegistryRow;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** A tag that was deleted from it, to be put on it again. */
  readonly tag?: TagName | undefined;
  /** Takes the tag off whatever has it now. */
  readonly force: boolean;
  /** Id of the principal, and now. */
  readonly by: string;
  readonly now: Date;
}

/** What came back. */
export interface RestoredContent {
  readonly repository: RepositoryRow;
  /** Manifests, those below an index before it; empty when only a tag had been deleted. */
  readonly manifests: readonly Digest[];
  /** What the tag was on until now. */
  readonly overwritten?: Digest | undefined;
}

/**
 * Brings back a manifest, with what it contains, and its tag; inside the caller's transaction, so all of it or nothing.
 * Throws `manifest.not-deleted`, `tag.unknown`, `restore.tag-exists`, `restore.incomplete`, `content.locked`.
 */
export async function restoreDeleted(tx: MetadataTx, request: Restoration): Promise<RestoredContent> {
  const { registry, repository: name, digest, tag, now } = request;
  const at: RepositoryPlace = { registryId: registry.id, repository: name };
  const deleted = await tx.softDeletions.manifest(at, digest);
  const tags = await tx.softDeletions.tagsOf(at, digest);
  const before = await tx.repositories.find(registry.id, name);
  const live = before && (await tx.manifests.find(before.id, digest));
  if (!deleted && !(live && tags.length > 0)) throw notDeleted(name, digest);
  if (tag !== undefined && !tags.some((each) => each.name === tag)) throw tagNotDeleted(name, digest, tag, tags);
  const { id } = await tx.repositories.findOrCreate(registry.id, name, now);
  const repository = before ?? { id, name, lockCount: 0 };
  await requireUnlocked(tx.locks, registry.name, repository, 'push-manifest');
  if (tag !== undefined) await requireUnlocked(tx.locks, registry.name, repository, 'put-tag', { tag });
  const manifests: Digest[] = [];
  if (deleted) await restoreTree(tx, request, id, digest, manifests);
  const missing = tag === undefined ? undefined : await missingChild(tx, id, digest);
  if (missing) throw incomplete(name, digest, missing.digest);
  const overwritten = tag === undefined ? undefined : await putTag(tx, request, id, tag);
  const after = await tx.repositories.find(registry.id, name);
  if (!after) throw new Error(`The repository ${name} vanished inside its transaction`);
  return { repository: after, manifests, overwritten };
}

/** What an index names comes back with it, as far as it is deleted, too. */
async function restoreTree(
  tx: MetadataTx,
  request: Restoration,
  to: number,
  digest: Digest,
  restored: Digest[],
): Promise<void> {
  const { registry, repository, now, by } = request;
  const at: RepositoryPlace = { registryId: registry.id, repository };
  const references = await tx.softDeletions.references(at, digest);
  for (const child of references) {
    if (child.kind !== 'manifest' || restored.includes(child.digest)) continue;
    if (await tx.manifests.find(to, child.digest)) continue;
    if (!(await tx.softDeletions.manifest(at, child.digest))) throw incomplete(repository, digest, child.digest);
    await restoreTree(tx, request, to, child.digest, restored);
  }
  const back = await tx.manifests.find(to, digest);
  await tx.softDeletions.restore(at, digest, to, now);
  if (back) return; // it was pushed again in between, and keeps what scanners said of it
  await beginQuarantine(tx, registry, { repositoryId: to, digest, changedBy: by, changedAt: now });
  restored.push(digest);
}

async function putTag(
  tx: MetadataTx,
  { registry, repository, digest, force, now }: Restoration,
  to: number,
  tag: TagName,
): Promise<Digest | undefined> {
  const current = (await tx.tags.find(to, tag))?.digest;
  const other = current === digest ? undefined : current;
  if (other !== undefined) {
    if (!force) throw tagExists(repository, tag, other);
    await tx.tags.delete(to, tag, now); // where the policy is on, it can be restored in its turn
  }
  await tx.tags.put(to, tag, digest, now);
  await tx.softDeletions.forgetTag({ registryId: registry.id, repository }, tag, digest);
  return other;
}

function notDeleted(repository: RepositoryName, digest: Digest): DomainError {
  return new DomainError(
    'not-found',
    'manifest.not-deleted',
    `No deleted manifest ${digest} of "${repository}" can be restored here: it was not deleted while soft delete was on, or its days are over. List what can be restored with az acr manifest list-deleted.`,
    { detail: { Name: repository, Revision: digest } },
  );
}

function tagNotDeleted(
  repository: RepositoryName,
  digest: Digest,
  tag: TagName,
  tags: readonly DeletedTag[],
): DomainError {
  const were = tags.map(({ name }) => name).join(', ') || 'none';
  return new DomainError(
    'not-found',
    'tag.unknown',
    `The tag "${tag}" was not deleted from ${digest} in "${repository}" (deleted from it: ${were}). Restore the manifest with one of these tags or without a tag, and push the tag that you want.`,
    { detail: { name: repository, tag, digest } },
  );
}

function tagExists(repository: RepositoryName, tag: TagName, digest: Digest): DomainError {
  return new DomainError(
    'conflict',
    'restore.tag-exists',
    `The tag "${tag}" of "${repository}" is on ${digest} now. Nothing was restored. To move it, restore with --force; else restore by digest without a tag.`,
    { detail: { name: repository, tag, digest } },
  );
}

function incomplete(repository: RepositoryName, digest: Digest, child: Digest): DomainError {
  return new DomainError(
    'conflict',
    'restore.incomplete',
    `The index ${digest} of "${repository}" cannot be restored: it contains ${child}, which is neither in the repository nor among what was deleted. Nothing was restored. Push that manifest again, then restore the index.`,
    { detail: { name: repository, digest, missing: child } },
  );
}

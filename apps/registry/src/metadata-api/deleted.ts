import type { AcrDeletedManifest, AcrDeletedTag } from '@holdfast/contracts/acr';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { principalId } from '../access/principal.ts';
import { restoreDeleted } from '../content/restore-deleted.ts';
import { auditEntry, type Caller, type Distribution } from '../distribution/context.ts';
import { announceManifest } from '../distribution/manifests.ts';
import type { PageRequest } from '../metadata/metadata-store.ts';
import type { RepositoryPlace } from '../metadata/soft-deletions.ts';
import { deletedManifestShape, deletedTagShape } from './shapes.ts';

/** A page of what can be restored, and behind what the next one begins. */
export interface DeletedPage<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

/** `GET /acr/v1/_deleted/_catalog`, by name. */
export async function listDeletedRepositories(
  d: Distribution,
  { registry }: Pick<Caller, 'registry'>,
  { last, limit = 0 }: PageRequest,
): Promise<DeletedPage<RepositoryName>> {
  const names = await d.metadata.read.softDeletions.repositories(registry.id, { last, limit: limit + 1 });
  return cut(names, limit, (name) => name);
}

/** `GET /acr/v1/_deleted/<name>/_manifests`, by digest; empty for a repository from which nothing was deleted. */
export async function listDeletedManifests(
  d: Distribution,
  caller: Caller,
  { last, limit = 0 }: PageRequest,
): Promise<DeletedPage<AcrDeletedManifest>> {
  const { softDeletions } = d.metadata.read;
  const at = placeOf(caller);
  const page = cut(await softDeletions.manifests(at, { last, limit: limit + 1 }), limit, ({ digest }) => digest);
  const items: AcrDeletedManifest[] = [];
  for (const manifest of page.items) {
    const tags = await softDeletions.tagsOf(at, manifest.digest);
    items.push(
      deletedManifestShape(
        manifest,
        tags.map(({ name }) => name),
      ),
    );
  }
  return { ...page, items };
}

/** `GET /acr/v1/_deleted/<name>/_tags`, in the order of deletion: the CLI takes the last one of a name. */
export async function listDeletedTags(
  d: Distribution,
  caller: Caller,
  { last, limit = 0 }: PageRequest,
): Promise<DeletedPage<AcrDeletedTag>> {
  const after = Number.parseInt(last ?? '0', 10) || 0;
  const tags = await d.metadata.read.softDeletions.tags(placeOf(caller), { after, limit: limit + 1 });
  const page = cut(tags, limit, ({ place }) => String(place));
  return { ...page, items: page.items.map(deletedTagShape) };
}

/** `POST /acr/v1/_deleted/<name>/_manifests/<digest>`. Throws what `restoreDeleted` throws. */
export async function restore(
  d: Distribution,
  caller: Caller,
  digest: Digest,
  { tag, force }: { readonly tag: TagName | undefined; readonly force: boolean },
): Promise<void> {
  const { registry, repository, principal } = caller;
  await d.metadata.transaction(async (tx) => {
    const by = principalId(principal);
    const request = { registry, repository, digest, tag, force, by, now: d.clock.now() };
    const restored = await restoreDeleted(tx, request);
    const audit = auditEntry(d, caller, 'manifest.restore', tag === undefined ? digest : `${tag}@${digest}`);
    const moved = restored.overwritten && `the tag was on ${restored.overwritten}`;
    await tx.audit.append({ ...audit, reason: moved });
    const told = new Set([...restored.manifests, ...(tag === undefined ? [] : [digest])]);
    for (const each of told) {
      const row = await tx.manifests.find(restored.repository.id, each);
      const tags = each === digest && tag !== undefined ? [tag] : [];
      if (row) await announceManifest(d, tx, caller, restored.repository.id, row, tags);
    }
  });
}

function placeOf({ registry, repository }: Caller): RepositoryPlace {
  return { registryId: registry.id, repository };
}

/** Of rows of which one more was asked for than the page has room for. */
function cut<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): DeletedPage<T> {
  const items = rows.slice(0, limit);
  const end = items.at(-1);
  return rows.length > limit && end !== undefined ? { items, next: keyOf(end) } : { items };
}

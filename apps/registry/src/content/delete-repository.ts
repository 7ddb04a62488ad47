import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { DeletedRepository } from '../metadata/deletions.ts';
import type {
  AuditEntry,
  MetadataReader,
  MetadataStore,
  MetadataTx,
  PageRequest,
  RegistryRow,
  RepositoryId,
} from '../metadata/metadata-store.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { contentEvent, type EventOrigin } from './events.ts';
import { requireMutable } from './immutable-tags.ts';
import { requireUnlocked } from './locks.ts';

/** Rows that one transaction takes away: some milliseconds, for which all other writers wait. */
export const PURGE_ROWS = 500;
/** How long the content of a deleted repository is left alone, so that its deletion can still tell what was in it. */
export const PURGE_AFTER_MS = 60_000;
/** Manifests and tags. */
const SMALL = 500;
const SMALL_STEPS = 50;
const LISTED = 1000;

export interface DeletionDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface DeletedContent {
  readonly manifests: readonly Digest[];
  readonly tags: readonly TagName[];
}

/**
 * Deletes a repository with all that is in it. It is gone at once and as a whole, however large it is: that is one row. Its
 * content is purged in pieces, since everybody who writes waits for a transaction: right away when it is little, else by a
 * job. Undefined when there is no such repository. Throws `content.locked` and `content.immutable` when anything in it is kept from that, and then nothing is removed.
 */
export async function deleteRepository(
  d: DeletionDependencies,
  request: {
    readonly registry: Pick<RegistryRow, 'id' | 'name'>;
    readonly repository: RepositoryName;
    readonly origin: EventOrigin;
    readonly audit: AuditEntry;
  },
): Promise<DeletedContent | undefined> {
  const { registry, repository: name, origin, audit } = request;
  const deleted = await d.metadata.transaction(async (tx) => {
    const row = await tx.repositories.find(registry.id, name);
    if (!row || row.manifestCount === 0) return undefined;
    await requireUnlocked(tx.locks, registry.name, row, 'delete-repository');
    await requireMutable(tx, registry.name, row, { operation: 'delete-repository' });
    const text = JSON.stringify(origin);
    await tx.deletions.deleteRepository(row.id, text, d.clock.now());
    await tx.audit.append(audit);
    const small = row.manifestCount + row.tagCount <= SMALL;
    return { small, repositoryId: row.id, registryId: registry.id, name, origin: text };
  });
  if (!deleted) return undefined;
  const content = await contentOf(d.metadata.read, deleted.repositoryId);
  // The repository is deleted, whatever becomes of this: what fails here is done again by the job.
  if (deleted.small) await purgeSmall(d, deleted).catch(() => undefined);
  return content;
}

/** So that its end is told, and its bytes are free, with the answer. What takes longer than expected is left to the job. */
async function purgeSmall(d: DeletionDependencies, deleted: DeletedRepository): Promise<void> {
  for (let step = 0; step < SMALL_STEPS; step++) {
    if (await d.metadata.transaction((tx) => purgeSome(d, tx, deleted))) return;
  }
}

/** Nobody can change it any more, and the job leaves it alone for a while: so it is read page by page, beside all others. */
async function contentOf({ deletions, tags }: MetadataReader, id: RepositoryId): Promise<DeletedContent> {
  return {
    manifests: await allPages((page) => deletions.manifestsOf(id, page)),
    tags: await allPages((page) => tags.list(id, page)),
  };
}

async function allPages<T extends string>(list: (page: PageRequest) => Awaitable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await list({ last: all.at(-1), limit: LISTED });
    for (const item of page) all.push(item);
    if (page.length < LISTED) return all;
    await nextTurn();
  }
}

/** Takes some of a deleted repository's content away and tells each manifest's end. True when nothing is left. */
export async function purgeSome(
  { clock, ids }: Pick<DeletionDependencies, 'clock' | 'ids'>,
  tx: MetadataTx,
  deleted: DeletedRepository,
): Promise<boolean> {
  const { manifests, done } = await tx.deletions.purge(deleted.repositoryId, PURGE_ROWS, clock.now());
  const origin = JSON.parse(deleted.origin) as EventOrigin;
  for (const { mediaType, digest } of manifests) {
    const target = { mediaType, digest, repository: deleted.name };
    await tx.outbox.append(contentEvent({ clock, ids }, deleted.registryId, 'delete', target, origin));
  }
  return done;
}

import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { LockFlag, LockReader, LockRow } from '../metadata/locks.ts';
import type { RepositoryRow } from '../metadata/metadata-store.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';

/** What somebody may be about to do with content, whichever way it came: `/v2`, `/acr/v1`, an import, a job. */
export type ContentOperation =
  | 'push-blob'
  | 'push-manifest'
  | 'put-tag'
  | 'delete-blob'
  | 'delete-tag'
  | 'delete-manifest'
  | 'delete-repository'
  | 'pull-blob'
  | 'pull-by-tag'
  | 'pull-by-digest'
  | 'change-tag'
  | 'change-manifest';

export interface LockTarget {
  readonly tag?: TagName | undefined;
  readonly manifest?: Digest | undefined;
}

/** Where a lock stops the operation, and which: each place is looked at in the order of this list. */
interface Rule {
  readonly repository?: readonly LockFlag[];
  readonly manifest?: readonly LockFlag[];
  readonly tag?: readonly LockFlag[];
  readonly tagsOnManifest?: readonly LockFlag[];
  readonly anythingInside?: readonly LockFlag[];
}

/** A write lock stops deletion, too. */
const GONE: readonly LockFlag[] = ['delete', 'write'];
const CHANGED: readonly LockFlag[] = ['write'];
const READ: readonly LockFlag[] = ['read'];

/**
 * The rules of ACR ("Lock a container image in an Azure container registry"), and where that is silent, what protects more.
 *
 * - `write` on a repository covers everything in it; `delete` on a repository protects the repository as such, and not its
 *   single images.
 * - A tag and its manifest are locked apart. But the CLI deletes a tag by deleting its manifest, so a manifest stays while
 *   any tag on it may not go.
 * - The bytes of a manifest never change, so nothing but its deletion is stopped by its `write`. Pushing the same bytes again
 *   (which heals damaged ones) or naming them by a further tag changes nothing of it.
 * - `list` is not here: it hides, and stops nothing.
 */
const RULES: Readonly<Record<ContentOperation, Rule>> = {
  'push-blob': { repository: CHANGED },
  'push-manifest': { repository: CHANGED },
  'put-tag': { repository: CHANGED, tag: CHANGED },
  'delete-blob': { repository: CHANGED },
  'delete-tag': { repository: CHANGED, tag: GONE },
  'delete-manifest': { repository: CHANGED, manifest: GONE, tagsOnManifest: GONE },
  'delete-repository': { repository: GONE, anythingInside: GONE },
  'pull-blob': { repository: READ },
  'pull-by-tag': { repository: READ, manifest: READ, tag: READ },
  'pull-by-digest': { repository: READ, manifest: READ },
  // Whoever may change a repository's attributes may always unlock it; what is below it waits for that.
  'change-tag': { repository: CHANGED },
  'change-manifest': { repository: CHANGED },
};

export type LockedRepository = Pick<RepositoryRow, 'id' | 'name' | 'lockCount'>;

/**
 * Refuses what a lock forbids. For a change, call it inside the transaction that makes the change, with the repository's row
 * as that transaction sees it: then a lock that was answered for holds. Costs nothing where a repository has no locks.
 * Throws `content.locked`.
 */
export function requireUnlocked(
  locks: LockReader,
  registry: string,
  repository: LockedRepository,
  operation: ContentOperation,
  target: LockTarget = {},
): Awaitable<void> {
  return repository.lockCount === 0 ? undefined : requireNoLock(locks, registry, repository, operation, target);
}

async function requireNoLock(
  locks: LockReader,
  registry: string,
  repository: LockedRepository,
  operation: ContentOperation,
  target: LockTarget,
): Promise<void> {
  const lock = await findBlockingLock(locks, repository, operation, target);
  if (lock) throw locked(registry, repository, operation, target, lock);
}

/** The first lock that forbids the operation; undefined when it may go on. */
export async function findBlockingLock(
  locks: LockReader,
  repository: LockedRepository,
  operation: ContentOperation,
  { tag, manifest }: LockTarget,
): Promise<LockRow | undefined> {
  const { id: repositoryId } = repository;
  const rule = RULES[operation];
  for (const flag of rule.repository ?? []) {
    const lock = await locks.find({ repositoryId, kind: 'repository', name: '' }, flag);
    if (lock) return lock;
  }
  for (const flag of manifest === undefined ? [] : (rule.manifest ?? [])) {
    const lock = await locks.find({ repositoryId, kind: 'manifest', name: manifest as string }, flag);
    if (lock) return lock;
  }
  for (const flag of tag === undefined ? [] : (rule.tag ?? [])) {
    const lock = await locks.find({ repositoryId, kind: 'tag', name: tag as string }, flag);
    if (lock) return lock;
  }
  if (rule.tagsOnManifest && manifest !== undefined) {
    const lock = await locks.onTagsOf(repositoryId, manifest, rule.tagsOnManifest);
    if (lock) return lock;
  }
  return rule.anythingInside && locks.within(repositoryId, rule.anythingInside);
}

const DOING: Readonly<Record<ContentOperation, string>> = {
  'push-blob': 'pushing a blob to',
  'push-manifest': 'pushing a manifest to',
  'put-tag': 'pushing',
  'delete-blob': 'deleting a blob of',
  'delete-tag': 'untagging',
  'delete-manifest': 'deleting',
  'delete-repository': 'deleting',
  'pull-blob': 'pulling a blob from',
  'pull-by-tag': 'pulling',
  'pull-by-digest': 'pulling',
  'change-tag': 'changing the attributes of',
  'change-manifest': 'changing the attributes of',
};

/** Which operations are about the whole repository, whatever else they name. */
const OF_REPOSITORY: ReadonlySet<ContentOperation> = new Set([
  'push-blob',
  'push-manifest',
  'delete-blob',
  'delete-repository',
  'pull-blob',
]);

/** The words by which ACR's clients know a flag. */
export const ATTRIBUTES = {
  delete: 'deleteEnabled',
  write: 'writeEnabled',
  read: 'readEnabled',
  list: 'listEnabled',
} as const satisfies Record<LockFlag, string>;

/** The first sentence is ACR's, which people and scripts look for. */
function locked(
  registry: string,
  repository: LockedRepository,
  operation: ContentOperation,
  target: LockTarget,
  lock: LockRow,
): DomainError {
  const { name } = repository;
  const attribute = ATTRIBUTES[lock.flag];
  const image = operation === 'pull-by-tag' ? reference(name, { tag: target.tag }) : reference(name, target);
  const what = OF_REPOSITORY.has(operation) ? name : image;
  const by = lock.setByName ?? lock.setBy;
  const since = lock.setAt.toISOString();
  const remove = unlockCommand(registry, name, lock);
  return new DomainError(
    'disallowed',
    'content.locked',
    `The operation is disallowed on this registry, repository or image: ${DOING[operation]} "${what}" is stopped by a lock, ` +
      `${attribute}=false on the ${lock.kind} "${lockedName(name, lock)}", set by ${by} on ${since}. ` +
      `To remove the lock: ${remove}`,
    {
      detail: {
        reason: 'Locked',
        attribute,
        on: lock.kind,
        repository: name,
        ...(lock.kind === 'tag' ? { tag: lock.name } : {}),
        ...(lock.kind === 'manifest' ? { digest: lock.name } : {}),
        setBy: by,
        setAt: since,
        remove,
      },
    },
  );
}

function reference(repository: string, { tag, manifest }: LockTarget): string {
  if (tag !== undefined) return `${repository}:${tag}`;
  return manifest === undefined ? repository : `${repository}@${manifest}`;
}

function lockedName(repository: string, { kind, name }: LockRow): string {
  if (kind === 'repository') return repository;
  return kind === 'tag' ? `${repository}:${name}` : `${repository}@${name}`;
}

function unlockCommand(registry: string, repository: string, lock: LockRow): string {
  const on = lock.kind === 'repository' ? `--repository ${repository}` : `--image ${lockedName(repository, lock)}`;
  return `az acr repository update --name ${registry} ${on} --${lock.flag}-enabled true`;
}

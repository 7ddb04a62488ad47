import type { LockFlag } from '../../metadata/locks.ts';
import type { MetadataReader, RepositoryRow } from '../../metadata/metadata-store.ts';
import { type ContentOperation, findBlockingLock, type LockTarget } from '../locks.ts';

/** A lock that forbids something, and whence it is. */
export interface BlockingLock {
  readonly flag: LockFlag;
  readonly kind: 'repository' | 'manifest' | 'tag';
  /** Of the repository, the manifest (its digest) or the tag that is locked. */
  readonly name: string;
  readonly setBy: string;
}

/** The lock that forbids the operation; undefined when none does. */
export async function blockingLock(
  read: MetadataReader,
  repository: RepositoryRow,
  operation: ContentOperation,
  target: LockTarget = {},
): Promise<BlockingLock | undefined> {
  if (repository.lockCount === 0) return undefined;
  const lock = await findBlockingLock(read.locks, repository, operation, target);
  if (!lock) return undefined;
  const { flag, kind, name, setBy, setByName } = lock;
  return { flag, kind, name: name || repository.name, setBy: setByName ?? setBy };
}

export const lockWords = ({ flag, kind, name, setBy }: BlockingLock): string =>
  `the lock ${flag} on the ${kind} ${name}, set by ${setBy}`;

/** The lock that forbids the operation, in words; undefined when none does. */
export async function blockedBy(...asked: Parameters<typeof blockingLock>): Promise<string | undefined> {
  const lock = await blockingLock(...asked);
  return lock && lockWords(lock);
}

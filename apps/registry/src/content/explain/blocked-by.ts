import type { MetadataReader, RepositoryRow } from '../../metadata/metadata-store.ts';
import { type ContentOperation, findBlockingLock, type LockTarget } from '../locks.ts';

/** The lock that forbids the operation, in words; undefined when none does. */
export async function blockedBy(
  read: MetadataReader,
  repository: RepositoryRow,
  operation: ContentOperation,
  target: LockTarget = {},
): Promise<string | undefined> {
  if (repository.lockCount === 0) return undefined;
  const lock = await findBlockingLock(read.locks, repository, operation, target);
  return (
    lock &&
    `the lock ${lock.flag} on the ${lock.kind} ${lock.name || repository.name}, set by ${lock.setByName ?? lock.setBy}`
  );
}

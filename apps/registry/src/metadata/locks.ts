import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

/** What can be switched off: `deleteEnabled`, `writeEnabled`, `readEnabled`, `listEnabled` of ACR. */
export const LOCK_FLAGS = ['delete', 'write', 'read', 'list'] as const;
export type LockFlag = (typeof LOCK_FLAGS)[number];

export type LockKind = 'repository' | 'manifest' | 'tag';

/** What a lock lies on. */
export interface LockedObject {
  readonly repositoryId: RepositoryId;
  readonly kind: LockKind;
  /** The tag or the digest; empty for the repository itself. */
  readonly name: string;
}

/** Something that is switched off. What is on has no row. */
export interface LockRow extends LockedObject {
  readonly flag: LockFlag;
  /** Id of the principal. */
  readonly setBy: string;
  /** What people call that principal, as of then. */
  readonly setByName?: string | undefined;
  readonly setAt: Date;
}

/** Ask only where `RepositoryRow.lockCount` is above 0. Rows go with what they lie on. */
export interface LockReader {
  find(object: LockedObject, flag: LockFlag): Awaitable<LockRow | undefined>;
  /** All locks on these tags or digests (`['']` for the repository), in no order. */
  of(repositoryId: RepositoryId, kind: LockKind, names: readonly string[]): Awaitable<LockRow[]>;
  /** A lock of one of the flags on a tag of the manifest. */
  onTagsOf(repositoryId: RepositoryId, digest: Digest, flags: readonly LockFlag[]): Awaitable<LockRow | undefined>;
  /** A lock of one of the flags on anything in the repository. */
  within(repositoryId: RepositoryId, flags: readonly LockFlag[]): Awaitable<LockRow | undefined>;
}

export interface LockWriter extends LockReader {
  /** False when it is set already: whoever set it first stays named. */
  set(row: LockRow): Awaitable<boolean>;
  /** False when it was not set. */
  clear(object: LockedObject, flag: LockFlag): Awaitable<boolean>;
}

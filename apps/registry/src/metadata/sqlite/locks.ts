import type { Digest } from '@holdfast/oci/digest';
import type { LockedObject, LockFlag, LockKind, LockReader, LockRow, LockWriter } from '../locks.ts';
import type { RepositoryId } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { command, hotQuery, query } from './statements.ts';

const LOCK = 'repository_id, kind, name, flag, set_by, set_by_name, set_at';
const findLock = hotQuery(`SELECT ${LOCK} FROM locks WHERE repository_id = ? AND kind = ? AND name = ? AND flag = ?`);
const locksOfObjects = query(
  `SELECT ${LOCK} FROM locks WHERE repository_id = ? AND kind = ? AND name IN (SELECT value FROM json_each(?))`,
);
// CROSS JOIN keeps SQLite to the order written: a manifest has few tags, a repository may have many locks.
const lockOnTagsOf = query(`
  SELECT l.repository_id AS repository_id, l.kind AS kind, l.name AS name, l.flag AS flag, l.set_by AS set_by,
    l.set_by_name AS set_by_name, l.set_at AS set_at
  FROM tags t CROSS JOIN locks l
  WHERE t.repository_id = ? AND t.digest = ? AND l.repository_id = t.repository_id AND l.kind = 'tag' AND l.name = t.name
    AND l.flag IN (SELECT value FROM json_each(?)) LIMIT 1`);
const lockWithin = query(`
  SELECT ${LOCK} FROM locks WHERE repository_id = ? AND flag IN (SELECT value FROM json_each(?)) LIMIT 1`);
const insertLock = command(`
  INSERT INTO locks (repository_id, kind, name, flag, set_by, set_by_name, set_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (repository_id, kind, name, flag) DO NOTHING`);
const deleteLock = command('DELETE FROM locks WHERE repository_id = ? AND kind = ? AND name = ? AND flag = ?');
const deleteLocksOf = command('DELETE FROM locks WHERE repository_id = ? AND kind = ? AND name = ?');
const deleteLocksOfTagsOn = command(`
  DELETE FROM locks WHERE repository_id = ? AND kind = 'tag'
    AND name IN (SELECT name FROM tags WHERE repository_id = ? AND digest = ?)`);
const deleteAllLocks = command('DELETE FROM locks WHERE repository_id = ?');
const lockCount = query('SELECT lock_count FROM repositories WHERE id = ?');
const countLocks = command('UPDATE repositories SET lock_count = lock_count + ? WHERE id = ?');
const setHidden = command('UPDATE repositories SET hidden = ? WHERE id = ?');

interface LockColumns {
  repository_id: number;
  kind: LockKind;
  name: string;
  flag: LockFlag;
  set_by: string;
  set_by_name: string | null;
  set_at: number;
}

export class SqliteLockReader implements LockReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find({ repositoryId, kind, name }: LockedObject, flag: LockFlag): LockRow | undefined {
    const row = this.session.get<LockColumns>(findLock, repositoryId, kind, name, flag);
    return row && toLock(row);
  }

  of(repositoryId: RepositoryId, kind: LockKind, names: readonly string[]): LockRow[] {
    return this.session.all<LockColumns>(locksOfObjects, repositoryId, kind, JSON.stringify(names)).map(toLock);
  }

  onTagsOf(repositoryId: RepositoryId, digest: Digest, flags: readonly LockFlag[]): LockRow | undefined {
    const row = this.session.get<LockColumns>(lockOnTagsOf, repositoryId, digest, JSON.stringify(flags));
    return row && toLock(row);
  }

  within(repositoryId: RepositoryId, flags: readonly LockFlag[]): LockRow | undefined {
    const row = this.session.get<LockColumns>(lockWithin, repositoryId, JSON.stringify(flags));
    return row && toLock(row);
  }
}

export class SqliteLockWriter extends SqliteLockReader implements LockWriter {
  set(row: LockRow): boolean {
    const { repositoryId, kind, name, flag, setBy, setByName, setAt } = row;
    const added = this.session.run(insertLock, repositoryId, kind, name, flag, setBy, setByName, setAt.getTime()) === 1;
    if (added) this.#count(row, flag, 1);
    return added;
  }

  clear(object: LockedObject, flag: LockFlag): boolean {
    const { repositoryId, kind, name } = object;
    const removed = this.session.run(deleteLock, repositoryId, kind, name, flag) === 1;
    if (removed) this.#count(object, flag, -1);
    return removed;
  }

  #count({ repositoryId, kind }: LockedObject, flag: LockFlag, by: 1 | -1): void {
    this.session.run(countLocks, by, repositoryId);
    if (kind === 'repository' && flag === 'list') this.session.run(setHidden, by === 1 ? 1 : 0, repositoryId);
  }
}

/** The locks of a tag that goes. */
export function dropTagLocks(session: Session, repositoryId: RepositoryId, tag: string): void {
  if (!hasLocks(session, repositoryId)) return;
  const dropped = session.run(deleteLocksOf, repositoryId, 'tag', tag);
  if (dropped > 0) session.run(countLocks, -dropped, repositoryId);
}

/** The locks of a manifest that goes, and of its tags; before the tags go. */
export function dropManifestLocks(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  if (!hasLocks(session, repositoryId)) return;
  const dropped =
    session.run(deleteLocksOf, repositoryId, 'manifest', digest) +
    session.run(deleteLocksOfTagsOn, repositoryId, repositoryId, digest);
  if (dropped > 0) session.run(countLocks, -dropped, repositoryId);
}

/** Of a repository whose last manifest went; its row's counters are set back by the caller. */
export function dropAllLocks(session: Session, repositoryId: RepositoryId): number {
  return session.run(deleteAllLocks, repositoryId);
}

function hasLocks(session: Session, repositoryId: RepositoryId): boolean {
  return (session.get<{ lock_count: number }>(lockCount, repositoryId)?.lock_count ?? 0) > 0;
}

function toLock(row: LockColumns): LockRow {
  return {
    repositoryId: row.repository_id,
    kind: row.kind,
    name: row.name,
    flag: row.flag,
    setBy: row.set_by,
    setByName: row.set_by_name ?? undefined,
    setAt: new Date(row.set_at),
  };
}

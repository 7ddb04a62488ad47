import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DomainError } from '../../platform/domain-error.ts';
import { isBusy } from './errors.ts';

/**
 * What holds the locks of this process. A database that nobody refers to is closed by the garbage collector, and its lock
 * with it: a holder that drops what `acquireFolderLock` returned would lose the folder without a word.
 */
const held = new Set<DatabaseSync>();

/**
 * Takes the data folder for this process. The lock is the kernel's, on `lock.db` (Node has no flock; SQLite has): it ends
 * with the process, however that dies. `lock.pid` only says who holds it.
 */
export function acquireFolderLock(folder: string): { release(): void } {
  const pidFile = join(folder, 'lock.pid');
  const database = new DatabaseSync(join(folder, 'lock.db'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new DomainError(
      'conflict',
      'server.unavailable',
      `Another holdfast process (pid ${holder(pidFile)}) uses the data folder ${folder}. Stop it first, or choose another folder.`,
      { cause: error },
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  held.add(database);
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}

function holder(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}

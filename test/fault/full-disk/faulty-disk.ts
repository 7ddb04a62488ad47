import { DatabaseSync } from 'node:sqlite';
import type { SyncFile } from '../../../apps/registry/src/metadata/sqlite/log.ts';
import { type FileSystem, nodeFileSystem } from '../../../apps/registry/src/storage/filesystem/file-system.ts';
import type { Planted } from '../planted.ts';

/** A disk that can be full, or fail to sync, under the stores of one composition. */
export interface FaultyDisk {
  readonly under: Planted;
  /** Asked before each call that takes space, which is counted from 1: true means that there is none. */
  isFull: (call: number) => boolean;
  /** Asked before each fsync: true means that it fails. */
  syncFails: (call: number) => boolean;
  /** Calls that took space so far. */
  readonly calls: number;
  readonly syncs: number;
  /** The database may not grow any more, or may again. */
  limitDatabase(full: boolean): void;
}

const MOST_PAGES = 4_294_967_294;

export function faultyDisk(): FaultyDisk {
  let calls = 0;
  let syncs = 0;
  let writing: DatabaseSync | undefined;
  const disk: FaultyDisk = {
    under: { files: (inner) => faulty(inner), sync: (descriptor) => sync(descriptor) },
    isFull: () => false,
    syncFails: () => false,
    get calls() {
      return calls;
    },
    get syncs() {
      return syncs;
    },
    limitDatabase: (full) => writing?.exec(`PRAGMA max_page_count = ${full ? 1 : MOST_PAGES}`), // never below its size
  };
  onWritingConnection((database) => {
    writing = database;
  });

  const sync: SyncFile = async (descriptor) => {
    await nodeFileSystem.fdatasync(descriptor);
    failSync();
  };
  const failSync = (): void => {
    syncs += 1;
    if (disk.syncFails(syncs)) throw failure('EIO', 'the disk failed');
  };
  const takeSpace = (): void => {
    calls += 1;
    if (disk.isFull(calls)) throw failure('ENOSPC', 'no space left on device');
  };
  const faulty = (inner: FileSystem): FileSystem => ({
    ...inner,
    open: async (path, mode) => {
      if (mode === 'create') takeSpace();
      return inner.open(path, mode);
    },
    writev: async (descriptor, buffers, position) => {
      takeSpace();
      return inner.writev(descriptor, buffers, position);
    },
    writableInThread: (descriptor) => {
      takeSpace();
      return inner.writableInThread(descriptor);
    },
    rename: async (from, to) => {
      takeSpace();
      return inner.rename(from, to);
    },
    link: async (from, to) => {
      takeSpace();
      return inner.link(from, to);
    },
    makeFolder: async (path) => {
      takeSpace();
      return inner.makeFolder(path);
    },
    fsync: async (descriptor) => {
      failSync();
      return inner.fsync(descriptor);
    },
    fdatasync: async (descriptor) => {
      failSync();
      return inner.fdatasync(descriptor);
    },
  });
  return disk;
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** The next connection that is opened for writing, which the store keeps to itself. */
function onWritingConnection(found: (database: DatabaseSync) => void): void {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function watching(sql: string): void {
    if (sql.includes('journal_mode = WAL')) {
      DatabaseSync.prototype.exec = exec;
      found(this);
    }
    exec.call(this, sql);
  };
}

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupDependencies } from './backup/back-up.ts';
import { requireBackupFolder } from './backup/manifest.ts';
import type { RestoreDependencies } from './backup/restore.ts';
import { DATABASE } from './backup/snapshot-files.ts';
import { Ledger } from './integrity/ledger.ts';
import { Observer } from './integrity/observer.ts';
import type { Recorder } from './integrity/recorder.ts';
import { Suspects } from './integrity/suspects.ts';
import type { MetadataReader, MetadataStore } from './metadata/metadata-store.ts';
import { copyDatabase, openDatabaseCopy } from './metadata/sqlite/copy.ts';
import { acquireFolderLock } from './metadata/sqlite/folder-lock.ts';
import { openSqliteMetadataReader, openSqliteMetadataStore } from './metadata/sqlite/open.ts';
import { systemClock } from './platform/clock.ts';
import { DomainError } from './platform/domain-error.ts';
import { makeFolderDurably } from './platform/durable-file.ts';
import { systemIds } from './platform/ids.ts';
import type { BlobStore } from './storage/blob-store.ts';
import { openFilesystemBlobStore } from './storage/filesystem/filesystem-blob-store.ts';

export interface DataFolder {
  readonly read: MetadataReader;
  readonly blobs: BlobStore;
  /** To write to; undefined while a server has the folder. */
  readonly metadata: MetadataStore | undefined;
  close(): Promise<void>;
}

export interface DataToExamine extends DataFolder {
  readonly recorder: Recorder;
  /** A server has the folder: what is found is handed to it. */
  readonly beside: boolean;
}

/**
 * Opens a data folder for a command, with or without a server running on it. Like `createRegistry`, it knows which driver
 * stands behind which port. Throws `name.unknown` (not found) when no registry was ever started there.
 */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const path = join(dataDir, 'metadata.db');
  await requireOwner(path);
  const lock = lockUnlessTaken(dataDir);
  try {
    return lock ? await openAlone(dataDir, path, lock) : await openBeside(dataDir, path);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** The same for whoever checks what is stored. */
export async function openToExamine(dataDir: string): Promise<DataToExamine> {
  const { read, blobs, metadata, close } = await openDataFolder(dataDir);
  const tell = () => undefined; // the command reports everything itself
  const recorder = metadata
    ? new Ledger({ metadata, blobs, clock: systemClock, ids: systemIds, tell })
    : new Observer({ read, blobs, clock: systemClock, suspects: new Suspects(dataDir) });
  return { read, blobs, metadata, recorder, beside: metadata === undefined, close };
}

async function openAlone(dataDir: string, path: string, lock: { release(): void }): Promise<DataFolder> {
  const metadata = openSqliteMetadataStore({ path });
  await metadata.migrate();
  const blobs = await openFilesystemBlobStore({ root: dataDir });
  return {
    read: metadata.read,
    metadata,
    blobs,
    close: async () => {
      await blobs.close();
      await metadata.close();
      lock.release();
    },
  };
}

async function openBeside(dataDir: string, path: string): Promise<DataFolder> {
  const metadata = openSqliteMetadataReader(path);
  const blobs = await openFilesystemBlobStore({ root: dataDir });
  return {
    read: metadata.read,
    metadata: undefined,
    blobs,
    close: async () => {
      await blobs.close();
      metadata.close();
    },
  };
}

/**
 * What `holdfast backup` stands on: the site's data, with or without a server running on it, and the folder of the backup, which is
 * this process's for as long as it is open. Throws `name.unknown` (not found) when no registry was ever started there, and
 * `backup.target-not-empty`.
 */
export async function openToBackUp(
  dataDir: string,
  folder: string,
): Promise<BackupDependencies & { close(): Promise<void> }> {
  const path = join(dataDir, DATABASE);
  await requireOwner(path);
  await requireBackupFolder(folder);
  await makeFolderDurably(folder, 0o700);
  const lock = acquireFolderLock(folder);
  const from = await openFilesystemBlobStore({ root: dataDir });
  const to = await openFilesystemBlobStore({ root: folder });
  return {
    dataDir,
    copyMetadata: (copy) => copyDatabase(path, copy),
    openMetadata: openDatabaseCopy,
    from,
    to,
    clock: systemClock,
    ids: systemIds,
    close: async () => {
      await from.close();
      await to.close();
      lock.release();
    },
  };
}

/** What `holdfast restore` stands on. */
export const restoreDependencies: RestoreDependencies = {
  openMetadata: openDatabaseCopy,
  openBlobs: (root) => openFilesystemBlobStore({ root }),
  ids: systemIds,
};

function lockUnlessTaken(dataDir: string): { release(): void } | undefined {
  try {
    return acquireFolderLock(dataDir);
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'conflict') return undefined;
    throw error;
  }
}

/** What another user makes here, the server could not open any more. */
async function requireOwner(path: string): Promise<void> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new DomainError(
      'not-found',
      'name.unknown',
      `${path} is not there: no registry was ever started in this folder. Name its folder with --data.`,
      { cause },
    );
  });
  const user = process.getuid?.();
  if (user === undefined || user === info.uid) return;
  throw new DomainError(
    'disallowed',
    'server.unavailable',
    `${path} belongs to the user with the id ${info.uid}, and this is the user ${user}. Run the command as the user that runs the server: sudo -u '#${info.uid}' holdfast …`,
  );
}

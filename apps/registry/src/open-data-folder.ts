import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Ledger } from './integrity/ledger.ts';
import { Observer } from './integrity/observer.ts';
import type { Recorder } from './integrity/recorder.ts';
import { Suspects } from './integrity/suspects.ts';
import type { MetadataReader, MetadataStore } from './metadata/metadata-store.ts';
import { acquireFolderLock } from './metadata/sqlite/folder-lock.ts';
import { openSqliteMetadataReader, openSqliteMetadataStore } from './metadata/sqlite/open.ts';
import { systemClock } from './platform/clock.ts';
import { DomainError } from './platform/domain-error.ts';
import { systemIds } from './platform/ids.ts';
import type { BlobStore } from './storage/blob-store.ts';
import { openFilesystemBlobStore } from './storage/filesystem/filesystem-blob-store.ts';

export interface DataFolder {
  readonly read: MetadataReader;
  readonly blobs: BlobStore;
  /** To write to; undefined while a server has the folder. */
  readonly store: MetadataStore | undefined;
  close(): Promise<void>;
}

export interface DataToExamine extends Pick<DataFolder, 'read' | 'blobs' | 'close'> {
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
  const { read, blobs, store: metadata, close } = await openDataFolder(dataDir);
  const tell = () => undefined; // the command reports everything itself
  const recorder = metadata
    ? new Ledger({ metadata, blobs, clock: systemClock, ids: systemIds, tell })
    : new Observer({ read, blobs, clock: systemClock, suspects: new Suspects(dataDir) });
  return { read, blobs, recorder, beside: metadata === undefined, close };
}

async function openAlone(dataDir: string, path: string, lock: { release(): void }): Promise<DataFolder> {
  const store = openSqliteMetadataStore({ path });
  await store.migrate();
  const blobs = await openFilesystemBlobStore({ root: dataDir });
  return {
    read: store.read,
    blobs,
    store,
    close: async () => {
      await blobs.close();
      await store.close();
      lock.release();
    },
  };
}

async function openBeside(dataDir: string, path: string): Promise<DataFolder> {
  const metadata = openSqliteMetadataReader(path);
  const blobs = await openFilesystemBlobStore({ root: dataDir });
  return {
    read: metadata.read,
    blobs,
    store: undefined,
    close: async () => {
      await blobs.close();
      metadata.close();
    },
  };
}

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

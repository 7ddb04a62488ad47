import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../platform/domain-error.ts';
import { replaceFile } from '../platform/durable-file.ts';
import type { Ids } from '../platform/ids.ts';

/** What this program writes, and the only one it reads. */
export const BACKUP_FORMAT = 1;
const NAME = 'backup.json';

/** A file of the snapshot: its path in the data folder, and what it must be. */
export interface BackedUpFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Permissions in the data folder; in the backup only its owner reads it. */
  readonly mode: number;
}

/**
 * `backup.json`: what makes a folder a backup, written last and in one step.
 *
 * ```
 * <backup>                              0700
 * ├── backup.json                       names the snapshot that counts; whatever it does not name is left over
 * ├── snapshots
 * │   └── 20261127T101500Z-7d1f…        metadata.db, and the site's secrets, as in the data folder
 * └── blobs                             as in the data folder; kept from backup to backup, so each copies what is new
 * ```
 */
export interface BackupManifest {
  readonly format: typeof BACKUP_FORMAT;
  /** Version of the database's schema. */
  readonly schema: number;
  /** Tenant id of the site: a folder holds one site's backup. */
  readonly site: string;
  /** The moment that the backup shows, and when it was complete. ISO 8601. */
  readonly takenAt: string;
  readonly finishedAt: string;
  /** Folder below `snapshots`. */
  readonly snapshot: string;
  readonly files: readonly BackedUpFile[];
  readonly blobs: { readonly count: number; readonly bytes: number };
  readonly manifests: number;
  /** Digests of blobs and manifests that were known to be damaged: their bytes are not in the backup. */
  readonly damaged: readonly string[];
  /** Whether master key, keys of certificates and first passwords are among the files. */
  readonly secrets: boolean;
}

export const snapshotsFolder = (folder: string): string => join(folder, 'snapshots');

export async function writeManifest(folder: string, manifest: BackupManifest, ids: Ids): Promise<void> {
  const checksum = checksumOf(manifest);
  await replaceFile(join(folder, NAME), `${JSON.stringify({ ...manifest, checksum }, undefined, 2)}\n`, 0o600, ids);
}

/** Undefined when the folder has none. Throws `backup.invalid` for one that was changed, or that this program cannot read. */
export async function readManifest(folder: string): Promise<BackupManifest | undefined> {
  const path = join(folder, NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let value: (BackupManifest & { checksum?: unknown }) | undefined;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw backupInvalid(`${path} is no JSON`, cause);
  }
  const { checksum, ...manifest } = value ?? ({} as BackupManifest & { checksum?: unknown });
  if (typeof manifest.format === 'number' && manifest.format > BACKUP_FORMAT)
    throw backupInvalid(`${path} has format ${manifest.format}, this program reads ${BACKUP_FORMAT}`);
  if (checksum !== checksumOf(manifest)) throw backupInvalid(`${path} was changed: its checksum is another`);
  return manifest;
}

/** What a first backup that was interrupted may have left. Anything else is somebody's, and would be taken for a leftover. */
const OURS: ReadonlySet<string> = new Set(['blobs', 'uploads', 'snapshots', 'lock.db', 'lock.db-journal', 'lock.pid']);

/**
 * Before anything is made in it: the folder is a backup, or what an interrupted first one left, or empty, or not there. Throws
 * `backup.target-not-empty`.
 */
export async function requireBackupFolder(folder: string): Promise<void> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.includes(NAME)) return;
  const foreign = names.find((name) => !OURS.has(name));
  if (foreign === undefined) return;
  throw new DomainError(
    'conflict',
    'backup.target-not-empty',
    `${folder} holds ${foreign}, and no backup. Name an empty folder, or one that need not be there yet, with --to.`,
  );
}

export function backupInvalid(what: string, cause?: unknown): DomainError {
  return new DomainError(
    'invalid',
    'backup.invalid',
    `The backup cannot be used: ${what}. Take another copy of it, or make a new backup.`,
    { cause },
  );
}

function checksumOf(manifest: object): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}

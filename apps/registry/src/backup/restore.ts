import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { DomainError } from '../platform/domain-error.ts';
import { syncFolder } from '../platform/durable-file.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { MetadataSnapshot } from './back-up.ts';
import { checkManifests } from './check-manifests.ts';
import { type CopyCounts, copyBlobs } from './copy-blobs.ts';
import { type BackupManifest, backupInvalid, readManifest, snapshotsFolder } from './manifest.ts';
import { copySmallFile, DATABASE, isEmpty, requireFile, syncFile, syncFolders } from './snapshot-files.ts';

export interface RestoreDependencies {
  readonly openMetadata: (path: string) => MetadataSnapshot;
  readonly openBlobs: (root: string) => Promise<BlobStore>;
  readonly ids: Ids;
}

/**
 * Makes a data folder from a backup, beside its place first: `dataDir` is there, whole and verified, or it is not. Throws
 * `backup.invalid`, also when there is none (not found), and `backup.target-not-empty`.
 */
export async function restore(
  d: RestoreDependencies,
  folder: string,
  dataDir: string,
  progress: (counts: CopyCounts, digest: Digest) => void,
): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  if (!manifest) throw noBackup(folder);
  if (!(await isEmpty(dataDir))) throw notEmpty(dataDir);
  const snapshot = join(snapshotsFolder(folder), basename(manifest.snapshot));
  for (const file of manifest.files) await requireFile(snapshot, file);
  await mkdir(dirname(dataDir), { recursive: true });
  const temporary = join(dirname(dataDir), `.${basename(dataDir)}.restoring-${d.ids.uuid()}`);
  await mkdir(temporary, { mode: 0o700 });
  try {
    await fill(d, { folder, snapshot, manifest, temporary, progress });
    await moveInto(temporary, dataDir);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return manifest;
}

async function fill(
  d: RestoreDependencies,
  at: {
    readonly folder: string;
    readonly snapshot: string;
    readonly manifest: BackupManifest;
    readonly temporary: string;
    readonly progress: (counts: CopyCounts, digest: Digest) => void;
  },
): Promise<void> {
  const { snapshot, manifest, temporary, progress } = at;
  const metadata = d.openMetadata(join(snapshot, DATABASE));
  const from = await d.openBlobs(at.folder);
  const to = await d.openBlobs(temporary);
  try {
    const manifests = await checkManifests(metadata.read, backupInvalid);
    const counts = await copyBlobs({
      read: metadata.read,
      from,
      to,
      ids: d.ids,
      verify: false,
      damaged: backupInvalid,
      progress,
    });
    const told = [manifest.blobs.count, manifest.blobs.bytes, manifest.manifests];
    if (String([counts.blobs, counts.bytes, manifests.count]) !== String(told))
      throw backupInvalid('its database names other blobs and manifests than were counted when it was made');
  } finally {
    await to.close();
    await from.close();
    metadata.close();
  }
  for (const { path, mode } of manifest.files) {
    if (path !== DATABASE) await copySmallFile(snapshot, temporary, path, mode);
  }
  await copyFile(join(snapshot, DATABASE), join(temporary, DATABASE));
  await syncFile(join(temporary, DATABASE));
  await syncFolders(
    temporary,
    manifest.files.map(({ path }) => path),
  );
}

/** A folder that is empty gives its place to another one, in one step. */
async function moveInto(temporary: string, dataDir: string): Promise<void> {
  try {
    await rename(temporary, dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw notEmpty(dataDir);
    if (code !== 'EBUSY' && code !== 'EXDEV') throw error;
    throw new DomainError(
      'conflict',
      'backup.target-not-empty',
      `${dataDir} is a mount point, which no other folder can take the place of. Name a folder inside it, which need not be there yet.`,
      { cause: error },
    );
  }
  await syncFolder(dirname(dataDir));
}

function noBackup(folder: string): DomainError {
  return new DomainError(
    'not-found',
    'backup.invalid',
    `${folder} holds no finished backup: there is no backup.json in it. Name the folder that was given to holdfast backup --to.`,
  );
}

function notEmpty(dataDir: string): DomainError {
  return new DomainError(
    'conflict',
    'backup.target-not-empty',
    `${dataDir} is not empty, and a backup is restored over nothing. Name a new folder with --data.`,
  );
}

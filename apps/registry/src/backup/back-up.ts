import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { syncFolder } from '../platform/durable-file.ts';
import type { Ids } from '../platform/ids.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { checkManifests } from './check-manifests.ts';
import { type CopyCounts, copyBlobs } from './copy-blobs.ts';
import { BACKUP_FORMAT, type BackupManifest, readManifest, snapshotsFolder, writeManifest } from './manifest.ts';
import { copySmallFile, DATABASE, describeFile, modeOf, secretFiles, syncFile, syncFolders } from './snapshot-files.ts';

/** A copy of the database, open for reading. */
export interface MetadataSnapshot {
  readonly read: MetadataReader;
  readonly schema: number;
  close(): void;
}

export interface BackupDependencies {
  readonly dataDir: string;
  /** Copies the database as it is at one moment to a file that is not there yet. */
  readonly copyMetadata: (to: string) => void;
  readonly openMetadata: (path: string) => MetadataSnapshot;
  readonly from: BlobStore;
  /** The blobs of the backup's folder. */
  readonly to: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface BackupOptions {
  readonly secrets: boolean;
  readonly verify: boolean;
  readonly progress: (counts: CopyCounts, digest: Digest) => void;
}

export interface BackupReport extends BackupManifest {
  readonly copied: { readonly count: number; readonly bytes: number };
  /** Blobs of former backups that nothing names any more. */
  readonly removed: number;
}

/**
 * Backs a site up into `folder`, beside the server that runs it:
 *
 *     database ──► snapshot.tmp ─► blobs that its rows name ─► fsync, rename ─► backup.json ─► what is left over goes
 *     (one moment)                 (new ones only, verified)                    (now it counts)
 *
 * Bytes that the snapshot names are not freed meanwhile: whatever is linked at its moment stays at least for the garbage
 * collector's grace period. A blob that is missing all the same ends the backup, and the former one stays as it is.
 * Throws `backup.invalid`, `backup.foreign`.
 */
export async function backUp(d: BackupDependencies, folder: string, options: BackupOptions): Promise<BackupReport> {
  const former = await readManifest(folder);
  const takenAt = d.clock.now();
  const name = `${takenAt.toISOString().replace(/[-:]|\.\d+/g, '')}-${d.ids.uuid()}`;
  const snapshots = snapshotsFolder(folder);
  await mkdir(snapshots, { recursive: true, mode: 0o700 });
  const temporary = join(snapshots, `${name}.tmp`);
  await mkdir(temporary, { mode: 0o700 });
  try {
    const { counts, ...facts } = await takeSnapshot(d, temporary, former, options);
    await rename(temporary, join(snapshots, name));
    await syncFolder(snapshots);
    await syncFolder(folder);
    const manifest: BackupManifest = {
      format: BACKUP_FORMAT,
      ...facts,
      takenAt: takenAt.toISOString(),
      finishedAt: d.clock.now().toISOString(),
      snapshot: name,
      secrets: options.secrets,
    };
    await writeManifest(folder, manifest, d.ids);
    const removed = await removeLeftovers(d, snapshots, name);
    return { ...manifest, copied: { count: counts.copied, bytes: counts.copiedBytes }, removed };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function takeSnapshot(
  d: BackupDependencies,
  temporary: string,
  former: BackupManifest | undefined,
  { secrets, verify, progress }: BackupOptions,
) {
  d.copyMetadata(join(temporary, DATABASE));
  const metadata = d.openMetadata(join(temporary, DATABASE));
  try {
    const { read, schema } = metadata;
    const site = (await read.settings.get('tenantId')) ?? '';
    if (former && former.site !== site) throw foreignBackup();
    const manifests = await checkManifests(read, sourceDamaged);
    const counts = await copyBlobs({
      read,
      from: d.from,
      to: d.to,
      ids: d.ids,
      verify,
      damaged: sourceDamaged,
      progress,
    });
    const paths = secrets ? await secretFiles(d.dataDir) : [];
    for (const path of paths) await copySmallFile(d.dataDir, temporary, path);
    await syncFile(join(temporary, DATABASE));
    await syncFolders(temporary, [DATABASE, ...paths]);
    const files = [await describeFile(temporary, DATABASE, 0o600)];
    for (const path of paths) files.push(await describeFile(temporary, path, await modeOf(join(d.dataDir, path))));
    const blobs = { count: counts.blobs, bytes: counts.bytes };
    const damaged = [...counts.damaged, ...manifests.damaged].sort();
    return { schema, site, files, blobs, manifests: manifests.count, damaged, counts };
  } finally {
    metadata.close();
  }
}

/** Whatever the manifest of now does not name; a crash before this leaves it to the next backup. */
async function removeLeftovers(d: BackupDependencies, snapshots: string, current: string): Promise<number> {
  for (const name of await readdir(snapshots)) {
    if (name !== current) await rm(join(snapshots, name), { recursive: true, force: true });
  }
  for await (const { id } of d.to.uploads.list()) await d.to.uploads.discard(id);
  const metadata = d.openMetadata(join(snapshots, current, DATABASE));
  let removed = 0;
  try {
    for await (const { digest } of d.to.list()) {
      if (await metadata.read.blobs.exists(digest)) continue;
      await d.to.delete(digest);
      removed += 1;
    }
  } finally {
    metadata.close();
  }
  return removed;
}

function sourceDamaged(what: string, cause?: unknown): DomainError {
  return new DomainError(
    'invalid',
    'backup.invalid',
    `No backup was made, and the former one is as it was: ${what}. Run holdfast scrub, which says what that hurts and has it refused until it is pushed again; then back up again.`,
    { cause },
  );
}

function foreignBackup(): DomainError {
  return new DomainError(
    'conflict',
    'backup.foreign',
    'The folder holds the backup of another site, which this one would take the place of. Name a folder of its own with --to.',
  );
}

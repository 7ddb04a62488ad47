import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../platform/durable-file.ts';
import { type BackedUpFile, backupInvalid } from './manifest.ts';

/** The database, as it is called in the data folder and in a snapshot. */
export const DATABASE = 'metadata.db';
const ONLY_OWNER = 0o600;

/** Files of the data folder that open or prove something: they go into the backup together or not at all. */
export async function secretFiles(dataDir: string): Promise<string[]> {
  const tls = (await readdir(join(dataDir, 'tls')).catch(() => [])).map((name) => join('tls', name));
  const found = await Promise.all(
    [join('secrets', 'master.key'), 'bootstrap.json', ...tls].map(async (path) => {
      const info = await stat(join(dataDir, path)).catch(() => undefined);
      return info?.isFile() && !path.endsWith('.tmp') ? [path] : [];
    }),
  );
  return found.flat();
}

/** Copies a small file under the same path, durably. The folder above it is synced by `syncFolders`. */
export async function copySmallFile(from: string, to: string, path: string, mode = ONLY_OWNER): Promise<void> {
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(join(from, path), target);
  await chmod(target, mode);
  await syncFile(target);
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names of the files durable, and those of the folders between them and `root`. */
export async function syncFolders(root: string, paths: readonly string[]): Promise<void> {
  const folders = new Set(paths.map((path) => join(root, dirname(path))));
  for (const folder of [...folders, root]) await syncFolder(folder);
}

export async function describeFile(root: string, path: string, mode: number): Promise<BackedUpFile> {
  const { size, sha256 } = await hashFile(join(root, path));
  return { path, size, sha256, mode };
}

/** Throws `backup.invalid` when the file is missing or has other bytes. */
export async function requireFile(root: string, file: BackedUpFile): Promise<void> {
  const { path, size, sha256 } = file;
  // The manifest's own checksum says that nobody changed it; still no path of it leads out of the folder.
  if (path.split('/').some((part) => part === '..' || part === '') || path.startsWith('/'))
    throw backupInvalid(`it names a file ${path}`);
  const found = await hashFile(join(root, path)).catch((cause: unknown) => {
    throw backupInvalid(`${join(root, path)} cannot be read`, cause);
  });
  if (found.size !== size || found.sha256 !== sha256)
    throw backupInvalid(`${join(root, path)} has other bytes than those that were written`);
}

async function hashFile(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(path, 'r');
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest('hex') };
}

export const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
export const isEmpty = async (folder: string): Promise<boolean> =>
  (
    await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    })
  ).length === 0;

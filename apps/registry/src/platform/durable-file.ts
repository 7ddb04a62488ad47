import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Ids } from './ids.ts';

/** Temp file → fsync → rename → fsync of the folder: after a power loss the old or the new file is there, whole. */
export async function replaceFile(path: string, text: string, mode: number, ids: Ids): Promise<void> {
  const temporary = `${path}.${ids.uuid()}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.chmod(mode); // the umask may have taken bits that other readers need
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }); // what it holds may be a secret
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** `mkdir -p`, and every name that it makes is durable: what is fsynced inside would be lost with the folder's own name. */
export async function makeFolderDurably(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === top) return;
  }
}

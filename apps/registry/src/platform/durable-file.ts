import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ids } from './ids.ts';

/** Temp file → fsync → rename → fsync of the folder: after a power loss the old or the new file is there, whole. */
export async function replaceFile(path: string, text: string, mode: number, ids: Ids): Promise<void> {
  const temporary = `${path}.${ids.uuid()}.tmp`;
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.chmod(mode); // the umask may have taken bits that other readers need
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
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

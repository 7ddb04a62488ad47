import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustedKey } from '@holdfast/bundle/signing';
import { groupVolumes, openVolume, type Volume, VolumeRefused, type VolumeSet } from '@holdfast/bundle/volumes';
import type { Positional } from '../command.ts';
import { CommandError, notFound } from '../command-error.ts';
import type { Progress } from '../output/progress.ts';

export const VOLUMES: Positional = {
  name: 'VOLUME',
  text: 'Files of volumes, or folders that have some.',
  required: true,
  many: true,
};

/** All volumes at hand, as the bundles that they are of. */
export async function openSets(paths: readonly string[], trusted: readonly TrustedKey[]): Promise<VolumeSet[]> {
  const volumes: Volume[] = [];
  for (const path of await filesIn(paths)) volumes.push(await openVolume(path, trusted).catch(told));
  if (volumes.length === 0) throw notFound(`There is no volume (*.tar) in ${paths.join(', ')}.`);
  return groupVolumes(volumes);
}

async function filesIn(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => {
      throw notFound(`${path} is not there.`);
    });
    if (!found.isDirectory()) files.push(path);
    else
      files.push(
        ...(await readdir(path))
          .filter((name) => name.endsWith('.tar'))
          .sort()
          .map((name) => join(path, name)),
      );
  }
  return files;
}

/** A refused volume, in words that say what to do. */
export function told(error: unknown): never {
  if (!(error instanceof VolumeRefused)) throw error;
  throw new CommandError(
    `${error.message}. Nothing of it was used; copy it from its medium again, or ask for it again.`,
  );
}

/** What the files of the volumes at hand have, without the tar format. */
export function bytesOf({ volumes }: VolumeSet): number {
  return volumes.flatMap(({ document }) => document.files).reduce((sum, { size }) => sum + size, 0);
}

export function countBytes(progress: Progress, total: number): (count: number) => void {
  let done = 0;
  return (count) => {
    done += count;
    progress.show({ done, total });
  };
}

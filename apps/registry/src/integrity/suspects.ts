import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { parseDigest } from '@holdfast/oci/digest';
import type { StoredKind } from './finding.ts';

export interface Suspect {
  readonly what: StoredKind;
  readonly digest: Digest;
}

const NAME = /^(blob|manifest)-(sha256|sha512)-([0-9a-f]+)$/;

/**
 * How `holdfast scrub`, which may only read while a server has the data folder, tells that server what to look at: an empty file
 * for each suspect, named by it. Nothing is believed: the server examines each one itself. Lost in a crash is no harm,
 * since the next scrub finds the same.
 */
export class Suspects {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'suspects');
  }

  async put({ what, digest }: Suspect): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(this.#path({ what, digest }), '', { mode: 0o600 });
  }

  async list(): Promise<Suspect[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.flatMap((name) => {
      const [, what, algorithm, hex] = NAME.exec(name) ?? [];
      const digest = parseDigest(`${algorithm}:${hex}`);
      return digest === undefined ? [] : [{ what: what as StoredKind, digest }];
    });
  }

  async drop(suspect: Suspect): Promise<void> {
    await rm(this.#path(suspect), { force: true });
  }

  #path({ what, digest }: Suspect): string {
    return join(this.#folder, `${what}-${digest.replace(':', '-')}`);
  }
}

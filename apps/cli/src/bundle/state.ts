import { appendFile, mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { type BundleDocument, type BundledTag, parseBundle } from '@holdfast/bundle/documents';
import { Staging } from '@holdfast/bundle/staging';
import { type Digest, digestHex, digestOf } from '@holdfast/oci/digest';
import type { Context, Options } from '../command.ts';

export const STATE = {
  state: {
    flags: ['--state'],
    value: 'DIR',
    text: 'Folder of the custody log, of the bundles made and of what is half applied. [HOLDFAST_BUNDLE_STATE]',
  },
} as const satisfies Options;

/** A line of the custody log. */
export interface CustodyEntry {
  readonly time: string;
  /** `user@host` of the machine that did it. */
  readonly by: string;
  readonly action: 'created' | 'verified' | 'applied' | 'incomplete' | 'receipt';
  readonly bundle?: Digest;
  /** Numbers of the volumes that were at hand. */
  readonly volumes?: readonly number[];
  readonly of?: number;
  /** Key that signed. */
  readonly signer?: string;
  /** Registry, folder or file. */
  readonly place?: string;
  /** When the bundle was made, by its own word. */
  readonly created?: string;
  /** `repository:tag` of those that moved. */
  readonly tags?: readonly string[];
  /** Of the volumes that were applied, and how long that took: by these the next plan tells the time. */
  readonly bytes?: number;
  readonly seconds?: number;
}

/** What the command line keeps of bundles, in one folder. */
export class BundleState {
  readonly folder: string;

  constructor(context: Context, folder: string | undefined) {
    this.folder = folder ?? context.env.HOLDFAST_BUNDLE_STATE ?? join(context.configDir, 'bundles');
  }

  staging(bundle: Digest): Staging {
    return new Staging(join(this.folder, 'staging'), bundle);
  }

  /** Durable when it resolves. */
  async log(entry: Omit<CustodyEntry, 'time' | 'by'>): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const by = `${userInfo().username}@${hostname()}`;
    const line = JSON.stringify({ time: new Date().toISOString(), by, ...entry });
    const file = await open(join(this.folder, 'custody.jsonl'), 'a+', 0o600);
    try {
      // A line that a full disk cut short must not take this one with it.
      const { size } = await file.stat();
      const end = await file.read(Buffer.alloc(1), 0, 1, Math.max(size - 1, 0));
      const torn = size > 0 && end.buffer.toString() !== '\n';
      await appendFile(file, `${torn ? '\n' : ''}${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async custody(): Promise<CustodyEntry[]> {
    const text = await readFile(join(this.folder, 'custody.jsonl'), 'utf8').catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as CustodyEntry];
      } catch {
        return []; // the last one of a machine that lost its power
      }
    });
  }

  async keepMade(bytes: Buffer): Promise<void> {
    const folder = join(this.folder, 'made');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${digestHex(digestOf(bytes))}.json`);
    await writeFile(`${path}.partial`, bytes);
    await rename(`${path}.partial`, path);
  }

  async made(): Promise<{ digest: Digest; document: BundleDocument }[]> {
    const folder = join(this.folder, 'made');
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    const all = [];
    for (const name of names) {
      const bytes = await readFile(join(folder, name));
      all.push({ digest: digestOf(bytes), document: parseBundle(bytes) });
    }
    return all.sort((a, b) => (a.document.created < b.document.created ? -1 : 1));
  }

  /** What the last apply to a registry found lacking; for the next receipt. */
  async keepLacks(target: string, lacks: readonly string[]): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(this.#lacksPath(target), JSON.stringify(lacks));
  }

  async lacks(target: string): Promise<string[]> {
    return readFile(this.#lacksPath(target), 'utf8').then(
      (text) => JSON.parse(text) as string[],
      () => [],
    );
  }

  #lacksPath(target: string): string {
    return join(this.folder, `lacks-${encodeURIComponent(target)}.json`);
  }
}

/** When the bundle was made that moved a tag last, by the custody log. */
export function lastMoves(custody: readonly CustodyEntry[], place: string): (tag: BundledTag) => string | undefined {
  const moves = new Map<string, string>();
  for (const { action, place: where, created = '', tags = [] } of custody) {
    if (action !== 'applied' || where !== place) continue;
    for (const tag of tags) if (created > (moves.get(tag) ?? '')) moves.set(tag, created);
  }
  return ({ repository, tag }) => moves.get(`${repository}:${tag}`);
}

/** How long the bytes would take at the pace of the last apply to that registry; undefined when there was none. */
export function secondsFor(bytes: number, custody: readonly CustodyEntry[], place: string): number | undefined {
  const last = custody.findLast((one) => one.action === 'applied' && one.place === place && (one.bytes ?? 0) > 0);
  return last?.bytes && last.seconds ? Math.ceil((bytes * last.seconds) / last.bytes) : undefined;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { pushImage } from '../distribution/test-content.ts';
import { runProgram } from './test-program.ts';

const WRITERS = 4;

/** One acknowledged change of a repository: what it has from then on, tag by tag. */
interface Change {
  readonly begun: number;
  readonly acknowledged: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Pushes, moves and deletes in a repository of its own, one after the other, until it is told to end. */
class Writer {
  readonly repository: string;
  readonly changes: Change[] = [{ begun: 0, acknowledged: 0, tags: {} }];
  readonly #registry: TestRegistry;

  constructor(registry: TestRegistry, repository: string) {
    this.#registry = registry;
    this.repository = repository;
  }

  async run(ended: () => boolean): Promise<void> {
    for (let n = 0; !ended(); n++) {
      const begun = performance.now();
      const tags = { ...this.changes.at(-1)?.tags };
      const old = `v${n - 2}`;
      const digest = tags[old];
      if (n % 4 === 3 && digest !== undefined) {
        await this.#registry.ask('DELETE', `/v2/${this.repository}/manifests/${digest}`);
        for (const [tag, of] of Object.entries(tags)) if (of === digest) delete tags[tag];
      } else {
        const tag = n % 4 === 2 ? 'latest' : `v${n}`;
        tags[tag] = (await pushImage(this.#registry, this.repository, { tag })).digest;
      }
      this.changes.push({ begun, acknowledged: performance.now(), tags });
    }
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-load-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Every tag's digest, after everything that it names was read and hashed. */
async function read(of: TestRegistry, repository: string): Promise<Record<string, string>> {
  const list = await of.ask('GET', `/v2/${repository}/tags/list`);
  if (list.status === 404) return {};
  const found: Record<string, string> = {};
  for (const tag of list.json<{ tags: string[] }>().tags) {
    const { body } = await of.ask('GET', `/v2/${repository}/manifests/${tag}`);
    found[tag] = digestOf(body);
    const { config, layers } = JSON.parse(body.toString()) as Record<'config', { digest: string }> & {
      layers: { digest: string }[];
    };
    for (const { digest } of [config, ...layers]) {
      expect(digestOf((await of.ask('GET', `/v2/${repository}/blobs/${digest}`)).body)).toBe(digest);
    }
  }
  return found;
}

const sorted = (tags: object) => JSON.stringify(Object.entries(tags).sort());

it('a backup beside steady pushes and deletions shows the state of one moment, and all its bytes are right', async () => {
  const registry = await startRegistry();
  let ended = false;
  const writers = Array.from({ length: WRITERS }, (_, n) => new Writer(registry, `load/app${n}`));
  const work = Promise.all(writers.map((writer) => writer.run(() => ended)));
  const windows: { from: number; until: number; folder: string }[] = [];
  for (let n = 0; n < 3; n++) {
    const to = join(folder, `backup${n}`);
    const from = performance.now();
    const done = await runProgram('backup', '--data', registry.dataDir, '--to', to);
    expect([done.status, done.stderr]).toEqual([0, '']);
    windows.push({ from, until: performance.now(), folder: to });
  }
  ended = true;
  await work;
  await registry.stop();
  expect(writers.every(({ changes }) => changes.length > 20)).toBe(true);
  for (const window of windows) {
    const other = await startRegistry({
      prepare: async (dataDir) => {
        const done = await runProgram('restore', '--from', window.folder, '--data', dataDir);
        expect([done.status, done.stderr]).toEqual([0, '']);
      },
    });
    // Each repository is as after one of its changes, and there is a moment at which all of them were.
    let earliest = window.from;
    let latest = window.until;
    for (const { repository, changes } of writers) {
      const state = sorted(await read(other, repository));
      const places = changes.flatMap(({ tags }, place) => (sorted(tags) === state ? [place] : []));
      expect(places, `${repository}: ${state}`).not.toEqual([]);
      const place = places.at(-1) ?? 0;
      earliest = Math.max(earliest, changes[places[0] ?? 0]?.begun ?? 0);
      latest = Math.min(latest, changes[place + 1]?.acknowledged ?? Number.POSITIVE_INFINITY);
    }
    expect(earliest).toBeLessThanOrEqual(latest);
    await other.stop();
  }
}, 120_000);

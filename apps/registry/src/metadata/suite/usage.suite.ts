import type { RepositoryName } from '@holdfast/oci/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryRow } from '../test-rows.ts';
import type { RepositoryUsage } from '../usage.ts';
import { at, digest, type Fixture, layer, manifestRow, repositoryIdOf } from './fixture.ts';

/** What `layer` says, whatever the blob has. */
const LAYER_BYTES = 10;

type Place = 'team/one' | 'team/two' | 'elsewhere';
type Step = { repository: Place; what: 'blob' | 'manifest'; n: number; add: boolean };

const steps = fc.array(
  fc.record<Step>({
    repository: fc.constantFrom('team/one', 'team/two', 'elsewhere'),
    what: fc.constantFrom('blob', 'manifest'),
    n: fc.integer({ min: 1, max: 4 }),
    add: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** What is stored where, kept the plain way: key `<repository> <thing>`, and whether it counts. */
class Model {
  readonly #held = new Map<string, { size: number; counts: boolean }>();

  apply({ repository, what, n, add }: Step, size: number): void {
    const key = `${repository} ${what}${n}`;
    const had = this.#held.has(key);
    if (add) this.#held.set(key, { size, counts: true });
    else this.#held.delete(key);
    // Each manifest names the blob of its number: with its last manifest a blob counts no more, and again with a new one.
    const layer = this.#held.get(`${repository} blob${n}`);
    if (what === 'manifest' && layer && (add ? !had : had)) layer.counts = add;
  }

  of(where: (repository: string) => boolean): number {
    const distinct = new Map<string, number>();
    for (const [key, { size, counts }] of this.#held) {
      const [repository, what] = key.split(' ') as [string, string];
      if (where(repository) && counts) distinct.set(what, size);
    }
    return [...distinct.values()].reduce((sum, size) => sum + size, 0);
  }

  repository(place: Place): RepositoryUsage {
    const neighbour = { 'team/one': 'team/two', 'team/two': 'team/one', elsewhere: undefined }[place];
    const usage = { stored: this.of((name) => name === place), shared: 0, ownBlobs: 0, logical: 0 };
    for (const [key, { size, counts }] of this.#held) {
      const [repository, what = ''] = key.split(' ');
      if (repository !== place || !counts) continue;
      const isShared = neighbour !== undefined && this.#held.get(`${neighbour} ${what}`)?.counts === true;
      if (isShared) usage.shared += size;
      if (what.startsWith('blob') && !isShared) usage.ownBlobs += 1;
      if (what.startsWith('manifest')) usage.logical += size + LAYER_BYTES;
    }
    return usage;
  }
}

export function usage(f: Fixture): void {
  describe('usage', () => {
    it('is nothing before anything is stored', async () => {
      const { usage } = f.store.read;
      expect([await usage.bytes('r1'), await usage.bytes('unknown'), (await usage.ofRepository(f.one)).stored]).toEqual(
        [0, 0, 0],
      );
      expect(await usage.recount('r1')).toBe(0);
      expect(await usage.largest('r1', 3)).toEqual([]);
    });

    it('is what distinct blobs and manifests that are needed have together, whatever comes and goes', async () => {
      await f.store.transaction((tx) => tx.registries.create(registryRow({ id: 'r2', name: 'second' })));
      const elsewhere = await f.store.transaction(
        async (tx) => (await tx.repositories.findOrCreate('r2', 'elsewhere' as never, at(0))).id,
      );
      const id = { 'team/one': f.one, 'team/two': f.two, elsewhere };
      const model = new Model();
      await fc.assert(
        fc.asyncProperty(steps, async (given) => {
          for (const step of given) {
            const { repository, what, n, add } = step;
            const size = what === 'blob' ? 10 ** n : 3 * 10 ** (n + 4);
            await f.store.transaction(async (tx) => {
              if (what === 'blob' && add) await tx.blobs.link(id[repository], { digest: digest(n), size }, at(0));
              if (what === 'blob' && !add) await tx.blobs.unlink(id[repository], digest(n), at(0));
              const row = manifestRow(id[repository], 100 + n, { size });
              if (what === 'manifest' && add) await tx.manifests.insert(row, Buffer.from(`m${n}`), [layer(n)]);
              if (what === 'manifest' && !add) await tx.manifests.delete(id[repository], digest(100 + n), at(0));
            });
            model.apply(step, size);
            const { usage, quotas } = f.store.read;
            expect(await usage.bytes('r1')).toBe(model.of((name) => name !== 'elsewhere'));
            expect(await usage.bytes('r2')).toBe(model.of((name) => name === 'elsewhere'));
            for (const place of Object.keys(id) as Place[]) {
              expect(await usage.ofRepository(id[place])).toEqual(model.repository(place));
            }
            for (const registry of ['r1', 'r2']) {
              expect(await usage.recount(registry)).toBe(await usage.bytes(registry));
            }
            const together = (await usage.bytes('r1')) + (await usage.bytes('r2'));
            expect((await quotas.site(at(0))).used).toBe(together);
          }
        }),
        { numRuns: 25 },
      );
    });

    it('counts a blob that waits for its end again when it is pushed or named anew', async () => {
      const blob = { digest: digest(1), size: 700 };
      const image = manifestRow(f.one, 101, { size: 5 });
      const total = () => f.store.read.usage.bytes('r1');
      await f.store.transaction((tx) => tx.blobs.link(f.one, blob, at(0)));
      for (const again of ['pushed', 'named'] as const) {
        await f.push(image, [layer(1)]);
        expect(await total()).toBe(705);
        await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(101), at(1)));
        expect(await total()).toBe(0);
        expect(await f.store.read.blobs.linked(f.one, blob.digest)).toMatchObject(blob);
        if (again === 'pushed') await f.store.transaction((tx) => tx.blobs.link(f.one, blob, at(2)));
        else await f.push(image, [layer(1)]);
        expect(await total()).toBe(again === 'pushed' ? 700 : 705);
      }
    });

    it('stays while another manifest of the repository names the blob', async () => {
      await f.store.transaction((tx) => tx.blobs.link(f.one, { digest: digest(1), size: 700 }, at(0)));
      for (const n of [101, 102]) await f.push(manifestRow(f.one, n, { size: 5 }), [layer(1)]);
      await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(101), at(1)));
      expect(await f.store.read.usage.bytes('r1')).toBe(705);
      await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(102), at(1)));
      expect(await f.store.read.usage.bytes('r1')).toBe(0);
    });

    it('falls when the sweeper takes what no manifest names', async () => {
      await f.store.transaction((tx) => tx.blobs.link(f.one, { digest: digest(1), size: 700 }, at(0)));
      expect(await f.store.read.usage.bytes('r1')).toBe(700);
      await f.store.transaction((tx) => tx.blobs.unlinkUnreferenced(at(10), 9, at(10)));
      expect(await f.store.read.usage.bytes('r1')).toBe(0);
      const repository = await f.store.transaction((tx) => repositoryIdOf(tx, 'team/one'));
      expect(repository).toBe(f.one);
    });

    it('falls with a repository that is deleted', async () => {
      await f.store.transaction((tx) => tx.blobs.link(f.one, { digest: digest(1), size: 700 }, at(0)));
      await f.push(manifestRow(f.one, 101, { size: 5 }), [layer(1)]);
      await f.store.transaction(async (tx) => {
        await tx.deletions.deleteRepository(f.one, '{}', at(1));
        while (!(await tx.deletions.purge(f.one, 100, at(1))).done);
      });
      expect([await f.store.read.usage.bytes('r1'), await f.store.read.usage.recount('r1')]).toEqual([0, 0]);
    });

    it('names the largest repositories that have manifests, largest first', async () => {
      const sizes: [string, number][] = [
        ['a', 30],
        ['b', 500],
        ['c', 500],
        ['d', 2],
      ];
      for (const [i, [name, size]] of sizes.entries()) {
        await f.push(manifestRow(await f.repository(name), 200 + i, { size }));
      }
      await f.store.transaction((tx) => tx.blobs.link(f.one, { digest: digest(1), size: 9000 }, at(0)));
      const named = (bytes: number, name: string) => ({ name: name as RepositoryName, bytes });
      expect(await f.store.read.usage.largest('r1', 3)).toEqual([named(500, 'c'), named(500, 'b'), named(30, 'a')]);
    });
  });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, digest, type Fixture, layer, manifestRow } from './fixture.ts';

const blob = (n: number, size: number) => ({ digest: digest(n), size });

/** What the collector will take, and why the rest stays. */
export function garbage(f: Fixture): void {
  const link = (repositoryId: number, n: number, size: number, second: number) =>
    f.store.transaction((tx) => tx.blobs.link(repositoryId, blob(n, size), at(second)));
  const remove = (repositoryId: number, n: number, second: number) =>
    f.store.transaction((tx) => tx.manifests.delete(repositoryId, digest(n), at(second)));

  describe('garbage', () => {
    it('is nothing in an empty store', async () => {
      const { garbage } = f.store.read;
      expect(await garbage.unlinked(at(99))).toEqual({ count: 0, bytes: 0 });
      expect(await garbage.unneeded(at(99))).toEqual({ count: 0, bytes: 0 });
      expect(await garbage.waiting({ limit: 9 })).toEqual([]);
      expect(await garbage.linksOf(digest(1), 9)).toEqual([]);
      expect(await garbage.unlinkedSince(digest(1))).toBeUndefined();
      expect(await garbage.freedBy(f.one, digest(1))).toEqual({ count: 0, bytes: 0 });
    });

    it('tells of each link whether it is named, only pushed, or released, and since when', async () => {
      await link(f.one, 1, 10, 1);
      await link(f.two, 1, 10, 2);
      await link(f.one, 2, 20, 3);
      await f.push(manifestRow(f.one, 101), [layer(1)]);
      await f.push(manifestRow(f.one, 102), [layer(2)]);
      await remove(f.one, 102, 9);
      const states = async (n: number) =>
        (await f.store.read.garbage.linksOf(digest(n), 9)).map(({ repository, state, since }) => [
          repository,
          state,
          since,
        ]);
      expect(await states(1)).toEqual([
        ['team/one', 'named', at(1)],
        ['team/two', 'pushed', at(2)],
      ]);
      expect(await states(2)).toEqual([['team/one', 'released', at(9)]]);
      expect(await f.store.read.garbage.linksOf(digest(1), 1)).toEqual([
        expect.objectContaining({ registry: 'Contoso', size: 10, digest: digest(1), repositoryId: f.one }),
      ]);
    });

    it('lists what waits, oldest first, page by page', async () => {
      for (const [n, second] of [
        [1, 5],
        [2, 3],
        [3, 4],
      ] as const) {
        await link(f.one, n, 10, second);
      }
      await link(f.two, 2, 10, 3);
      await f.push(manifestRow(f.one, 101), [layer(3)]);
      const seen: string[] = [];
      for (let after: { since: Date; repositoryId: number; digest: ReturnType<typeof digest> } | undefined; ; ) {
        const [next] = await f.store.read.garbage.waiting({ after, limit: 1 });
        if (!next) break;
        seen.push(`${next.repository} ${Number.parseInt(next.digest.slice(7), 16)}`);
        after = next;
      }
      expect(seen).toEqual(['team/one 2', 'team/two 2', 'team/one 1']);
    });

    it('counts blobs that only such links hold, all of them old enough', async () => {
      const { garbage } = f.store.read;
      await link(f.one, 1, 10, 1);
      await link(f.two, 1, 10, 7);
      await link(f.one, 2, 200, 1);
      expect(await garbage.unneeded(at(1))).toEqual({ count: 0, bytes: 0 });
      expect(await garbage.unneeded(at(7))).toEqual({ count: 1, bytes: 200 });
      expect(await garbage.unneeded(at(8))).toEqual({ count: 2, bytes: 210 });
      await f.push(manifestRow(f.two, 101), [layer(1)]);
      expect(await garbage.unneeded(at(8))).toEqual({ count: 1, bytes: 200 });
    });

    it('counts blobs that nothing links', async () => {
      const { garbage } = f.store.read;
      await link(f.one, 1, 10, 1);
      await f.store.transaction((tx) => tx.blobs.unlink(f.one, digest(1), at(5)));
      expect(await garbage.unlinked(at(5))).toEqual({ count: 0, bytes: 0 });
      expect(await garbage.unlinked(at(6))).toEqual({ count: 1, bytes: 10 });
      expect(await garbage.unlinkedSince(digest(1))).toEqual(at(5));
    });

    it('says beforehand what the deletion of a manifest frees, whatever else is there', async () => {
      const manifest = fc.record({
        repository: fc.constantFrom('one' as const, 'two' as const),
        n: fc.integer({ min: 101, max: 103 }),
        layers: fc.subarray([1, 2, 3]),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(manifest, { minLength: 1, maxLength: 5 }), async (manifests) => {
          const id = { one: f.one, two: f.two };
          for (const { repository, n, layers } of manifests) {
            for (const i of layers) await link(id[repository], i, 10 ** i, 1);
            await f.push(manifestRow(id[repository], n, { size: 7 * n }), layers.map(layer));
          }
          const { usage, garbage, manifests: rows } = f.store.read;
          for (const { repository, n } of manifests) {
            if (!(await rows.find(id[repository], digest(n)))) continue;
            const before = await usage.bytes('r1');
            const { bytes } = await garbage.freedBy(id[repository], digest(n));
            await remove(id[repository], n, 2);
            expect(before - (await usage.bytes('r1'))).toBe(bytes);
          }
          await f.store.transaction(async (tx) => {
            await tx.blobs.unlinkUnreferenced(at(99), 99, at(99));
          });
          expect(await usage.bytes('r1')).toBe(0);
        }),
        { numRuns: 30 },
      );
    });
  });
}

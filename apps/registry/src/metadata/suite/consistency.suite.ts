import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepositoryId } from '../metadata-store.ts';
import { at, digest, type Fixture, layer, manifestRow, tagName } from './fixture.ts';

type Step = { what: 'link' | 'unlink' | 'push' | 'delete' | 'tag' | 'untag' | 'drop'; n: number; second: boolean };

const steps = fc.array(
  fc.record<Step>({
    what: fc.constantFrom('link', 'unlink', 'push', 'push', 'delete', 'tag', 'untag', 'drop'),
    n: fc.integer({ min: 1, max: 4 }),
    second: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** Figures that are kept are what they count. */
export function consistency(f: Fixture): void {
  const take = async ({ what, n, second }: Step): Promise<void> => {
    const name = second ? 'team/two' : 'team/one';
    const id = await f.repository(name);
    await f.store.transaction(async (tx) => {
      const manifest = digest(100 + n);
      if (what === 'link') await tx.blobs.link(id, { digest: digest(n), size: 10 ** n }, at(0));
      if (what === 'unlink') await tx.blobs.unlink(id, digest(n), at(0));
      if (what === 'push') await tx.manifests.insert(manifestRow(id, 100 + n), Buffer.from(`m${n}`), [layer(n)]);
      if (what === 'delete') await tx.manifests.delete(id, manifest, at(0));
      if (what === 'tag' && (await tx.manifests.find(id, manifest)))
        await tx.tags.put(id, tagName(`t${n}`), manifest, at(0));
      if (what === 'untag') await tx.tags.delete(id, tagName(`t${n}`), at(0));
      if (what === 'drop') await drop(tx, id);
    });
  };
  type Tx = Parameters<Parameters<Fixture['store']['transaction']>[0]>[0];
  const drop = async (tx: Tx, id: RepositoryId) => {
    await tx.deletions.deleteRepository(id, '{}', at(0));
    while (!(await tx.deletions.purge(id, 500, at(0))).done);
  };
  const differing = async (): Promise<string[]> => {
    const read = f.store.read.consistency;
    const found: string[] = [];
    const compare = (of: string, { kept, counted }: { kept: number; counted: number }) => {
      if (kept !== counted) found.push(`${of}: ${kept}, not ${counted}`);
    };
    for (const blob of await read.blobs({})) compare(blob.digest, blob);
    for (const { id, name, ...figures } of await read.repositories(0 as RepositoryId, 99)) {
      for (const [what, figure] of Object.entries(figures)) compare(`${what} of ${name}`, figure);
      for (const link of await read.links(id, {})) compare(`${name}@${link.digest}`, link);
    }
    const usage = await read.usage('');
    if (usage) compare('usage', usage);
    return found;
  };

  describe('figures that are kept', () => {
    it('are what they count, whatever is pushed, tagged and deleted', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (given) => {
          for (const step of given) await take(step);
          expect(await differing()).toEqual([]);
        }),
        { numRuns: 25 },
      );
    });

    it('come in pages', async () => {
      for (const n of [1, 2, 3]) await take({ what: 'link', n, second: false });
      const read = f.store.read.consistency;
      const first = await read.blobs({ limit: 2 });
      expect(first).toMatchObject([
        { digest: digest(1), size: 10, kept: 1, counted: 1, damaged: false },
        { digest: digest(2) },
      ]);
      expect((await read.blobs({ last: digest(2), limit: 2 })).map((row) => row.digest)).toEqual([digest(3)]);
      expect((await read.links(f.one, { last: digest(1), limit: 1 })).map((row) => row.digest)).toEqual([digest(2)]);
      expect((await read.repositories(f.one, 9)).map(({ name }) => name)).toEqual(['team/two']);
      expect(await read.usage('r1')).toBeUndefined();
    });

    it('stay as they are when they are counted again', async () => {
      for (const what of ['link', 'push', 'tag'] as const) await take({ what, n: 1, second: false });
      const before = await f.store.read.repositories.find('r1', 'team/one' as never);
      await f.store.transaction(async (tx) => {
        await tx.consistency.recountBlob(digest(1), at(9));
        await tx.consistency.recountLink(f.one, digest(1));
        await tx.consistency.recountRepository(f.one);
        await tx.consistency.recountUsage('r1');
      });
      expect(await differing()).toEqual([]);
      expect(await f.store.read.repositories.find('r1', 'team/one' as never)).toEqual(before);
    });
  });
}

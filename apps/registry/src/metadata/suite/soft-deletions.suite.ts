import { describe, expect, it } from 'vitest';
import { namesOn } from '../name-page.ts';
import type { RepositoryPlace } from '../soft-deletions.ts';
import { at, bytes, digest, type Fixture, layer, manifestRow, registry, repositoryName, tagName } from './fixture.ts';

const ON = JSON.stringify({ softDelete: { status: 'enabled', retentionDays: 7 } });
const ONE: RepositoryPlace = { registryId: 'r1', repository: repositoryName('team/one') };

/** What is deleted while the policy is on: nowhere in the repository, and all of it there to be restored. */
export function softDeletions(f: Fixture): void {
  const policy = (policies: string) => f.store.transaction((tx) => tx.registries.update({ ...registry, policies }));
  const remove = (n: number, second: number) =>
    f.store.transaction((tx) => tx.manifests.delete(f.one, digest(n), at(second)));
  const restore = (n: number, second: number) =>
    f.store.transaction((tx) => tx.softDeletions.restore(ONE, digest(n), f.one, at(second)));
  const untag = (name: string, second: number) =>
    f.store.transaction((tx) => tx.tags.delete(f.one, tagName(name), at(second)));
  /** An image of one layer, with tags. */
  const image = async (n: number, layerNumber: number, ...tags: string[]) => {
    await f.store.transaction(async (tx) => {
      await tx.blobs.link(f.one, { digest: digest(layerNumber), size: 10 }, at(0));
      await tx.manifests.insert(manifestRow(f.one, n), bytes(n), [layer(layerNumber)]);
      for (const tag of tags) await tx.tags.put(f.one, tagName(tag), digest(n), at(n));
    });
  };
  const read = () => f.store.read;
  /** Everything that is kept although it could be counted is what is counted. */
  const expectConsistent = async () => {
    const { consistency, usage } = read();
    for (const blob of await consistency.blobs({})) expect(blob.kept, blob.digest).toBe(blob.counted);
    for (const { id, name, ...figures } of await consistency.repositories(0, 99)) {
      for (const [what, figure] of Object.entries(figures))
        expect([name, what, figure.kept]).toEqual([name, what, figure.counted]);
      for (const link of await consistency.links(id, {})) expect(link.kept).toBe(link.counted);
    }
    expect(await usage.bytes('r1')).toBe(await usage.recount('r1'));
  };

  describe('soft deletion', () => {
    it('keeps nothing while the policy is off', async () => {
      await image(101, 1, 'a');
      await remove(101, 5);
      expect(await read().softDeletions.manifests(ONE, {})).toEqual([]);
      expect(await read().softDeletions.tags(ONE, { limit: 9 })).toEqual([]);
      expect(await read().softDeletions.repositories('r1', {})).toEqual([]);
      expect(await read().softDeletions.nextRegistry('')).toBeUndefined();
      expect(await restore(101, 6)).toBe(false);
    });

    it('takes the manifest out of the repository, and keeps it with its tags and what it names', async () => {
      await policy(ON);
      await image(101, 1, 'b', 'a');
      await f.push(manifestRow(f.two, 300));
      const before = await read().usage.bytes('r1');
      expect(await remove(101, 5)).toEqual({ tags: ['a', 'b'] });
      expect(await read().manifests.find(f.one, digest(101))).toBeUndefined();
      expect(namesOn(await read().repositories.page('r1', {}))).toEqual(['team/two']);
      expect(await read().repositories.find('r1', repositoryName('soft-deleted:team/one'))).toBeUndefined();
      expect(await read().softDeletions.manifest(ONE, digest(101))).toMatchObject({
        digest: digest(101),
        imageSize: 10,
        deletedAt: at(5),
      });
      expect((await read().softDeletions.tags(ONE, { limit: 9 })).map(({ name }) => name)).toEqual(['a', 'b']);
      expect(await read().softDeletions.references(ONE, digest(101))).toEqual([layer(1)]);
      expect(await read().softDeletions.repositories('r1', {})).toEqual(['team/one']);
      expect(await read().softDeletions.nextRegistry('')).toBe('r1');
      expect(await read().usage.bytes('r1')).toBe(before);
      await expectConsistent();
    });

    it('keeps the bytes from the collector, and from whoever looks for a repository to mount from', async () => {
      await policy(ON);
      await image(101, 1);
      await remove(101, 5);
      await f.store.transaction((tx) => tx.blobs.unlinkUnreferenced(at(99), 99, at(99)));
      expect(await read().blobs.linked(f.one, digest(1))).toBeUndefined();
      expect(await read().blobs.repositoriesLinking('r1', digest(1), {})).toEqual([]);
      expect(await f.store.transaction((tx) => tx.blobs.forget(digest(1)))).toBe(false);
      expect(await restore(101, 100)).toBe(true);
      expect(await read().blobs.linked(f.one, digest(1))).toMatchObject({ size: 10 });
      expect(Buffer.from((await read().manifests.content(f.one, digest(101)))?.bytes ?? [])).toEqual(bytes(101));
      expect(await read().repositories.find('r1', ONE.repository)).toMatchObject({ manifestCount: 1 });
      expect(await read().softDeletions.manifests(ONE, {})).toEqual([]);
      await expectConsistent();
    });

    it('brings back what was pushed again in between without changing it', async () => {
      await policy(ON);
      await image(101, 1);
      await remove(101, 5);
      await image(101, 1, 'again');
      expect(await restore(101, 9)).toBe(true);
      expect(await read().repositories.find('r1', ONE.repository)).toMatchObject({ manifestCount: 1, tagCount: 1 });
      await expectConsistent();
    });

    it('keeps a tag that was taken away, the last deletion of a tag last', async () => {
      await policy(ON);
      await image(101, 1, 'a', 'b');
      await image(102, 2);
      await untag('a', 5);
      await untag('b', 6);
      await f.store.transaction((tx) => tx.tags.put(f.one, tagName('a'), digest(102), at(7)));
      await untag('a', 8);
      await f.store.transaction((tx) => tx.tags.put(f.one, tagName('a'), digest(101), at(9)));
      await untag('a', 10);
      const tags = await read().softDeletions.tags(ONE, { limit: 9 });
      expect(tags.map((tag) => [tag.name, tag.digest, tag.deletedAt])).toEqual([
        ['b', digest(101), at(6)],
        ['a', digest(102), at(8)],
        ['a', digest(101), at(10)],
      ]);
      expect(await read().softDeletions.tags(ONE, { after: tags[0]?.place, limit: 1 })).toEqual([tags[1]]);
      expect((await read().softDeletions.tagsOf(ONE, digest(101))).map(({ name }) => name)).toEqual(['a', 'b']);
      await f.store.transaction((tx) => tx.softDeletions.forgetTag(ONE, tagName('a'), digest(101)));
      expect((await read().softDeletions.tagsOf(ONE, digest(101))).map(({ name }) => name)).toEqual(['b']);
    });

    it('lets go what was deleted before a time, and frees its bytes then', async () => {
      await policy(ON);
      await image(101, 1, 'a');
      await image(102, 2, 'b');
      await remove(101, 5);
      await remove(102, 9);
      const purge = (before: number, limit: number) =>
        f.store.transaction((tx) => tx.softDeletions.purge('r1', at(before), limit, at(20)));
      expect(await purge(5, 9)).toEqual([]);
      expect(await purge(6, 1)).toEqual([{ repository: 'team/one', digest: digest(101), tag: 'a' }]);
      expect(await purge(6, 9)).toEqual([{ repository: 'team/one', digest: digest(101), tag: undefined }]);
      expect(await restore(101, 21)).toBe(false);
      expect(await read().softDeletions.manifest(ONE, digest(102))).toBeDefined();
      await expectConsistent();
      await f.store.transaction((tx) => tx.blobs.unlinkUnreferenced(at(99), 99, at(99)));
      expect(await f.store.transaction((tx) => tx.blobs.forget(digest(1)))).toBe(true);
      expect(await f.store.transaction((tx) => tx.blobs.forget(digest(2)))).toBe(false);
      await purge(99, 9);
      await f.store.transaction((tx) => tx.blobs.unlinkUnreferenced(at(99), 99, at(99)));
      // Nothing is left of where it was kept.
      expect(await f.store.transaction((tx) => tx.repositories.deleteEmpty(at(999), 99))).toBe(3);
    });

    it('keeps the content of a repository that is deleted as a whole, by the policy of that moment', async () => {
      await policy(ON);
      for (let n = 1; n <= 60; n++) await image(100 + n, n, `t${n}`);
      await f.store.transaction((tx) => tx.deletions.deleteRepository(f.one, '{}', at(200)));
      await policy('{}');
      let manifests = 0;
      for (let done = false; !done; ) {
        const step = await f.store.transaction((tx) => tx.deletions.purge(f.one, 500, at(300)));
        manifests += step.manifests.length;
        done = step.done;
      }
      expect(manifests).toBe(60);
      const kept = await read().softDeletions.manifests(ONE, {});
      expect(kept.map(({ deletedAt }) => deletedAt)).toEqual(kept.map(() => at(200)));
      expect([kept.length, (await read().softDeletions.tags(ONE, { limit: 99 })).length]).toEqual([60, 60]);
      await expectConsistent();
      const next = await f.repository('team/one');
      expect(await f.store.transaction((tx) => tx.softDeletions.restore(ONE, digest(107), next, at(301)))).toBe(true);
      expect(await read().blobs.linked(next, digest(7))).toMatchObject({ size: 10 });
    });

    it('goes with its registry', async () => {
      await policy(ON);
      await image(101, 1, 'a');
      await image(102, 2, 'b');
      await remove(101, 5);
      await untag('b', 6);
      await f.store.transaction((tx) => tx.registries.delete('r1', at(10)));
      for (;;) {
        const id = await read().deletions.repositoryOf('r1');
        if (id === undefined) break;
        await f.store.transaction((tx) => tx.deletions.purge(id, 500, at(11)));
      }
      expect(await f.store.transaction((tx) => tx.deletions.purgeRegistry('r1'))).toBe(true);
      expect(await read().softDeletions.nextRegistry('')).toBeUndefined();
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { PolicyRow } from '../policies.ts';
import { registryRow } from '../test-rows.ts';
import { at, digest, type Fixture, manifestRow, registry, repositoryName, tagName, walk } from './fixture.ts';

const policy = (name: string, more: Partial<PolicyRow> = {}): PolicyRow => ({
  registryId: registry.id,
  kind: 'clean-up',
  name,
  definition: '{}',
  createdAt: at(1),
  updatedAt: at(1),
  ...more,
});

export function policies(f: Fixture): void {
  describe('policies', () => {
    const put = (row: PolicyRow) => f.store.transaction((tx) => tx.policies.put(row));

    it('are found and replaced by their name, whatever its case; their first spelling stays', async () => {
      await put(policy('Weekly'));
      await put(policy('WEEKLY', { definition: '{"a":1}', createdAt: at(5), updatedAt: at(5) }));
      const expected = policy('Weekly', { definition: '{"a":1}', updatedAt: at(5) });
      expect(await f.store.read.policies.find(registry.id, 'clean-up', 'weekly')).toEqual(expected);
      expect(await f.store.read.policies.find(registry.id, 'immutable-tags', 'weekly')).toBeUndefined();
      expect(await f.store.read.policies.find('another', 'clean-up', 'weekly')).toBeUndefined();
    });

    it('are listed by name, those of one kind and registry', async () => {
      const other = registryRow({ id: 'r2', name: 'other' });
      await f.store.transaction((tx) => tx.registries.create(other));
      for (const name of ['d', 'B', 'c', 'a']) await put(policy(name));
      await put(policy('bb', { registryId: other.id }));
      await put(policy('bc', { kind: 'immutable-tags' }));
      const list = async (page: { last?: string | undefined; limit?: number | undefined }) =>
        (await f.store.read.policies.list(registry.id, 'clean-up', page)).map((row) => row.name.toLowerCase());
      expect(await walk(list)).toEqual(['a', 'b', 'c', 'd']);
    });

    it('go when they are deleted, and with their registry', async () => {
      await put(policy('one'));
      await put(policy('two'));
      const remove = () => f.store.transaction((tx) => tx.policies.delete(registry.id, 'clean-up', 'ONE'));
      expect([await remove(), await remove()]).toEqual([true, false]);
      await f.store.transaction((tx) => tx.registries.delete(registry.id, at(9)));
      expect(await f.store.read.policies.list(registry.id, 'clean-up', {})).toEqual([]);
      await expect(put(policy('x', { registryId: 'no' }))).rejects.toMatchObject({ code: 'registry.unknown' });
    });
  });

  describe('since when no tag names a manifest', () => {
    const since = async (n: number, repositoryId = f.one) =>
      (await f.store.read.cleanUp.manifest(repositoryId, digest(n)))?.untaggedAt;
    const tag = (name: string, n: number, second: number) =>
      f.store.transaction((tx) => tx.tags.put(f.one, tagName(name), digest(n), at(second)));
    const untag = (name: string, second: number) =>
      f.store.transaction((tx) => tx.tags.delete(f.one, tagName(name), at(second)));

    it('is its push, until it has a tag; then the moment in which its last tag was taken away or moved', async () => {
      await f.push(manifestRow(f.one, 1));
      await f.push(manifestRow(f.one, 2));
      await f.push(manifestRow(f.two, 1));
      expect([await since(1), await since(2)]).toEqual([at(1), at(2)]);
      await tag('a', 1, 10);
      await tag('b', 1, 11);
      expect(await since(1)).toBeUndefined();
      await untag('a', 12);
      expect(await since(1)).toBeUndefined();
      await tag('b', 1, 13);
      expect(await since(1)).toBeUndefined();
      await tag('b', 2, 14);
      expect([await since(1), await since(2)]).toEqual([at(14), undefined]);
      await untag('b', 15);
      expect([await since(1), await since(2)]).toEqual([at(14), at(15)]);
      expect(await since(1, f.two)).toEqual(at(1));
      expect(await since(3)).toBeUndefined();
    });

    it('orders those without a tag, page by page, as far as they are old enough', async () => {
      for (const n of [1, 2, 3, 4, 5]) await f.push(manifestRow(f.one, n, { pushedAt: at(n < 4 ? 7 : 9) }));
      await f.push(manifestRow(f.two, 6));
      await tag('t', 2, 8);
      const { cleanUp } = f.store.read;
      const first = await cleanUp.untagged(f.one, at(10), { limit: 3 });
      expect(first).toEqual([1, 3, 4].map((n) => ({ digest: digest(n), untaggedAt: at(n < 4 ? 7 : 9) })));
      const next = await cleanUp.untagged(f.one, at(10), { after: first.at(-1), limit: 3 });
      expect(next.map((row) => row.digest)).toEqual([digest(5)]);
      expect(await cleanUp.untagged(f.one, at(7), { limit: 3 })).toEqual([]);
    });

    it('comes with what else a policy asks of a manifest: subject, times, referrers', async () => {
      await f.push(manifestRow(f.one, 1));
      for (const n of [4, 2, 3]) await f.push(manifestRow(f.one, n, { subject: digest(1) }));
      await f.push(manifestRow(f.two, 5, { subject: digest(1) }));
      await f.store.transaction((tx) => tx.manifests.touch(f.one, digest(2), at(50)));
      expect(await f.store.read.cleanUp.manifest(f.one, digest(2))).toEqual({
        digest: digest(2),
        mediaType: manifestRow(f.one, 2).mediaType,
        subject: digest(1),
        pushedAt: at(2),
        updatedAt: at(50),
        untaggedAt: at(2),
      });
      const referrers = (page: { last?: string; limit?: number }) =>
        f.store.read.cleanUp.referrers(f.one, digest(1), page);
      expect(await referrers({})).toEqual([2, 3, 4].map(digest));
      expect(await referrers({ last: digest(2), limit: 1 })).toEqual([digest(3)]);
    });

    it('is asked of every repository that holds a manifest, hidden ones as well', async () => {
      await f.listed('b');
      await f.listed('a');
      await f.repository('empty');
      await f.store.transaction(async (tx) => {
        const row = await tx.repositories.find(registry.id, repositoryName('a'));
        const object = { repositoryId: row?.id ?? 0, kind: 'repository', name: '' } as const;
        await tx.locks.set({ ...object, flag: 'list', setBy: 'alice', setAt: at(1) });
      });
      const { cleanUp } = f.store.read;
      const found = await cleanUp.repositories(registry.id, {});
      expect(found.map(({ name, lockCount }) => [name, lockCount])).toEqual([
        ['a', 1],
        ['b', 0],
      ]);
      const page = await cleanUp.repositories(registry.id, { last: 'a', limit: 1 });
      expect(page.map(({ name }) => name)).toEqual(['b']);
    });
  });
}

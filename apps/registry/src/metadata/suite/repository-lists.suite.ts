import { expect, it } from 'vitest';
import { type RepositoryOrder, type RepositoryRequest, repositoryKey } from '../repository-lists.ts';
import { at, digest, type Fixture, layer, manifestRow, repositoryName } from './fixture.ts';

/** Second of the push, bytes of its layer, and second of the pull; two have one of each. */
const REPOSITORIES: Record<string, readonly [pushed: number, size: number, pulled: number | undefined]> = {
  a: [30, 100, undefined],
  b: [10, 300, 7],
  c: [10, 300, 7],
  d: [20, 200, 9],
};
const EXPECTED: Readonly<Record<RepositoryOrder, string>> = {
  oldest: 'bcda',
  newest: 'adcb',
  smallest: 'adbc',
  largest: 'cbda',
  'least-recently-pulled': 'abcd',
  'most-recently-pulled': 'dcba',
};
const ORDERS = Object.keys(EXPECTED) as RepositoryOrder[];

/** Lists of repositories by something else than their names. */
export function repositoryLists(f: Fixture): void {
  const fill = async () => {
    for (const [i, [name, [pushed, size, pulled]]] of Object.entries(REPOSITORIES).entries()) {
      const id = await f.repository(name, at(0));
      const blob = digest(100 + i);
      await f.store.transaction((tx) => tx.blobs.link(id, { digest: blob, size }, at(1)));
      const row = { ...manifestRow(id, 1 + i), pushedAt: at(pushed) };
      await f.push(row, [{ ...layer(100 + i), size }]);
      if (pulled !== undefined) {
        await f.store.transaction((tx) => tx.pulls.record([{ repositoryId: id, digest: row.digest, at: at(pulled) }]));
      }
    }
  };
  const list = f;
  async function walk(order: RepositoryOrder, limit: number, withKey: boolean): Promise<string> {
    let seen = '';
    for (let place: Partial<RepositoryRequest> = {}; ; ) {
      const page = await list.store.read.repositoryLists.ordered('r1', { ...place, order, limit });
      seen += page.map(({ name }) => name).join('');
      const end = page.at(-1);
      if (page.length < limit || !end) return seen;
      place = withKey ? { last: end.name, lastKey: repositoryKey(end, order) } : { last: end.name };
    }
  }

  it('come in every order, in pages of any size, behind a place or a name', async () => {
    await fill();
    for (const order of ORDERS) {
      for (const limit of [1, 2, 3, 9]) {
        expect(await walk(order, limit, true), `${order} ${limit}`).toBe(EXPECTED[order]);
        expect(await walk(order, limit, false), `${order} ${limit}`).toBe(EXPECTED[order]);
      }
    }
  });

  it('go on where a repository stood that was changed since, and begin anew behind one that nobody knows', async () => {
    await fill();
    const names = async (more: Partial<RepositoryRequest>) =>
      (await f.store.read.repositoryLists.ordered('r1', { order: 'oldest', limit: 9, ...more }))
        .map(({ name }) => name)
        .join('');
    await f.store.transaction(async (tx) => {
      const row = await tx.repositories.find('r1', repositoryName('b'));
      if (row) await tx.repositories.touch(row.id, at(99));
    });
    expect(await names({ last: 'b', lastKey: at(10).getTime() })).toBe('cdab');
    expect(await names({ last: 'gone' })).toBe('cdab');
    expect(await names({ last: 'gone', lastKey: at(20).getTime() })).toBe('ab');
  });

  it('leave out what holds nothing, what is hidden, and what is of another registry', async () => {
    await fill();
    const { id } = await f.store.transaction((tx) => tx.repositories.findOrCreate('r1', repositoryName('d'), at(0)));
    const lock = { repositoryId: id, kind: 'repository', name: '', flag: 'list', setBy: 'me', setAt: at(1) } as const;
    await f.store.transaction((tx) => tx.locks.set(lock));
    expect(await walk('newest', 2, true)).toBe('acb');
    expect(await f.store.read.repositoryLists.ordered('r2', { order: 'newest', limit: 9 })).toEqual([]);
  });

  it('tell of each what is in it', async () => {
    await fill();
    const named = await f.store.read.repositoryLists.named('r1', ['d', 'none', 'a'].map(repositoryName));
    const counts = { manifestCount: 1, tagCount: 0, createdAt: at(30), updatedAt: at(30), storedBytes: 107 };
    expect(named[0]).toEqual({ name: 'a', ...counts, pulledAt: undefined });
    expect(named.map(({ name, pulledAt }) => [name, pulledAt])).toEqual([
      ['a', undefined],
      ['d', at(9)],
    ]);
  });
}

import type { Digest } from '@holdfast/oci/digest';
import { expect, it } from 'vitest';
import { type ListOrder, type ListRequest, manifestKey } from '../listings.ts';
import { at, digest, type Fixture, layer, manifestRow, tagName } from './fixture.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;
/** Manifests 1 to 6; two have one size, and two were never pulled. 6 has no tag. */
const SIZES: Record<number, number> = { 1: 30, 2: 10, 3: 10, 4: LARGEST, 5: 20, 6: 15 };
const PULLS: Record<number, number> = { 1: 3, 3: 9, 4: 3, 6: 1 };
const TAGS: Record<string, number> = { a: 1, b: 2, c: 3, d: 3, e: 3, f: 4, g: 5 };
const EXPECTED = {
  smallest: ['236514'.split('').map(Number), 'bcdegaf'],
  largest: ['415632'.split('').map(Number), 'fagcdeb'],
  'least-recently-pulled': ['256143'.split('').map(Number), 'bgafcde'],
  'most-recently-pulled': ['341652'.split('').map(Number), 'cdefagb'],
} as const;
const ORDERS = Object.keys(EXPECTED) as (keyof typeof EXPECTED)[];

/** Lists by size and by last pull. */
export function rankedLists(f: Fixture): void {
  const fill = async () => {
    for (const n of [1, 2, 3, 4, 5, 6])
      await f.push(manifestRow(f.one, n), [{ ...layer(100 + n), size: SIZES[n] ?? 0 }]);
    for (const [name, n] of Object.entries(TAGS)) await tag(name, n);
    const pulls = Object.entries(PULLS).map(([n, s]) => ({
      repositoryId: f.one,
      digest: digest(Number(n)),
      at: at(s),
    }));
    await f.store.transaction((tx) => tx.pulls.record(pulls));
  };
  const tag = (name: string, n: number) =>
    f.store.transaction((tx) => tx.tags.put(f.one, tagName(name), digest(n), at(1)));
  const hide = (kind: 'tag' | 'manifest', name: string) =>
    f.store.transaction((tx) =>
      tx.locks.set({ repositoryId: f.one, kind, name, flag: 'list', setBy: 'alice', setAt: at(1) }),
    );
  const request = (order: ListOrder, more: Partial<ListRequest>): ListRequest => ({
    order,
    limit: 99,
    visibleOnly: false,
    ...more,
  });
  const numberOf = (found: Digest) => Number.parseInt(found.slice(7), 16);

  async function manifests(order: ListOrder, limit: number, withPlace: boolean, visibleOnly = false) {
    const seen: number[] = [];
    for (let place: Partial<ListRequest> = {}; ; ) {
      const page = await f.store.read.listings.manifests(f.one, request(order, { ...place, limit, visibleOnly }));
      seen.push(...page.map((row) => numberOf(row.digest)));
      const end = page.at(-1);
      if (page.length < limit || !end) return seen;
      place = withPlace ? { last: end.digest, lastKey: manifestKey(end, order) } : { last: end.digest };
    }
  }
  async function tags(order: ListOrder, limit: number, withPlace: boolean, visibleOnly = false) {
    let seen = '';
    for (let place: Partial<ListRequest> = {}; ; ) {
      const page = await f.store.read.listings.tags(f.one, request(order, { ...place, limit, visibleOnly }));
      seen += page.map((row) => row.name).join('');
      const end = page.at(-1);
      if (page.length < limit || !end) return seen;
      place = withPlace ? { last: end.name, lastKey: end.sortedBy, lastDigest: end.digest } : { last: end.name };
    }
  }

  it.each(ORDERS)('page by rank, without doubling or losing those of one rank: %s', async (order) => {
    await fill();
    for (const limit of [1, 2, 3, 4, 99]) {
      for (const withPlace of [true, false]) {
        expect([limit, withPlace, await manifests(order, limit, withPlace)]).toEqual([
          limit,
          withPlace,
          EXPECTED[order][0],
        ]);
        expect([limit, withPlace, await tags(order, limit, withPlace)]).toEqual([limit, withPlace, EXPECTED[order][1]]);
      }
    }
    await hide('tag', 'd');
    await hide('manifest', digest(1));
    expect(await tags(order, 2, true, true)).toBe(EXPECTED[order][1].replace('d', ''));
    expect(await manifests(order, 2, true, true)).toEqual(EXPECTED[order][0].filter((n) => n !== 1));
  });

  it('list tags where their manifest is now, when they move, go, or come back to it', async () => {
    await fill();
    await tag('f', 6);
    await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('a'), at(2)));
    expect(await tags('smallest', 3, true)).toBe('bcdefg');
    await tag('a', 1);
    await tag('f', 4);
    expect(await tags('largest', 3, true)).toBe(EXPECTED.largest[1]);
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(3), at(3)));
    expect(await tags('smallest', 3, true)).toBe('bgaf');
    // Pushed again it was never pulled, and has no tag.
    await f.push(manifestRow(f.one, 3), [{ ...layer(103), size: 10 }]);
    expect(await tags('most-recently-pulled', 3, true)).toBe('fagb');
    expect(await manifests('least-recently-pulled', 9, true)).toEqual([2, 3, 5, 6, 1, 4]);
  });

  it('go on behind a tag that is gone, by where it stood, and else begin anew', async () => {
    await fill();
    await f.store.transaction((tx) => tx.tags.delete(f.one, tagName('c'), at(2)));
    const names = async (more: Partial<ListRequest>) =>
      (await f.store.read.listings.tags(f.one, request('smallest', { last: 'c', ...more })))
        .map((t) => t.name)
        .join('');
    expect(await names({ lastKey: 10, lastDigest: digest(3) })).toBe('degaf');
    expect(await names({})).toBe('bdegaf');
  });

  it('tell of one manifest its tags by name', async () => {
    await fill();
    for (const order of ORDERS) {
      const page = { ...request(order, { limit: 2, last: 'c' }), digest: digest(3) };
      expect((await f.store.read.listings.tags(f.one, page)).map((row) => row.name)).toEqual(['d', 'e']);
    }
  });

  it('know what was pulled last of a repository', async () => {
    expect(await f.store.read.pulls.lastOf(f.one)).toBeUndefined();
    await fill();
    expect(await f.store.read.pulls.lastOf(f.one)).toEqual(at(9));
    await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(3), at(10)));
    expect(await f.store.read.pulls.lastOf(f.one)).toEqual(at(3));
    expect(await f.store.read.pulls.lastOf(f.two)).toBeUndefined();
  });
}

import type { RepositoryName } from '@holdfast/oci/reference';
import { describe, expect, it } from 'vitest';
import type { ListedRepository, RepositoryRequest } from '../metadata/repository-lists.ts';
import { registryRow } from '../metadata/test-rows.ts';
import type { Caller, Distribution } from './context.ts';
import { orderRepositories } from './listings.ts';

const ROWS = 25_000;
const row = (n: number): ListedRepository => ({
  name: `${n % 24_000 === 0 ? 'mine' : 'theirs'}/${String(n).padStart(6, '0')}` as RepositoryName,
  manifestCount: 1,
  tagCount: 1,
  createdAt: new Date(0),
  updatedAt: new Date(n),
  storedBytes: 1,
});

/** A registry of 25,000 repositories, of which one of 24,000 is the caller's. */
function registryOfMany() {
  let read = 0;
  const ordered = (_: string, { lastKey = -1, limit }: RepositoryRequest) => {
    const first = lastKey + 1;
    const rows = Array.from({ length: Math.max(0, Math.min(limit, ROWS - first)) }, (_, i) => row(first + i));
    read += rows.length;
    return rows;
  };
  const d = {
    metadata: { read: { repositoryLists: { ordered } } },
    authorizer: { repositoriesVisible: async () => ['mine/*'] },
  } as unknown as Distribution;
  return { d, read: () => read };
}

describe('repositories in an order, for who may read few of many', () => {
  it('come in pages that look at so many at most, say where to go on, and reach the last of them', async () => {
    const { d, read } = registryOfMany();
    const caller = { registry: registryRow({ id: 'r1', name: 'contoso' }) } as unknown as Caller;
    const pages: string[][] = [];
    let place: { last?: string; lastKey?: number } = {};
    for (let next: typeof place | undefined = place; next; ) {
      const before = read();
      const page = await orderRepositories(d, caller, { order: 'oldest', limit: 100, ...next });
      expect(read() - before).toBeLessThanOrEqual(10_000);
      pages.push(page.items.map(({ name }) => name));
      next = page.next;
      place = page.next ?? place;
    }
    expect(pages).toEqual([['mine/000000'], [], ['mine/024000']]);
    expect(read()).toBe(ROWS);
  });
});

import { describe, expect, it } from 'vitest';
import { at, digest, type Fixture, manifestRow, repositoryName } from './fixture.ts';

export function pulls(f: Fixture): void {
  describe('last pulls', () => {
    const record = (n: number, second: number) =>
      f.store.transaction((tx) => tx.pulls.record([{ repositoryId: f.one, digest: digest(n), at: at(second) }]));
    const last = (n: number, repositoryId = f.one) => f.store.read.pulls.last(repositoryId, digest(n));

    it('are kept for each manifest of a repository, the latest of them', async () => {
      await f.push(manifestRow(f.one, 1));
      await f.push(manifestRow(f.two, 1));
      expect(await last(1)).toBeUndefined();
      await record(1, 5);
      await record(1, 3);
      expect(await last(1)).toEqual(at(5));
      await record(1, 8);
      expect(await last(1)).toEqual(at(8));
      expect(await last(1, f.two)).toBeUndefined();
    });

    it('are not kept of what is gone, and go with it', async () => {
      await record(2, 5);
      expect(await last(2)).toBeUndefined();
      await f.push(manifestRow(f.one, 2));
      await record(2, 5);
      await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(2), at(6)));
      await f.push(manifestRow(f.one, 2));
      expect(await last(2)).toBeUndefined();
    });

    it('are known of a repository as long as what was pulled is there', async () => {
      const pulled = async () =>
        (await f.store.read.repositoryLists.named('r1', [repositoryName('team/one')]))[0]?.pulledAt;
      for (const n of [1, 2, 3]) await f.push(manifestRow(f.one, n));
      expect(await pulled()).toBeUndefined();
      await record(1, 5);
      await record(2, 9);
      await record(1, 7);
      await record(4, 99); // is not there
      expect(await pulled()).toEqual(at(9));
      await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(2), at(20)));
      expect(await pulled()).toEqual(at(7));
      await f.store.transaction((tx) => tx.manifests.delete(f.one, digest(1), at(20)));
      expect(await pulled()).toBeUndefined();
    });
  });
}

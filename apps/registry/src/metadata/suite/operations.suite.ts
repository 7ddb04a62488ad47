import { describe, expect, it } from 'vitest';
import { at, type Fixture } from './fixture.ts';

const GIB = 2 ** 30;

export function operations(f: Fixture): void {
  describe('capacity over time', () => {
    it('is listed from a time on, oldest first, a page at a time; a time has one sample', async () => {
      await f.store.transaction(async (tx) => {
        await tx.capacity.add({ at: at(30), used: 3 * GIB });
        await tx.capacity.add({ at: at(10), used: GIB, capacity: 9 * GIB });
        await tx.capacity.add({ at: at(20), used: 2 * GIB });
        await tx.capacity.add({ at: at(20), used: 7 * GIB });
      });
      const used = async (after: Date, limit: number) =>
        (await f.store.read.capacity.list(after, limit)).map((sample) => sample.used / GIB);
      expect(await used(at(0), 9)).toEqual([1, 2, 3]);
      expect(await used(at(10), 1)).toEqual([2]);
      expect(await f.store.read.capacity.list(at(0), 1)).toEqual([{ at: at(10), used: GIB, capacity: 9 * GIB }]);
      expect(await f.store.transaction((tx) => tx.capacity.deleteBefore(at(20)))).toBe(1);
      expect(await used(at(0), 9)).toEqual([2, 3]);
    });
  });

  describe('jobs of the operator', () => {
    const job = (id: string) => ({ id, kind: 'gc', payload: '{}', runAt: at(100), attempts: 0, everySeconds: 60 });
    const claimed = (now: Date) =>
      f.store.transaction(async (tx) => (await tx.jobs.claim('w', ['gc'], now, new Date(now.getTime() + 1000)))?.id);

    it('are listed by id, run before their time, and wait while they are paused', async () => {
      await f.store.transaction(async (tx) => {
        await tx.jobs.enqueue(job('b'));
        await tx.jobs.enqueue(job('a'));
      });
      const ids = await f.store.transaction(async (tx) =>
        (await tx.jobs.list({ last: '', limit: 9 })).map(({ id }) => id),
      );
      expect(ids).toEqual(['a', 'b']);
      expect(await claimed(at(1))).toBeUndefined();
      expect(await f.store.transaction((tx) => tx.jobs.runNow('a', at(1)))).toBe(true);
      expect(await f.store.transaction((tx) => tx.jobs.setPaused('a', at(1)))).toBe(true);
      expect((await f.store.transaction((tx) => tx.jobs.find('a')))?.pausedAt).toEqual(at(1));
      expect(await claimed(at(2))).toBeUndefined();
      expect(await f.store.transaction((tx) => tx.jobs.setPaused('a', undefined))).toBe(true);
      expect(await claimed(at(2))).toBe('a');
      expect(await f.store.transaction((tx) => tx.jobs.runNow('nobody', at(1)))).toBe(false);
    });
  });
}

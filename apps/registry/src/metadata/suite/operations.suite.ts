import { describe, expect, it } from 'vitest';
import { at, digest, type Fixture, manifestRow } from './fixture.ts';
import { appendEvents, event, hook, putHooks } from './webhook-rows.ts';

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

  describe('the backlog', () => {
    const queues = async (most = 9) => await f.store.read.backlog.queues(most);

    it('is empty at first', async () => {
      const none = { waiting: 0, due: undefined };
      expect(await queues()).toEqual(['events', 'deliveries', 'scans'].map((name) => ({ name, ...none })));
      expect([await f.store.read.backlog.deadDeliveries(), await f.store.read.backlog.damaged(9)]).toEqual([0, 0]);
    });

    it('counts what waits, so far, and says since when the first is due', async () => {
      await putHooks(f, hook('w1'), hook('w2'));
      await appendEvents(f, event('w1', 'e7'), event('w2', 'e5'), event('w1', 'e9', 'e7'));
      await f.push(manifestRow(f.one, 1));
      await f.store.transaction(async (tx) => {
        const payload = '{}';
        for (const [id, seconds] of [
          ['o1', 3],
          ['o2', 2],
        ] as const)
          await tx.outbox.append({ id, time: at(seconds), registryId: 'r1', kind: 'push', payload });
        const scan = { repositoryId: f.one, digest: digest(1), state: 'waiting', failures: 0 } as const;
        await tx.scans.put({ ...scan, requestedAt: at(1), dueAt: at(4) });
      });
      expect(await queues()).toEqual([
        { name: 'events', waiting: 2, due: at(3) },
        { name: 'deliveries', waiting: 2, due: at(5) },
        { name: 'scans', waiting: 1, due: at(4) },
      ]);
      expect((await queues(1)).map(({ waiting }) => waiting)).toEqual([1, 1, 1]);
      expect(await f.store.read.backlog.deadDeliveries()).toBe(0);
      await f.store.transaction(async (tx) => {
        await tx.webhookEvents.claim('w1', { limit: 9 }, at(8), at(99));
        await tx.webhookEvents.settle('e7', { state: 'dead', request: '{}', response: '{}' }, at(9));
      });
      expect(await f.store.read.backlog.deadDeliveries()).toBe(1);
    });

    it('counts what is damaged, blobs and manifests', async () => {
      await f.push(manifestRow(f.one, 1));
      await f.store.transaction(async (tx) => {
        await tx.blobs.link(f.one, { digest: digest(2), size: 10 }, at(1));
        await tx.integrity.markManifest(digest(1), at(2));
        await tx.integrity.markBlob(digest(2), { kind: 'missing', since: at(2) });
      });
      expect(await f.store.read.backlog.damaged(9)).toBe(2);
      await f.store.transaction((tx) => tx.integrity.healBlob(digest(2), 10));
      expect(await f.store.read.backlog.damaged(9)).toBe(1);
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

import { describe, expect, it } from 'vitest';
import { registryRow } from '../test-rows.ts';
import { at, digest, type Fixture, upload } from './fixture.ts';

const GIB = 2 ** 30;
const quota = (name: string, numberOfRegistries: number, capacityPerRegistryInGiB: number, when = 0) => ({
  name,
  numberOfRegistries,
  capacityPerRegistryInGiB,
  createdAt: at(when),
  updatedAt: at(when),
});

export function quotas(f: Fixture): void {
  describe('quotas', () => {
    const S1 = '11111111-0000-4000-8000-000000000001';
    const subscribe = (id: string) =>
      f.store.transaction((tx) => tx.subscriptions.put({ id, displayName: 'One', createdAt: at(0) }));

    it('are one at first, which everybody has: what Azure Stack Hub ships', async () => {
      const { quotas } = f.store.read;
      expect(await quotas.all()).toMatchObject([
        { name: 'Default', numberOfRegistries: 20, capacityPerRegistryInGiB: 100 },
      ]);
      expect(await quotas.ofSubscription(S1)).toEqual(await quotas.find('DEFAULT'));
    });

    it('are changed by name without case, and keep their first spelling', async () => {
      await f.store.transaction((tx) => tx.quotas.put(quota('Large one', 5, 7, 1)));
      await f.store.transaction((tx) => tx.quotas.put(quota('LARGE ONE', 6, 8, 2)));
      expect(await f.store.read.quotas.find('large ONE')).toEqual({
        ...quota('Large one', 6, 8, 1),
        updatedAt: at(2),
      });
      expect((await f.store.read.quotas.all()).map(({ name }) => name)).toEqual(['Default', 'Large one']);
      expect(await f.store.transaction((tx) => tx.quotas.delete('large one'))).toBe(true);
      expect(await f.store.transaction((tx) => tx.quotas.delete('large one'))).toBe(false);
    });

    it('are assigned to subscriptions and taken back', async () => {
      await subscribe(S1);
      await f.store.transaction((tx) => tx.quotas.put(quota('Small', 1, 1)));
      const assign = (name: string | undefined, id = S1) => f.store.transaction((tx) => tx.quotas.assign(id, name));
      expect(await assign('SMALL')).toBe(true);
      expect(await assign('Small', 'nobody')).toBe(false);
      expect((await f.store.read.quotas.ofSubscription(S1.toUpperCase())).name).toBe('Small');
      expect(await f.store.read.quotas.assignedTo('small', 9)).toEqual([S1]);
      expect(await assign('default')).toBe(true);
      expect((await f.store.read.quotas.ofSubscription(S1)).name).toBe('Default');
      expect(await f.store.read.quotas.assignedTo('small', 9)).toEqual([]);
      await assign('Small');
      await assign(undefined);
      expect((await f.store.read.quotas.ofSubscription(S1)).name).toBe('Default');
    });

    it('say where a registry stands, with what uploads have reserved and have not let go', async () => {
      await subscribe(S1);
      const own = registryRow({ id: 'own', name: 'own', subscriptionId: S1 });
      await f.store.transaction(async (tx) => {
        await tx.registries.create(own);
        await tx.quotas.put(quota('Small', 1, 3));
        await tx.quotas.assign(S1, 'Small');
        await tx.blobs.link(f.one, { digest: digest(1), size: 40 }, at(0));
        await tx.reservations.put('u1', 'own', 100, at(10));
        await tx.reservations.put('u2', 'own', 20, at(5));
        await tx.reservations.put('u3', 'r1', 7, at(10));
      });
      const storage = (id: string, second: number) => f.store.read.quotas.storage(id, at(second));
      const site = (used: number, reserved: number) => ({ limit: undefined, used, reserved });
      const small = { quota: 'Small', limit: 3 * GIB, used: 0 };
      expect(await storage('own', 1)).toEqual({ ...small, reserved: 120, site: site(40, 127) });
      expect(await storage('own', 5)).toEqual({ ...small, reserved: 100, site: site(40, 107) });
      expect(await storage('r1', 1)).toMatchObject({ quota: 'Default', limit: 100 * GIB, used: 40, reserved: 7 });
      expect(await storage('nowhere', 1)).toBeUndefined();
      await f.store.transaction(async (tx) => {
        await tx.reservations.put('u1', 'own', 30, at(20));
        expect([await tx.reservations.of('u1'), await tx.reservations.of('none')]).toEqual([30, 0]);
        await tx.reservations.release('u3');
        await tx.quotas.setSiteCapacity(9);
      });
      expect(await storage('own', 12)).toEqual({
        ...small,
        reserved: 30,
        site: { limit: 9 * GIB, used: 40, reserved: 30 },
      });
      expect(await f.store.read.quotas.site(at(12))).toEqual({ limit: 9 * GIB, used: 40, reserved: 30 });
      expect(await f.store.read.quotas.siteCapacity()).toBe(9);
      await f.store.transaction((tx) => tx.quotas.setSiteCapacity(undefined));
      expect(await f.store.read.quotas.siteCapacity()).toBeUndefined();
      expect(await f.store.transaction((tx) => tx.reservations.deleteExpired(at(6), 9))).toBe(1);
      expect(await f.store.transaction((tx) => tx.reservations.deleteExpired(at(99), 9))).toBe(1);
    });

    it.each(['complete', 'delete'] as const)('let go what an upload has reserved with its end: %s', async (end) => {
      const row = upload({ repositoryId: f.one });
      await f.store.transaction(async (tx) => {
        await tx.uploads.insert(row);
        await tx.reservations.put(row.id, 'r1', 50, at(10));
      });
      expect((await f.store.read.quotas.storage('r1', at(1)))?.reserved).toBe(50);
      await f.store.transaction(async (tx) =>
        end === 'delete' ? tx.uploads.delete(row.id) : tx.uploads.complete(row.id, digest(1), at(1)),
      );
      expect((await f.store.read.quotas.storage('r1', at(1)))?.reserved).toBe(0);
    });
  });
}

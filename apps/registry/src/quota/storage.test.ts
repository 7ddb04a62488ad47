import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { at, digest, manifestRow } from '../metadata/suite/fixture.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { Reservation } from './reservation.ts';
import { requireRoom, withinQuota } from './storage.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const registry = registryRow({ id: 'r1', name: 'contoso' });
const refused = (code = 'quota.storage-full') => expect.objectContaining({ code, kind: 'disallowed' });

let store: MetadataStore;
let repository: number;
beforeEach(async () => {
  store = openMemoryMetadataStore();
  await store.migrate();
  repository = await store.transaction(async (tx) => {
    await tx.registries.create(registry);
    await tx.quotas.put({ ...(await tx.quotas.ofSubscription('any')), capacityPerRegistryInGiB: 1 });
    return (await tx.repositories.findOrCreate('r1', 'team/app' as never, at(0))).id;
  });
});
afterEach(() => store.close());

let next = 1;
const link = (size: number) =>
  store.transaction((tx) =>
    withinQuota(tx, registry, at(0), async () => tx.blobs.link(repository, { digest: digest(next++), size }, at(0))),
  );
const used = () => store.read.usage.bytes('r1');

describe('a change', () => {
  it('may fill the quota to its last byte, and not by one more', async () => {
    await link(GIB - 10);
    await expect(link(11)).rejects.toThrow(refused());
    expect(await used()).toBe(GIB - 10);
    await link(10);
    expect(await used()).toBe(GIB);
    await expect(link(1)).rejects.toThrow(refused());
  });

  it('that does not grow is never refused, however full it is', async () => {
    await link(GIB);
    await store.transaction(async (tx) => {
      await tx.quotas.put({ ...(await tx.quotas.ofSubscription('any')), capacityPerRegistryInGiB: 0 });
    });
    const again = (await store.read.blobs.repositoriesLinking('r1', digest(next - 1), {})).length;
    expect(again).toBe(1);
    await store.transaction((tx) =>
      withinQuota(tx, registry, at(0), async () =>
        tx.blobs.link(repository, { digest: digest(next - 1), size: GIB }, at(1)),
      ),
    );
    await store.transaction((tx) =>
      withinQuota(tx, registry, at(0), async () => {
        await tx.blobs.unlink(repository, digest(next - 1), at(2));
      }),
    );
    expect(await used()).toBe(0);
    await expect(link(1)).rejects.toThrow(refused());
  });

  it('leaves the room that others have reserved', async () => {
    await store.transaction((tx) => tx.reservations.put('u', 'r1', GIB - 100, at(60)));
    await link(100);
    await expect(link(1)).rejects.toThrow(refused());
  });

  it('is refused with limit, used, reserved, needed and the largest repositories, and what to do', async () => {
    await link(700 * MIB);
    await store.transaction(async (tx) => {
      await tx.manifests.insert(manifestRow(repository, 9000, { size: 5 }), Buffer.from('m'), []);
      await tx.reservations.put('u', 'r1', 20 * MIB, at(60));
    });
    const error = await link(400 * MIB).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'quota.storage-full',
      message: expect.stringMatching(
        /^The operation is disallowed on this registry.*"contoso".* 1 GiB \(quota "Default"\) and has 700 MiB, uploads under way need 20 MiB; this needs 400 MiB more\. Largest repositories, with this in them: team\/app \(1\.07 GiB\)\. Delete .* operator/,
      ),
      detail: {
        reason: 'StorageQuotaExceeded',
        quota: 'Default',
        limitBytes: GIB,
        usedBytes: 700 * MIB + 5,
        reservedBytes: 20 * MIB,
        neededBytes: 400 * MIB,
        largestRepositories: [{ name: 'team/app', bytes: 1100 * MIB + 5 }],
      },
    });
  });

  it('is refused in all registries when the site is full, without its figures', async () => {
    await store.transaction(async (tx) => {
      await tx.registries.create(registryRow({ id: 'r2', name: 'other' }));
      const other = await tx.repositories.findOrCreate('r2', 'x' as never, at(0));
      await tx.blobs.link(other.id, { digest: digest(5000), size: GIB - 5 }, at(0));
      await tx.quotas.setSiteCapacity(1);
    });
    await link(5);
    const error = await link(1).catch((thrown: unknown) => thrown);
    expect(error).toEqual(refused('quota.site-full'));
    expect((error as Error).message).not.toMatch(/\d/);
    await expect(requireRoom(store.read, registry, 1, at(0))).rejects.toThrow(refused('quota.site-full'));
  });
});

describe('a reservation', () => {
  const clock = new FakeClock(at(0));
  const reserve = (id: string) => new Reservation({ metadata: store, clock, lastsMs: 60_000 }, registry, id);
  const reserved = async () => (await store.read.quotas.storage('r1', clock.now()))?.reserved;

  it('is none for what is small, which is only asked for', async () => {
    const one = reserve('u1');
    await one.begin(0, 4 * MIB);
    expect([one.held, await reserved()]).toEqual([false, 0]);
    await link(GIB - MIB);
    await expect(one.begin(0, 2 * MIB)).rejects.toThrow(refused());
  });

  it('is of just the bytes that were announced, and is not in its own way', async () => {
    const one = reserve('u1');
    await one.begin(0, 600 * MIB);
    expect(await reserved()).toBe(600 * MIB);
    await one.begin(100, 600 * MIB);
    expect(await reserved()).toBe(600 * MIB);
    await expect(reserve('u2').begin(0, 600 * MIB)).rejects.toThrow(refused());
    await one.release();
    await reserve('u2').begin(0, 600 * MIB);
    expect(await reserved()).toBe(600 * MIB);
  });

  it('grows in steps where nobody says how much is coming, and asks no one in between', async () => {
    const one = reserve('u1');
    await one.begin(0, undefined);
    expect(await reserved()).toBe(0);
    expect(one.extend(4 * MIB)).toBeUndefined();
    await one.extend(4 * MIB + 1);
    expect(await reserved()).toBe(68 * MIB + 1);
    expect(one.extend(68 * MIB + 1)).toBeUndefined();
    await one.extend(68 * MIB + 2);
    expect(await reserved()).toBe(132 * MIB + 2);
  });

  it('takes smaller steps near the limit, so that what fits comes in, and what does not is refused', async () => {
    await link(GIB - 10 * MIB);
    const one = reserve('u1');
    await one.begin(0, undefined);
    await one.extend(5 * MIB);
    expect(await reserved()).toBe(7.5 * MIB);
    await one.extend(10 * MIB);
    expect(await reserved()).toBe(10 * MIB);
    await expect(one.extend(10 * MIB + 1)).rejects.toThrow(refused());
    expect(await reserved()).toBe(10 * MIB);
  });

  it('is settled to what the upload has', async () => {
    const one = reserve('u1');
    await one.begin(0, 600 * MIB);
    await store.transaction((tx) => one.settle(tx, 5 * MIB));
    expect(await reserved()).toBe(5 * MIB);
    await reserve('u2').begin(0, 900 * MIB);
    const small = reserve('u3');
    await store.transaction((tx) => small.settle(tx, 1000));
    expect(await reserved()).toBe(905 * MIB);
  });

  const settle = (one: Reservation, bytes: number, next: number) =>
    store.transaction((tx) => one.settle(tx, bytes, next));
  /** Of the same upload, by whom a transaction is refused. */
  const withoutTransactions = (id: string) => {
    const refuses = { read: store.read, transaction: () => Promise.reject(new Error('a transaction')) };
    return new Reservation({ metadata: refuses as unknown as typeof store, clock, lastsMs: 60_000 }, registry, id);
  };

  it('takes room for the chunk that is expected, which then asks for none before it is received', async () => {
    const one = reserve('u1');
    await one.begin(0, 16 * MIB);
    await settle(one, 16 * MIB, 16 * MIB);
    expect(await reserved()).toBe(32 * MIB);
    const two = withoutTransactions('u1');
    await two.begin(16 * MIB, 32 * MIB);
    expect(two.extend(32 * MIB)).toBeUndefined();
    await expect(two.begin(16 * MIB, 32 * MIB + 1)).rejects.toThrow('a transaction');
    await expect(two.extend(32 * MIB + 1)).rejects.toThrow('a transaction');
    await settle(two, 30 * MIB, 0);
    expect(await reserved()).toBe(30 * MIB);
  });

  it('takes it only where it is at most a thirty-second of what is left, and no more than a step', async () => {
    const one = reserve('u1');
    await one.begin(0, 32 * MIB);
    // 992 MiB are left.
    await settle(one, 32 * MIB, 31 * MIB + 1);
    expect(await reserved()).toBe(32 * MIB);
    await settle(one, 32 * MIB, 31 * MIB);
    expect(await reserved()).toBe(63 * MIB);
    await store.transaction((tx) =>
      tx.quotas.put({
        name: 'Default',
        numberOfRegistries: 1,
        capacityPerRegistryInGiB: 10,
        createdAt: at(0),
        updatedAt: at(0),
      }),
    );
    await settle(one, 32 * MIB, 64 * MIB);
    expect(await reserved()).toBe(96 * MIB);
    await settle(one, 32 * MIB, 64 * MIB + 1);
    expect(await reserved()).toBe(32 * MIB);
  });

  it('is renewed before a chunk when half of its time is over', async () => {
    const one = reserve('u1');
    await one.begin(0, 16 * MIB);
    await settle(one, 16 * MIB, 16 * MIB);
    clock.advance(30_000);
    await withoutTransactions('u1').begin(16 * MIB, 32 * MIB);
    clock.advance(1);
    await expect(withoutTransactions('u1').begin(16 * MIB, 32 * MIB)).rejects.toThrow('a transaction');
    await reserve('u1').begin(16 * MIB, 32 * MIB);
    clock.advance(59_000);
    expect(await reserved()).toBe(32 * MIB);
  });

  it('ends by itself, unless it is renewed', async () => {
    const one = reserve('u1');
    await one.begin(0, 100 * MIB);
    clock.advance(50_000);
    await one.renew();
    clock.advance(50_000);
    expect(await reserved()).toBe(100 * MIB);
    clock.advance(10_001);
    expect(await reserved()).toBe(0);
  });

  it('never lets uploads, however they come, have more than there is', async () => {
    const upload = fc.record({ size: fc.integer({ min: 1, max: 700 }), announced: fc.boolean() });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(upload, { minLength: 1, maxLength: 8 }), async (uploads) => {
        run += 1;
        const before = await used();
        const outcomes = await Promise.all(
          uploads.map(async ({ size, announced }, i) => {
            const bytes = size * MIB;
            const one = reserve(`run${run}-${i}`);
            try {
              await one.begin(0, announced ? bytes : undefined);
              for (let end = MIB; !announced && end <= bytes; end += MIB) await one.extend(end);
              await store.transaction(async (tx) => {
                await tx.reservations.release(`run${run}-${i}`);
                const blob = { digest: digest(next++), size: bytes };
                await withinQuota(tx, registry, clock.now(), async () => tx.blobs.link(repository, blob, at(0)));
              });
              return bytes;
            } catch (error) {
              expect(error).toEqual(refused());
              await one.release();
              return 0;
            }
          }),
        );
        const stored = outcomes.reduce((sum, bytes) => sum + bytes, 0);
        expect(await used()).toBe(before + stored);
        expect(await used()).toBeLessThanOrEqual(GIB);
        expect(await reserved()).toBe(0);
        // What alone would have fitted is not kept out by what came to nothing.
        if (uploads.length === 1 && before + (uploads[0]?.size ?? 0) * MIB <= GIB) expect(stored).toBeGreaterThan(0);
        await store.transaction(async (tx) => {
          for (let n = next - 1; n > 0; n--) await tx.blobs.unlink(repository, digest(n), at(1));
        });
      }),
      { numRuns: 40 },
    );
  });
});

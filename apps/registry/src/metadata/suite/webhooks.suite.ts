import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryRow } from '../test-rows.ts';
import { at, digest, type Fixture, layer, manifestRow, repositoryIdOf } from './fixture.ts';
import { webhookEvents } from './webhook-events.suite.ts';
import { appendEvents, event, hook, idsOf, putHooks } from './webhook-rows.ts';

/** Webhooks and what was sent to them. */
export function webhooks(f: Fixture): void {
  describe('webhooks', () => {
    it('are found by name without regard to case, by id, listed by name and counted', async () => {
      await putHooks(f, hook('b'), hook('a'), hook('c', { name: 'aFirst' }));
      const { webhooks: read } = f.store.read;
      expect(await read.find('r1', 'hOOKA')).toEqual(hook('a'));
      expect(await read.find('r2', 'hooka')).toBeUndefined();
      expect(await read.byId('b')).toEqual(hook('b'));
      expect(idsOf(await read.list('r1', {}))).toEqual(['c', 'a', 'b']);
      expect(idsOf(await read.list('r1', { last: 'afirst', limit: 1 }))).toEqual(['a']);
      expect(idsOf(await read.ofRegistries(['r1', 'elsewhere']))).toEqual(['c', 'a', 'b']);
      expect(await read.ofRegistries(['elsewhere'])).toEqual([]);
      expect(await read.count('r1')).toBe(3);
    });

    it('keep name, registry and time of creation when they are put again', async () => {
      await putHooks(f, hook('a'));
      const changed = hook('a', {
        status: 'disabled',
        scope: '',
        actions: '[]',
        tags: '{"a":"b"}',
        sealedTarget: new Uint8Array([9]),
        updatedAt: at(5),
      });
      await putHooks(f, { ...changed, name: 'other', createdAt: at(9) });
      expect(await f.store.read.webhooks.byId('a')).toEqual(changed);
    });

    it('go with their events, one or all of a registry', async () => {
      await f.store.transaction((tx) => tx.registries.create(registryRow({ id: 'r2', name: 'second' })));
      await putHooks(f, hook('a'), hook('b'), hook('c', { registryId: 'r2' }));
      await appendEvents(f, event('a', 'e1'));
      await appendEvents(f, event('b', 'e2'));
      expect(await f.store.transaction((tx) => tx.webhooks.delete('a'))).toBe(true);
      expect(await f.store.transaction((tx) => tx.webhooks.delete('a'))).toBe(false);
      expect(await f.store.read.webhookEvents.list('a', {})).toEqual([]);
      expect(idsOf(await f.store.read.webhookEvents.list('b', {}))).toEqual(['e2']);
      expect(await f.store.transaction((tx) => tx.webhooks.deleteOf('r1'))).toBe(1);
      expect(idsOf(await f.store.read.webhooks.ofRegistries(['r1', 'r2']))).toEqual(['c']);
    });
  });

  webhookEvents(f);
  usageOfRegistries(f);
}

type Step = { repository: 'team/one' | 'team/two' | 'elsewhere'; what: 'blob' | 'manifest'; n: number; add: boolean };

const steps = fc.array(
  fc.record<Step>({
    repository: fc.constantFrom('team/one', 'team/two', 'elsewhere'),
    what: fc.constantFrom('blob', 'manifest'),
    n: fc.integer({ min: 1, max: 4 }),
    add: fc.boolean(),
  }),
  { maxLength: 40 },
);

function usageOfRegistries(f: Fixture): void {
  describe('the usage of a registry', () => {
    it('is nothing before anything is stored', async () => {
      expect(await f.store.read.usage.bytes('r1')).toBe(0);
      expect(await f.store.read.usage.bytes('unknown')).toBe(0);
    });

    it('is what its distinct blobs and manifests have together, whatever comes and goes', async () => {
      await f.store.transaction((tx) => tx.registries.create(registryRow({ id: 'r2', name: 'second' })));
      const elsewhere = await f.store.transaction(
        async (tx) => (await tx.repositories.findOrCreate('r2', 'elsewhere' as never, at(0))).id,
      );
      const id = { 'team/one': f.one, 'team/two': f.two, elsewhere };
      const held = new Map<string, number>();
      const total = (registryId: string) => {
        const distinct = new Map<string, number>();
        for (const [key, size] of held) {
          const [repository, what] = key.split(' ') as [string, string];
          if ((repository === 'elsewhere') === (registryId === 'r2')) distinct.set(what, size);
        }
        return [...distinct.values()].reduce((sum, size) => sum + size, 0);
      };
      await fc.assert(
        fc.asyncProperty(steps, async (given) => {
          for (const { repository, what, n, add } of given) {
            const size = what === 'blob' ? 10 ** n : 3 * 10 ** (n + 4);
            const key = `${repository} ${what}${n}`;
            await f.store.transaction(async (tx) => {
              const at0 = at(0);
              if (what === 'blob' && add) await tx.blobs.link(id[repository], { digest: digest(n), size }, at0);
              if (what === 'blob' && !add) await tx.blobs.unlink(id[repository], digest(n), at0);
              const row = manifestRow(id[repository], 100 + n, { size });
              if (what === 'manifest' && add) await tx.manifests.insert(row, Buffer.from(`m${n}`), [layer(n)]);
              if (what === 'manifest' && !add) await tx.manifests.delete(id[repository], digest(100 + n), at0);
            });
            if (add) held.set(key, size);
            else held.delete(key);
            expect(await f.store.read.usage.bytes('r1')).toBe(total('r1'));
            expect(await f.store.read.usage.bytes('r2')).toBe(total('r2'));
          }
        }),
        { numRuns: 25 },
      );
    });

    it('falls when the sweeper takes what no manifest names', async () => {
      await f.store.transaction((tx) => tx.blobs.link(f.one, { digest: digest(1), size: 700 }, at(0)));
      expect(await f.store.read.usage.bytes('r1')).toBe(700);
      await f.store.transaction((tx) => tx.blobs.unlinkUnreferenced(at(10), 9, at(10)));
      expect(await f.store.read.usage.bytes('r1')).toBe(0);
      const repository = await f.store.transaction((tx) => repositoryIdOf(tx, 'team/one'));
      expect(repository).toBe(f.one);
    });
  });
}

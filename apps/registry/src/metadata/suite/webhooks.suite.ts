import { describe, expect, it } from 'vitest';
import { registryRow } from '../test-rows.ts';
import type { Fixture } from './fixture.ts';
import { at } from './fixture.ts';
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
}

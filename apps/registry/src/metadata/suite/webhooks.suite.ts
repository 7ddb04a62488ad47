import { describe, expect, it } from 'vitest';
import { registryRow } from '../test-rows.ts';
import type { WebhookRow } from '../webhooks.ts';
import { at, type Fixture, registry } from './fixture.ts';

const hook = (id: string, more: Partial<WebhookRow> = {}): WebhookRow => ({
  id,
  registryId: registry.id,
  name: `Hook${id}`,
  location: 'local',
  status: 'enabled',
  scope: 'team/one:*',
  actions: '["push"]',
  tags: '{}',
  sealedTarget: new Uint8Array([1, 2, 3]),
  createdAt: at(1),
  updatedAt: at(1),
  ...more,
});

/** Webhooks and what was sent to them. */
export function webhooks(f: Fixture): void {
  const put = (...rows: WebhookRow[]) =>
    f.store.transaction(async (tx) => {
      for (const row of rows) await tx.webhooks.put(row);
    });
  const append = (webhookId: string, ...ids: string[]) =>
    f.store.transaction(async (tx) => {
      for (const id of ids) {
        const createdAt = at(Number(id.replace(/\D/g, '')));
        await tx.webhookEvents.append({ id, webhookId, action: 'push', content: `content of ${id}`, createdAt });
      }
    });
  const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);

  describe('webhooks', () => {
    it('are found by name without regard to case, by id, listed by name and counted', async () => {
      await put(hook('b'), hook('a'), hook('c', { name: 'aFirst' }));
      const { webhooks: read } = f.store.read;
      expect(await read.find('r1', 'hOOKA')).toEqual(hook('a'));
      expect(await read.find('r2', 'hooka')).toBeUndefined();
      expect(await read.byId('b')).toEqual(hook('b'));
      expect(ids(await read.list('r1', {}))).toEqual(['c', 'a', 'b']);
      expect(ids(await read.list('r1', { last: 'afirst', limit: 1 }))).toEqual(['a']);
      expect(ids(await read.ofRegistries(['r1', 'elsewhere']))).toEqual(['c', 'a', 'b']);
      expect(await read.ofRegistries(['elsewhere'])).toEqual([]);
      expect(await read.count('r1')).toBe(3);
    });

    it('keep name, registry and time of creation when they are put again', async () => {
      await put(hook('a'));
      const changed = hook('a', {
        status: 'disabled',
        scope: '',
        actions: '[]',
        tags: '{"a":"b"}',
        sealedTarget: new Uint8Array([9]),
        updatedAt: at(5),
      });
      await put({ ...changed, name: 'other', createdAt: at(9) });
      expect(await f.store.read.webhooks.byId('a')).toEqual(changed);
    });

    it('go with their events, one or all of a registry', async () => {
      await f.store.transaction((tx) => tx.registries.create(registryRow({ id: 'r2', name: 'second' })));
      await put(hook('a'), hook('b'), hook('c', { registryId: 'r2' }));
      await append('a', 'e1');
      await append('b', 'e2');
      expect(await f.store.transaction((tx) => tx.webhooks.delete('a'))).toBe(true);
      expect(await f.store.transaction((tx) => tx.webhooks.delete('a'))).toBe(false);
      expect(await f.store.read.webhookEvents.list('a', {})).toEqual([]);
      expect(ids(await f.store.read.webhookEvents.list('b', {}))).toEqual(['e2']);
      expect(await f.store.transaction((tx) => tx.webhooks.deleteOf('r1'))).toBe(1);
      expect(ids(await f.store.read.webhooks.ofRegistries(['r1', 'r2']))).toEqual(['c']);
    });
  });

  describe('events of webhooks', () => {
    const claim = (webhookId: string, seconds: number, limit: number) =>
      f.store.transaction((tx) => tx.webhookEvents.claim(webhookId, at(seconds), at(seconds + 60), limit));

    it('are claimed oldest first, each by one holder until its lease ends, with the attempts counted', async () => {
      await put(hook('a'), hook('b'));
      await append('a', 'e1', 'e2', 'e3');
      await append('b', 'e4');
      expect(ids(await claim('a', 0, 2))).toEqual(['e1', 'e2']);
      expect(ids(await claim('a', 1, 2))).toEqual(['e3']);
      expect(await claim('a', 2, 2)).toEqual([]);
      const again = await claim('a', 60, 9);
      expect(again.map(({ id, attempts, content }) => [id, attempts, content])).toEqual([
        ['e1', 2, 'content of e1'],
        ['e2', 2, 'content of e2'],
      ]);
    });

    it('are not pending any more once they are finished, and say what became of them', async () => {
      await put(hook('a'));
      await append('a', 'e1', 'e2');
      await claim('a', 0, 1);
      const result = { request: '{"method":"POST"}', response: '{"statusCode":"200"}' };
      expect(await f.store.transaction((tx) => tx.webhookEvents.finish('e1', result))).toBe(true);
      expect(await f.store.transaction((tx) => tx.webhookEvents.finish('gone', result))).toBe(false);
      expect(ids(await claim('a', 3600, 9))).toEqual(['e2']);
      const [newest, oldest] = await f.store.read.webhookEvents.list('a', {});
      expect(newest).toMatchObject({ id: 'e2', request: undefined, response: undefined });
      expect(oldest).toMatchObject({ id: 'e1', attempts: 1, createdAt: at(1), ...result });
    });

    it('tell which webhooks wait, one after the other', async () => {
      await put(hook('a'), hook('b'), hook('c'));
      await append('c', 'e1');
      await append('a', 'e2', 'e3');
      await append('b', 'e4');
      await claim('b', 0, 1);
      await f.store.transaction((tx) => tx.webhookEvents.finish('e4', { request: '', response: '' }));
      const { webhookEvents } = f.store.read;
      expect(await webhookEvents.nextPending('')).toBe('a');
      expect(await webhookEvents.nextPending('a')).toBe('c');
      expect(await webhookEvents.nextPending('c')).toBeUndefined();
    });

    it('come in pages, newest first', async () => {
      await put(hook('a'));
      await append('a', 'e1', 'e2', 'e3');
      const { webhookEvents } = f.store.read;
      expect(ids(await webhookEvents.list('a', { limit: 2 }))).toEqual(['e3', 'e2']);
      expect(ids(await webhookEvents.list('a', { last: 'e2' }))).toEqual(['e1']);
      expect(await webhookEvents.list('a', { last: 'gone' })).toEqual([]);
    });

    it('are bounded in number and in age', async () => {
      await put(hook('a'), hook('b'));
      await append('a', 'e1', 'e2', 'e3', 'e4', 'e6');
      await append('b', 'e5');
      const trim = (which: 'pending' | 'done', keep: number) =>
        f.store.transaction((tx) => tx.webhookEvents.trim('a', which, keep));
      expect(await trim('pending', 5)).toBe(0);
      expect(await trim('done', 0)).toBe(0);
      expect(await trim('pending', 4)).toBe(1);
      await f.store.transaction((tx) => tx.webhookEvents.finish('e6', { request: '', response: '' }));
      expect(await trim('done', 1)).toBe(0);
      expect(await trim('done', 0)).toBe(1);
      expect(ids(await f.store.read.webhookEvents.list('a', {}))).toEqual(['e4', 'e3', 'e2']);
      expect(await f.store.transaction((tx) => tx.webhookEvents.deleteBefore(at(4), 1))).toBe(1);
      expect(await f.store.transaction((tx) => tx.webhookEvents.deleteBefore(at(4), 9))).toBe(1);
      expect(ids(await f.store.read.webhookEvents.list('a', {}))).toEqual(['e4']);
      expect(ids(await f.store.read.webhookEvents.list('b', {}))).toEqual(['e5']);
    });
  });
}

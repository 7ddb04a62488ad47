import { describe, expect, it } from 'vitest';
import type { WebhookEventOutcome } from '../webhooks.ts';
import { at, type Fixture } from './fixture.ts';
import { appendEvents, event, hook, idsOf, putHooks } from './webhook-rows.ts';

const told = { request: '{"method":"POST"}', response: '{"statusCode":"200"}' };
const done: WebhookEventOutcome = { state: 'done', ...told };
const dead: WebhookEventOutcome = { state: 'dead', ...told };

/** What is sent to webhooks, and in which order. */
export function webhookEvents(f: Fixture): void {
  const claim = (webhookId: string, seconds: number, limit = 9, pings = false) =>
    f.store.transaction((tx) => tx.webhookEvents.claim(webhookId, { limit, pings }, at(seconds), at(seconds + 60)));
  const settle = (id: string, outcome: WebhookEventOutcome, seconds: number) =>
    f.store.transaction((tx) => tx.webhookEvents.settle(id, outcome, at(seconds)));
  const replay = (which: { id: string } | { dead: number }, seconds: number) =>
    f.store.transaction((tx) => tx.webhookEvents.replay('a', which, at(seconds), at(seconds + 86_400)));
  const list = async (webhookId = 'a') => f.store.read.webhookEvents.list(webhookId, {});
  const states = async () => (await list()).map(({ id, state }) => `${id} ${state}`);

  describe('events of webhooks', () => {
    it('are claimed by whoever comes first, until the lease ends, with the attempts counted', async () => {
      await putHooks(f, hook('a'), hook('b'));
      await appendEvents(f, event('a', 'e1'), event('a', 'e2'), event('a', 'e3'), event('b', 'e4'));
      expect(idsOf(await claim('a', 5, 2))).toEqual(['e1', 'e2']);
      expect(idsOf(await claim('a', 6))).toEqual(['e3']);
      expect(await claim('a', 7)).toEqual([]);
      const again = await claim('a', 65);
      expect(again.map(({ id, attempts, content, dueAt }) => [id, attempts, content, dueAt])).toEqual([
        ['e1', 2, 'content of e1', at(125)],
        ['e2', 2, 'content of e2', at(125)],
      ]);
    });

    it('are not due before their time', async () => {
      await putHooks(f, hook('a'));
      await appendEvents(f, event('a', 'e5'));
      expect(await claim('a', 4)).toEqual([]);
      expect(idsOf(await claim('a', 5))).toEqual(['e5']);
      expect(await settle('e5', { state: 'waiting', dueAt: at(30), ...told }, 6)).toBe(true);
      expect(await claim('a', 29)).toEqual([]);
      expect((await claim('a', 30))[0]).toMatchObject({ id: 'e5', attempts: 2, ...told });
    });

    it('of one subject come one after the other, whatever becomes of them; other subjects and webhooks go on', async () => {
      await putHooks(f, hook('a'), hook('b'));
      const [one, two, three] = [event('a', 'e1', 'app'), event('a', 'e2', 'app'), event('a', 'e3', 'app')];
      await appendEvents(f, one, two, event('a', 'e4', 'other'), event('b', 'e5', 'app'), three);
      expect(idsOf(await claim('a', 9))).toEqual(['e1', 'e4']);
      expect(idsOf(await claim('b', 9))).toEqual(['e5']);
      await settle('e1', { state: 'waiting', dueAt: at(20), ...told }, 10);
      expect(await claim('a', 15)).toEqual([]);
      expect(idsOf(await claim('a', 20))).toEqual(['e1']);
      await settle('e1', dead, 21);
      expect(idsOf(await claim('a', 21))).toEqual(['e2']);
      await settle('e2', done, 22);
      expect(idsOf(await claim('a', 22))).toEqual(['e3']);
      await settle('e3', done, 23);
      await appendEvents(f, event('a', 'e6', 'app'));
      expect(idsOf(await claim('a', 23))).toEqual(['e6']);
    });

    it('say what became of them once they are over, and are over once', async () => {
      await putHooks(f, hook('a'));
      await appendEvents(f, event('a', 'e1'), event('a', 'e2'));
      await claim('a', 9, 1);
      expect(await settle('e1', done, 9)).toBe(true);
      expect(await settle('e1', dead, 9)).toBe(false);
      expect(await settle('gone', done, 9)).toBe(false);
      const [newest, oldest] = await list();
      expect(newest).toMatchObject({ id: 'e2', state: 'waiting', dueAt: at(2), request: undefined });
      expect(oldest).toMatchObject({
        id: 'e1',
        state: 'done',
        attempts: 1,
        createdAt: at(1),
        dueAt: undefined,
        ...told,
      });
    });

    it('tell which webhooks wait and when the first event is due, one webhook after the other', async () => {
      await putHooks(f, hook('a'), hook('b'), hook('c'));
      await appendEvents(f, event('c', 'e1'), event('a', 'e2'), event('a', 'e3'), event('b', 'e4'));
      await settle('e4', done, 9);
      await settle('e2', { state: 'waiting', dueAt: at(7), ...told }, 9);
      const read = f.store.read.webhookEvents;
      expect(await read.nextDue('')).toEqual({ webhookId: 'a', dueAt: at(3) });
      expect(await read.nextDue('a')).toEqual({ webhookId: 'c', dueAt: at(1) });
      expect(await read.nextDue('c')).toBeUndefined();
    });

    it('that are pings can be told from the others, and claimed alone', async () => {
      await putHooks(f, hook('a'), hook('b'));
      await appendEvents(f, event('a', 'e1'), { ...event('a', 'e5'), action: 'ping' }, event('b', 'e2'));
      const read = f.store.read.webhookEvents;
      expect([await read.pingIsDue('a', at(4)), await read.pingIsDue('a', at(5))]).toEqual([false, true]);
      expect(await read.pingIsDue('b', at(5))).toBe(false);
      expect(idsOf(await claim('a', 5, 9, true))).toEqual(['e5']);
      expect(await read.pingIsDue('a', at(5))).toBe(false);
      expect(idsOf(await claim('a', 5))).toEqual(['e1']);
    });

    it('come in pages, newest first', async () => {
      await putHooks(f, hook('a'));
      await appendEvents(f, event('a', 'e1'), event('a', 'e2'), event('a', 'e3'));
      const read = f.store.read.webhookEvents;
      expect(idsOf(await read.list('a', { limit: 2 }))).toEqual(['e3', 'e2']);
      expect(idsOf(await read.list('a', { last: 'e2' }))).toEqual(['e1']);
      expect(await read.list('a', { last: 'gone' })).toEqual([]);
    });

    it('are replayed with their ids: one that is over, or the dead ones, oldest first', async () => {
      await putHooks(f, hook('a'), hook('b'));
      await appendEvents(
        f,
        event('a', 'e1', 'app'),
        event('a', 'e2', 'app'),
        event('a', 'e3', 'app'),
        event('b', 'e4'),
      );
      for (const id of ['e1', 'e2']) await settle(id, dead, 9);
      await settle('e3', done, 9);
      expect(await replay({ id: 'e4' }, 10)).toBe(0); // another webhook's
      expect(await replay({ id: 'e3' }, 10)).toBe(1);
      expect(await replay({ id: 'e3' }, 10)).toBe(0); // it waits already
      expect(await replay({ dead: 1 }, 10)).toBe(1);
      expect(await states()).toEqual(['e3 waiting', 'e2 dead', 'e1 waiting']);
      expect(await replay({ dead: 9 }, 10)).toBe(1);
      const order: string[] = [];
      for (let second = 11; second < 20; second++) {
        for (const { id, giveUpAt } of await claim('a', second)) {
          order.push(id);
          expect(giveUpAt).toEqual(at(10 + 86_400));
          await settle(id, done, second);
        }
      }
      expect(order).toEqual(['e3', 'e1', 'e2']); // e3 was due when the others came
    });

    it('are bounded in number and in age; nothing that waits is forgotten', async () => {
      await putHooks(f, hook('a'), hook('b'));
      await appendEvents(f, ...['e1', 'e2', 'e3', 'e4'].map((id) => event('a', id, 'app')), event('b', 'e5'));
      const trim = (which: 'done' | 'dead', keep: number) =>
        f.store.transaction((tx) => tx.webhookEvents.trim('a', which, keep));
      const forget = (seconds: number, limit: number) =>
        f.store.transaction((tx) => tx.webhookEvents.deleteBefore(at(seconds), limit));
      expect(await trim('done', 0)).toBe(0);
      expect(await forget(100, 9)).toBe(0);
      for (const id of ['e1', 'e2']) await settle(id, done, 9);
      await settle('e3', dead, 9);
      expect(await trim('done', 2)).toBe(0);
      expect(await trim('done', 1)).toBe(1);
      expect(await trim('dead', 0)).toBe(1);
      expect(await states()).toEqual(['e4 waiting', 'e2 done']);
      expect(await forget(100, 9)).toBe(1);
      expect(await states()).toEqual(['e4 waiting']);
      expect(idsOf(await list('b'))).toEqual(['e5']);
    });

    it('that are too many are given up, oldest first, and those behind them go on', async () => {
      await putHooks(f, hook('a'));
      await appendEvents(f, ...['e1', 'e2', 'e3', 'e4'].map((id) => event('a', id, 'app')));
      const giveUp = (keep: number, limit: number) =>
        f.store.transaction((tx) => tx.webhookEvents.giveUpOldest('a', keep, limit, '{"why":"many"}', at(9)));
      expect(await giveUp(4, 9)).toBe(0);
      expect(await giveUp(1, 2)).toBe(2);
      expect(await states()).toEqual(['e4 waiting', 'e3 waiting', 'e2 dead', 'e1 dead']);
      expect((await list())[3]?.response).toBe('{"why":"many"}');
      expect(idsOf(await claim('a', 9))).toEqual(['e3']);
    });
  });
}

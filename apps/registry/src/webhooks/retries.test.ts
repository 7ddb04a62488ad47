import { describe, expect, it } from 'vitest';
import { DeliveryBench } from './test-delivery.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function bench(work: (b: DeliveryBench) => Promise<void>): Promise<void> {
  const b = await DeliveryBench.open();
  try {
    await work(b);
    expect(b.problems).toEqual([]);
  } finally {
    await b.close();
  }
}

describe('a receiver that is down for an hour', () => {
  it('hears of everything, in order for each repository, under the ids of the first attempts', () =>
    bench(async (b) => {
      await b.hook('down');
      b.receivers.set('down', () => 'unreachable');
      for (let minute = 0; minute < 60; minute++) {
        await b.push(`app${minute % 7}`, `v${minute}`);
        await b.run(MINUTE, MINUTE);
      }
      expect(b.told('down')).toEqual([]);
      const ids = (await b.events('down')).map(({ id }) => id);
      b.receivers.set('down', () => 200);
      await b.run(6 * MINUTE, 1000);
      const told = b.told('down');
      expect(told).toHaveLength(60);
      for (let app = 0; app < 7; app++) {
        const versions = told.filter(({ repository }) => repository === `app${app}`).map(({ tag }) => tag);
        expect(versions).toEqual(Array.from({ length: versions.length }, (_, n) => `v${app + 7 * n}`));
      }
      expect(new Set(told.map(({ id }) => id))).toEqual(new Set(ids));
    }));

  it('is asked a few dozen times, however much waits for it', () =>
    bench(async (b) => {
      await b.hook('down');
      b.receivers.set('down', () => 'unreachable');
      for (let n = 0; n < 200; n++) await b.push(`app${n}`, 'v1');
      await b.run(HOUR, 1000);
      expect(b.asked('down')).toBeGreaterThan(10);
      expect(b.asked('down')).toBeLessThan(40);
    }));

  it('delays nobody else', () =>
    bench(async (b) => {
      await b.hook('down');
      await b.hook('up');
      b.receivers.set('down', () => 'unreachable');
      for (let n = 0; n < 20; n++) {
        await b.push('app', `v${n}`);
        await b.run(1000, 200);
        expect(b.told('up')).toHaveLength(n + 1);
      }
    }));
});

describe('an event that is refused', () => {
  it('holds up the later ones of its repository, and no others', () =>
    bench(async (b) => {
      await b.hook('picky');
      b.receivers.set('picky', ({ repository, tag }) => (repository === 'app' && tag === 'bad' ? 400 : 200));
      await b.push('app', 'good');
      await b.push('app', 'bad');
      await b.push('app', 'later');
      await b.push('other', 'v1');
      await b.run(10 * MINUTE, 1000);
      expect(b.told('picky').map(({ tag }) => tag)).toEqual(['good', 'v1']);
      b.receivers.set('picky', () => 200);
      await b.run(6 * MINUTE, 1000);
      expect(b.told('picky').map(({ tag }) => tag)).toEqual(['good', 'v1', 'bad', 'later']);
    }));

  it('is tried for a day at least, then is dead and says why; the next one has its turn', () =>
    bench(async (b) => {
      await b.hook('picky');
      b.receivers.set('picky', ({ tag }) => (tag === 'bad' ? 404 : 200));
      await b.push('app', 'bad');
      await b.push('app', 'later');
      await b.run(24 * HOUR - MINUTE, MINUTE);
      expect((await b.events('picky')).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
      await b.run(10 * MINUTE, MINUTE);
      const [later, bad] = await b.events('picky');
      expect([later?.state, bad?.state]).toEqual(['done', 'dead']);
      expect(bad?.attempts).toBeGreaterThan(200);
      expect(JSON.parse(bad?.response ?? '{}')).toMatchObject({ statusCode: '404' });
      expect(b.dead).toBe(1);
    }));

  it('does not keep a ping waiting, whose answer ends the waiting of all others that are due', () =>
    bench(async (b) => {
      await b.hook('down');
      b.receivers.set('down', () => 'unreachable');
      for (let n = 0; n < 10; n++) await b.push(`app${n}`, 'v1');
      await b.run(10 * MINUTE, 1000);
      b.receivers.set('down', () => 200);
      await b.ping('down');
      await b.run(200, 200);
      expect(b.told('down').length).toBeGreaterThan(1);
      expect((await b.events('down'))[0]).toMatchObject({ action: 'ping', state: 'done', attempts: 1 });
    }));

  it('as a ping is over at once: it asked how things are now', () =>
    bench(async (b) => {
      await b.hook('down');
      b.receivers.set('down', () => 503);
      await b.ping('down');
      await b.run(1000, 200);
      expect(await b.events('down')).toMatchObject([{ state: 'done', attempts: 1 }]);
    }));
});

describe('dead events', () => {
  it('are sent again when they are replayed, under their ids, and have another day', () =>
    bench(async (b) => {
      await b.hook('down');
      b.receivers.set('down', () => 404);
      for (const tag of ['v1', 'v2']) await b.push('app', tag);
      await b.run(25 * HOUR, 5 * MINUTE);
      const dead = await b.events('down');
      expect(dead.map(({ state }) => state)).toEqual(['dead', 'dead']);
      await b.replayDead('down');
      await b.run(HOUR, MINUTE);
      expect((await b.events('down')).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
      b.receivers.set('down', () => 200);
      await b.run(6 * MINUTE, 1000);
      expect(b.told('down').map(({ id, tag }) => [id, tag])).toEqual([
        [dead[1]?.id, 'v1'],
        [dead[0]?.id, 'v2'],
      ]);
    }));
});

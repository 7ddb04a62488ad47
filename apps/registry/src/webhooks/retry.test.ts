import { describe, expect, it } from 'vitest';
import { systemIds } from '../platform/ids.ts';
import { Receivers, retryDelay, TRIED_MS } from './retry.ts';

const always = (byte: number) => ({ bytes: (length: number) => Buffer.alloc(length, byte) });

describe('the time until the next attempt', () => {
  it('doubles from a second to five minutes, and no further', () => {
    const delays = [1, 2, 3, 9, 10, 1000].map((failures) => retryDelay(failures, always(0)));
    expect(delays).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
  });

  it('is up to half shorter by chance', () => {
    expect(retryDelay(3, always(0xff))).toBe(2000);
    const several = Array.from({ length: 50 }, () => retryDelay(10, systemIds));
    expect(Math.min(...several)).toBeGreaterThanOrEqual(150_000);
    expect(new Set(several).size).toBeGreaterThan(40);
  });

  it('lets an event have hundreds of attempts in its day, not thousands', () => {
    let attempts = 0;
    for (let time = 0; time < TRIED_MS; attempts++) time += retryDelay(attempts + 1, always(0x80));
    expect(attempts).toBeGreaterThan(200);
    expect(attempts).toBeLessThan(600);
  });
});

describe('a receiver that is down', () => {
  const at = (ms: number) => new Date(ms);

  it('is left in peace for longer each time, then gets one event at a time, until it answers', () => {
    const receivers = new Receivers(always(0));
    const room = (ms: number) => receivers.room('a', at(ms), 4);
    expect(room(0)).toBe(4);
    receivers.down('a', at(0));
    receivers.down('a', at(10)); // was under way together with the first
    expect([room(999), room(1000)]).toEqual([0, 1]);
    receivers.down('a', at(1000));
    expect([room(2999), room(3000)]).toEqual([0, 1]);
    expect(receivers.room('b', at(1500), 4)).toBe(4);
    receivers.answered('a');
    expect(room(3000)).toBe(4);
  });
});

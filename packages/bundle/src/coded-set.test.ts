import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSet, encodeSet } from './coded-set.ts';

const salt = Buffer.from('0123456789abcdef');

describe('a coded set', () => {
  it('has every key that was put in, whatever the keys are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string(), { maxLength: 200 }),
        fc.integer({ min: 20, max: 40 }),
        async (keys, bits) => {
          const set = decodeSet(await encodeSet(keys, salt, bits));
          expect(keys.every((key) => set.has(key))).toBe(true);
        },
      ),
    );
  });

  // 2^-35 cannot be counted. That it is 2^-bits can be, where bits are few, within 4.5 standard deviations, which an honest set
  // leaves in one of 150,000 counts. It is a little less, since some of its own keys fall on each other.
  it.each([
    { bits: 4, keys: 3000, asked: 200_000 },
    { bits: 8, keys: 3000, asked: 200_000 },
    { bits: 12, keys: 1, asked: 400_000 },
    { bits: 12, keys: 3000, asked: 400_000 },
    { bits: 10, keys: 20_000, asked: 200_000 },
  ])('of $keys keys has others with the probability 2^-$bits', { timeout: 60_000 }, async ({ bits, keys, asked }) => {
    const inside = Array.from({ length: keys }, (_, i) => `team/app-${i % 50}@in-${i}`);
    const set = decodeSet(await encodeSet(inside, Buffer.from(`salt ${bits} ${keys}`), bits));
    let wrong = 0;
    for (let i = 0; i < asked; i++) if (set.has(`team/app-${i % 50}@out-${i}`)) wrong++;
    const expected = asked * -Math.expm1(-(2 ** -bits));
    expect(Math.abs(wrong - expected)).toBeLessThan(4.5 * Math.sqrt(expected));
  });

  it('is another one with another salt, so what one receipt takes for there the next does not', async () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `in-${i}`);
    const wrong = async (salted: string) => {
      const set = decodeSet(await encodeSet(keys, Buffer.from(salted), 8));
      return Array.from({ length: 100_000 }, (_, i) => i).filter((i) => set.has(`out-${i}`));
    };
    const one = new Set(await wrong('one'));
    expect(one.size).toBeGreaterThan(300);
    expect((await wrong('other')).filter((i) => one.has(i)).length).toBeLessThan(20); // 100,000 · 2^-16 = 1.5
  });

  it('is empty when nothing is in it', async () => {
    expect(decodeSet(await encodeSet([], salt, 35)).has('a')).toBe(false);
  });

  // Receipts that other versions wrote are read: the bytes stay.
  it('is these bytes', async () => {
    const { count, data } = await encodeSet(['a', 'b', 'c', 'a'], salt, 35);
    expect([count, data.toString('hex')]).toEqual([3, '8e815306d1ad1a0ebf0e89484c48']);
  });

  it('lets others have a turn every few keys, and again while it is written', async () => {
    let turns = 0;
    const keys = Array.from({ length: 10_000 }, (_, i) => `k${i}`);
    await encodeSet(keys, salt, 35, async () => void turns++);
    expect(turns).toBeGreaterThan(9 + 256 + 255);
  });

  it('that is cut short is refused', async () => {
    const set = await encodeSet(['a', 'b', 'c'], salt, 35);
    expect(() => decodeSet({ ...set, data: set.data.subarray(0, 9) })).toThrow(/too early/);
    expect(() => decodeSet({ ...set, count: 2 ** 40 })).toThrow(/too early/);
  });
});

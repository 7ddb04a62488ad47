import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSet, encodeSet } from './coded-set.ts';

const salt = Buffer.from('0123456789abcdef');

describe('a coded set', () => {
  it('has every key that was put in, whatever the keys are', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 200 }), fc.integer({ min: 20, max: 40 }), (keys, bits) => {
        const set = decodeSet(encodeSet(keys, salt, bits));
        expect(keys.every((key) => set.has(key))).toBe(true);
      }),
    );
  });

  it('has other keys about as often as its bits say', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `in-${i}`);
    const set = decodeSet(encodeSet(keys, salt, 10)); // 2^-10: often enough to be counted
    let wrong = 0;
    for (let i = 0; i < 200_000; i++) if (set.has(`out-${i}`)) wrong++;
    expect(wrong / 200_000).toBeGreaterThan(2 ** -10 / 1.5);
    expect(wrong / 200_000).toBeLessThan(2 ** -10 * 1.5);
  });

  it('is empty when nothing is in it', () => {
    expect(decodeSet(encodeSet([], salt, 35)).has('a')).toBe(false);
  });

  it('that is cut short is refused', () => {
    const set = encodeSet(['a', 'b', 'c'], salt, 35);
    expect(() => decodeSet({ ...set, data: set.data.subarray(0, 9) })).toThrow(/too early/);
  });
});

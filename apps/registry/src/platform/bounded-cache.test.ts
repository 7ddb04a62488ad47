import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

describe('a bounded cache', () => {
  it('keeps what is used and forgets what is not', () => {
    const cache = new BoundedCache<number>(4);
    cache.set('hot', 1);
    for (let i = 0; i < 100; i++) {
      cache.set(`cold-${i}`, i);
      expect(cache.get('hot')).toBe(1);
    }
    expect(cache.get('cold-99')).toBe(99);
    expect(cache.get('cold-90')).toBeUndefined();
  });

  it('never holds more than its limit nor answers anything but the last value', () => {
    const operation = fc.tuple(fc.constantFrom('get', 'set', 'delete'), fc.constantFrom(...'abcdefghij'), fc.nat());
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.array(operation, { maxLength: 60 }), (limit, operations) => {
        const cache = new BoundedCache<number>(limit);
        const model = new Map<string, number>();
        for (const [kind, key, value] of operations) {
          if (kind === 'set') {
            cache.set(key, value);
            model.set(key, value);
            expect(cache.get(key)).toBe(value);
          } else if (kind === 'delete') {
            cache.delete(key);
            model.delete(key);
          }
          expect([undefined, model.get(key)]).toContain(cache.get(key));
          expect(cache.size).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});

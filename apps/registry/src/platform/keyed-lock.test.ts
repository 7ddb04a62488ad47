import { expect, it } from 'vitest';
import { KeyedLock } from './keyed-lock.ts';

it('forgets a key when its last holder lets go, whether it failed or not', async () => {
  const locks = new KeyedLock();
  const holders = Array.from({ length: 30 }, (_, i) =>
    locks.hold(`key ${i % 3}`, async () => {
      if (i % 2) throw new Error('failed holder');
    }),
  );
  expect(locks.size).toBe(3);
  await Promise.allSettled(holders);
  expect(locks.size).toBe(0);
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Readers } from './readers.ts';

describe('downloads that read in threads', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const MiB = 1024 * 1024;
  const LARGE = 2 * MiB;

  /** Those that were let in, in their order: capitals read large pieces. */
  function enterAll(readers: Readers, names: string): string[] {
    const entered: string[] = [];
    for (const name of names) void Promise.resolve(readers.enter(sizeOf(name), true)).then(() => entered.push(name));
    return entered;
  }
  const sizeOf = (name: string) => (name === name.toUpperCase() ? LARGE : MiB / 2);

  it('are two at a time with large pieces, first come, first served', async () => {
    const readers = new Readers();
    const entered = enterAll(readers, 'ABCDE');
    await vi.advanceTimersByTimeAsync(0);
    expect([entered.join(''), readers.running]).toEqual(['AB', 2]);
    for (const so of ['ABC', 'ABCD', 'ABCDE']) {
      readers.leave(LARGE);
      await vi.advanceTimersByTimeAsync(4); // never for so long that nobody left
      expect([entered.join(''), readers.running]).toEqual([so, 2]);
    }
    for (const left of [1, 0]) {
      readers.leave(LARGE);
      expect(readers.running).toBe(left);
    }
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1); // the last watch, which finds nobody
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are three with small ones, and nobody overtakes who waits for more room', async () => {
    const readers = new Readers();
    const entered = enterAll(readers, 'abAcBd');
    await vi.advanceTimersByTimeAsync(0);
    expect(entered.join('')).toBe('abA');
    readers.leave(sizeOf('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(entered.join('')).toBe('abAc');
    readers.leave(sizeOf('b'));
    void Promise.resolve(readers.enter(sizeOf('e'), true)).then(() => entered.push('e'));
    await vi.advanceTimersByTimeAsync(1);
    expect([entered.join(''), readers.running]).toEqual(['abAc', 2]); // B has no room beside A and c; d and e came later
    readers.leave(sizeOf('c'));
    await vi.advanceTimersByTimeAsync(0);
    expect(entered.join('')).toBe('abAcB'); // just as much as there may be
    readers.leave(sizeOf('A'));
    await vi.advanceTimersByTimeAsync(0);
    expect([entered.join(''), readers.running]).toEqual(['abAcBde', 3]);
  });

  it('are one more each 5 ms in which none has ended: they wait for a disk', async () => {
    const readers = new Readers();
    const entered = enterAll(readers, 'ABCDEF');
    for (const [ms, so] of [
      [4, 'AB'],
      [1, 'ABC'],
      [5, 'ABCD'],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms);
      expect(entered.join('')).toBe(so);
    }
    readers.leave(LARGE); // of four: nobody takes its place until there are fewer than two
    await vi.advanceTimersByTimeAsync(5);
    expect([entered.join(''), readers.running]).toEqual(['ABCD', 3]);
    readers.leave(LARGE);
    readers.leave(LARGE);
    await vi.advanceTimersByTimeAsync(0);
    expect([entered.join(''), readers.running]).toEqual(['ABCDE', 2]);
  });

  it('do not wait when nothing tells that the disk is quick', () => {
    const readers = new Readers();
    expect(Array.from({ length: 9 }, () => readers.enter(LARGE, false))).toEqual(
      Array.from({ length: 9 }, () => undefined),
    );
    expect(readers.running).toBe(9);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Readers } from './readers.ts';

describe('downloads that read in threads', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Those that were let in, in their order. */
  function enterAll(readers: Readers, names: string): string[] {
    const entered: string[] = [];
    for (const name of names) void Promise.resolve(readers.enter(true)).then(() => entered.push(name));
    return entered;
  }

  it('are two at a time, first come, first served', async () => {
    const readers = new Readers();
    const entered = enterAll(readers, 'abcde');
    await vi.advanceTimersByTimeAsync(0);
    expect([entered.join(''), readers.running]).toEqual(['ab', 2]);
    for (const so of ['abc', 'abcd', 'abcde']) {
      readers.leave();
      await vi.advanceTimersByTimeAsync(4); // never for so long that nobody left
      expect([entered.join(''), readers.running]).toEqual([so, 2]);
    }
    for (const left of [1, 0]) {
      readers.leave();
      expect(readers.running).toBe(left);
    }
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1); // the last watch, which finds nobody
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are one more each 5 ms in which none has ended: they wait for a disk', async () => {
    const readers = new Readers();
    const entered = enterAll(readers, 'abcdef');
    for (const [ms, so] of [
      [4, 'ab'],
      [1, 'abc'],
      [5, 'abcd'],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms);
      expect(entered.join('')).toBe(so);
    }
    readers.leave(); // of four: nobody takes its place until there are fewer than two
    await vi.advanceTimersByTimeAsync(5);
    expect([entered.join(''), readers.running]).toEqual(['abcd', 3]);
    readers.leave();
    readers.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect([entered.join(''), readers.running]).toEqual(['abcde', 2]);
  });

  it('do not wait when nothing tells that the disk is quick', () => {
    const readers = new Readers();
    expect(Array.from({ length: 9 }, () => readers.enter(false))).toEqual(Array.from({ length: 9 }, () => undefined));
    expect(readers.running).toBe(9);
  });
});

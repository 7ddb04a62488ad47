import { describe, expect, it } from 'vitest';
import { andThen, orElse } from './awaitable.ts';

const fails = (): never => {
  throw new Error('no');
};

describe('andThen', () => {
  it('goes on at once with what is there, whatever it is', () => {
    for (const value of [0, '', undefined, null, { a: 1 }]) {
      let seen: unknown = 'nothing';
      expect(
        andThen(value, (given) => {
          seen = given;
          return 'next';
        }),
      ).toBe('next');
      expect(seen).toBe(value);
    }
  });

  it('goes on later with what comes later, and gives what comes of it', async () => {
    const order: string[] = [];
    const result = andThen(Promise.resolve(1), (value) => {
      order.push('next');
      return andThen(Promise.resolve(value + 1), (more) => more * 10);
    });
    order.push('returned');
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(20);
    expect(order).toEqual(['returned', 'next']);
  });

  it('throws what is thrown at once, and rejects with what comes later', async () => {
    expect(() => andThen(1, fails)).toThrow('no');
    await expect(andThen(Promise.resolve(1), fails)).rejects.toThrow('no');
    await expect(andThen(Promise.reject(new Error('before')), () => 1)).rejects.toThrow('before');
  });
});

describe('orElse', () => {
  it('gives what the work gives', async () => {
    expect(orElse(() => 1, fails)).toBe(1);
    expect(await orElse(() => Promise.resolve(1), fails)).toBe(1);
  });

  it('gives what is made of a throw, and of a rejection', async () => {
    const text = (error: unknown) => (error as Error).message;
    expect(orElse<string>(fails, text)).toBe('no');
    expect(await orElse<string>(async () => fails(), text)).toBe('no');
    expect(() => orElse(fails, (error) => fails.call(error))).toThrow('no');
  });
});

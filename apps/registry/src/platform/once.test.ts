import { describe, expect, it } from 'vitest';
import { once } from './once.ts';

describe('what is made once', () => {
  it('is made once, however many ask, and is then there at once', async () => {
    let makings = 0;
    const get = once(async () => ({ making: ++makings }));
    expect(makings).toBe(0);
    expect(await Promise.all([get(), get()])).toEqual([{ making: 1 }, { making: 1 }]);
    expect(get()).toEqual({ making: 1 });
  });

  it('is tried again after a failure, which all who waited are told', async () => {
    let makings = 0;
    const get = once(async () => {
      if (++makings === 1) throw new Error('no descriptors left');
      return { making: makings };
    });
    const first = [get(), get()];
    expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await get()).toEqual({ making: 2 });
  });
});

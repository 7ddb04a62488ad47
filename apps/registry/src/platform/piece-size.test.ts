import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceSize } from './piece-size.ts';

const MiB = 1024 * 1024;
const [SMALL, LARGE] = [MiB / 4, 2 * MiB];
const SIZES = { sizes: [SMALL, LARGE] as const, window: 64 * MiB };

/** A machine on which a MiB takes so many µs of CPU time in pieces of each size; the clock goes with it, `pause` ms more for each piece. */
function machine(costs: { small: number; large: number }, pause = 0) {
  let cpu = 0;
  let ms = 0;
  const size = new PieceSize({ ...SIZES, clock: { monotonic: () => ms }, cpu: () => cpu });
  /** The share of the bytes that went out in large pieces. */
  const send = (mebibytes: number): number => {
    let large = 0;
    let sent = 0;
    while (sent < mebibytes * MiB) {
      const { bytes } = size;
      const used = (bytes / MiB) * (bytes === SMALL ? costs.small : costs.large);
      cpu += used;
      ms += used / 1000 + pause;
      sent += bytes;
      if (bytes === LARGE) large += bytes;
      size.done(bytes);
    }
    return large / sent;
  };
  return { send, costs };
}

describe('the size of pieces', () => {
  it('becomes the one that takes less CPU time here, and the other one is looked at again', () => {
    const cost = fc.integer({ min: 50, max: 1000 });
    fc.assert(
      fc.property(cost, cost, (small, large) => {
        fc.pre(small !== large);
        const { send } = machine({ small, large });
        send(2 * 64);
        const share = send(64 * 64);
        expect(small < large ? share : 1 - share).toBeLessThan(0.1);
        expect(small < large ? share : 1 - share).toBeGreaterThan(0);
      }),
    );
  });

  it('follows a machine that changes', () => {
    const { send, costs } = machine({ small: 300, large: 200 });
    expect(send(64 * 64)).toBeGreaterThan(0.9);
    Object.assign(costs, { small: 200, large: 300 });
    send(64 * 64);
    expect(send(64 * 64)).toBeLessThan(0.1);
  });

  it('goes back to the one that is known to be cheaper when there is nothing to learn', () => {
    let ms = 0;
    const size = new PieceSize({ ...SIZES, clock: { monotonic: () => ms }, cpu: () => ms * 1000 });
    const window = (took: number) => {
      ms += took;
      size.done(64 * MiB);
      return size.bytes;
    };
    expect([window(10), window(5000), window(10), window(8), window(5000)]).toEqual([
      LARGE,
      SMALL,
      LARGE,
      LARGE,
      LARGE,
    ]);
  });

  it('believes at once what is less, for other work only adds to it', () => {
    let cpu = 0;
    const size = new PieceSize({ ...SIZES, clock: { monotonic: () => 0 }, cpu: () => cpu });
    const window = (used: number) => {
      cpu += used;
      size.done(64 * MiB);
      return size.bytes;
    };
    expect([window(100), window(300)]).toEqual([LARGE, SMALL]);
    for (let i = 2; i < 15; i++) expect(window(100)).toBe(SMALL);
    expect([window(100), window(70), window(70)]).toEqual([LARGE, LARGE, LARGE]);
  });

  it('learns nothing from what went out slowly, when the CPU time is that of other work', () => {
    expect(machine({ small: 300, large: 200 }, 20).send(64 * 64)).toBe(0);
  });
});

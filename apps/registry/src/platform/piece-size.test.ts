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
        send(5 * 64);
        const share = send(64 * 64);
        expect(small < large ? share : 1 - share).toBeLessThan(0.05);
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

  /** Ends a window that took so much, and answers what the next one has. */
  function windows() {
    let now = 0;
    const size = new PieceSize({ ...SIZES, clock: { monotonic: () => now / 1000 }, cpu: () => now });
    return (used: number): number => {
      now += used;
      size.done(64 * MiB);
      return size.bytes;
    };
  }

  it('is compared with the windows before and behind a look, however dear those before were', () => {
    const window = windows();
    expect([900, 300, 200].map(window)).toEqual([SMALL, LARGE, LARGE]); // a quieter moment, not a better size
    expect([200, 250, 300].map(windows())).toEqual([SMALL, LARGE, LARGE]); // nor is a busier one behind it
    const rest = Array.from({ length: 32 }, () => window(200));
    expect(rest).toEqual([...Array.from({ length: 31 }, () => LARGE), SMALL]);
    expect([150, 200].map(window)).toEqual([LARGE, SMALL]); // that is cheaper, and looked at once more
    expect([190, 200].map(window)).toEqual([LARGE, SMALL]);
  });

  it('is not changed by one look', () => {
    const window = windows();
    expect([200, 150, 200].map(window)).toEqual([SMALL, LARGE, SMALL]);
    expect([250, 200, 200, 200].map(window)).toEqual([LARGE, LARGE, LARGE, LARGE]);
  });

  it('is not learned from a window that took too long', () => {
    const window = windows();
    expect([200, 5_000_000, 200].map(window)).toEqual([SMALL, LARGE, SMALL]);
    expect([100, 5_000_000, 200].map(window)).toEqual([LARGE, LARGE, SMALL]);
    expect([100, 200, 100, 200].map(window)).toEqual([LARGE, SMALL, LARGE, SMALL]);
  });

  it('learns nothing from what went out slowly, when the CPU time is that of other work', () => {
    expect(machine({ small: 200, large: 300 }, 100).send(64 * 64)).toBe(1);
  });
});

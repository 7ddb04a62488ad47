import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BusyPoll } from './busy-poll.ts';

const SOON = 30;
const LATE = 60;

/** Whoever asks so many turns of the loop behind each answer; how many answers were waited behind, and how many turns. */
function ask(poll: BusyPoll, delays: readonly number[]) {
  let waits = 0;
  let waited = 0;
  for (const delay of delays) {
    let isAwake = poll.begin();
    if (isAwake) waits += 1;
    for (let turn = 0; turn < delay && isAwake; turn++) {
      waited += 1;
      isAwake = poll.goesOn();
    }
  }
  return { waits, waited };
}

function asker() {
  const poll = new BusyPoll();
  return (delay: number, times: number) => ask(poll, Array<number>(times).fill(delay)).waits;
}

describe('the wait behind an answer', () => {
  it('ends when nobody comes, and begins anew with each answer', () => {
    const poll = new BusyPoll();
    for (let answers = 0; answers < 3; answers++) {
      expect(poll.begin()).toBe(true);
      for (let turn = 0; turn < SOON; turn++) expect(poll.goesOn()).toBe(true);
    }
    expect(Array.from({ length: SOON }, () => poll.goesOn())).toContain(false);
  });

  it('is there behind each answer for who asks at once', () => {
    expect(asker()(SOON, 1000)).toBe(1000);
  });

  it('comes more and more seldom for who is late', () => {
    const late = asker();
    // Behind the first answer, then with 1, 3, 7 and so on without one; from the eighth in vain on, behind one of 256.
    expect([1, 1, 1, 3, 1, 7, 1].map((answers) => late(LATE, answers))).toEqual([1, 0, 1, 0, 1, 0, 1]);
    late(LATE, 15 + 1 + 31 + 1 + 63 + 1 + 127 + 1);
    for (let again = 0; again < 3; again++) {
      expect(late(LATE, 255)).toBe(0);
      expect(late(LATE, 1)).toBe(1);
    }
  });

  it('comes again for who was late and is no more, and what was in time counts', () => {
    const client = asker();
    client(LATE, 10_000);
    expect(client(SOON, 256 + 1000)).toBeGreaterThan(1000);
    expect(client(LATE, 3)).toBe(2);
  });

  it('takes at most a hundredth of the time of who is always late', () => {
    const always = fc.array(fc.integer({ min: LATE, max: 500 }), { minLength: 3000, maxLength: 3000 });
    fc.assert(
      fc.property(always, (delays) => {
        const { waited } = ask(new BusyPoll(), delays);
        expect(waited).toBeLessThan(0.01 * delays.reduce((sum, delay) => sum + delay, 0));
      }),
      { numRuns: 20 },
    );
  });
});

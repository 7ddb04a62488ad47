import { expect, it } from 'vitest';
import { FakeClock } from '../platform/clock.ts';
import { FreeingBudget } from './freeing-budget.ts';

const never = new AbortController().signal;

/** Takes a slice, with the clock going on in steps of a millisecond while it waits. */
async function take(budget: FreeingBudget, clock: FakeClock): Promise<{ slice: number; waited: number }> {
  const begun = clock.monotonic();
  let slice: number | undefined;
  const taking = budget.next().then((n) => {
    slice = n;
  });
  for (let turns = 0; slice === undefined && turns < 1000; turns++) {
    await new Promise(setImmediate);
    if (slice === undefined) clock.advance(1);
  }
  await taking;
  return { slice: slice ?? 0, waited: clock.monotonic() - begun };
}

it('hands out small slices at an even rate', async () => {
  const clock = new FakeClock();
  const budget = new FreeingBudget(clock, 1000, never);
  const begun = clock.monotonic();
  let taken = 0;
  for (let n = 0; n < 50; n++) {
    const { slice } = await take(budget, clock);
    expect(slice).toBeLessThanOrEqual(34);
    taken += slice;
  }
  const rate = (taken / (clock.monotonic() - begun)) * 1000;
  expect(rate).toBeGreaterThan(900);
  expect(rate).toBeLessThanOrEqual(1000);
});

it('hands out larger slices when each takes long, so that the rate stays', async () => {
  const clock = new FakeClock();
  const budget = new FreeingBudget(clock, 1000, never);
  clock.advance(50);
  expect((await take(budget, clock)).slice).toBe(50);
});

it('makes up for nothing after a long wait: one slice of the largest size, and then the rate as before', async () => {
  const clock = new FakeClock();
  const budget = new FreeingBudget(clock, 1000, never);
  clock.advance(60_000);
  expect((await take(budget, clock)).slice).toBe(64);
  expect((await take(budget, clock)).waited).toBeGreaterThanOrEqual(32);
});

it('holds nobody up where there is no rate, and stops when it is told to', async () => {
  const stop = new AbortController();
  const budget = new FreeingBudget(new FakeClock(), undefined, stop.signal);
  expect(await budget.next()).toBe(200);
  stop.abort(new Error('the server stops'));
  await expect(budget.next()).rejects.toThrow('the server stops');
});

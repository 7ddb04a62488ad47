import { setTimeout as wait } from 'node:timers/promises';
import { clockSuite } from './clock.suite.ts';
import { FakeClock, systemClock } from './clock.ts';

clockSuite('systemClock', () => ({ clock: systemClock, pass: (ms) => wait(ms) }));

clockSuite('FakeClock', () => {
  const clock = new FakeClock();
  return { clock, pass: async (ms) => clock.advance(ms) };
});

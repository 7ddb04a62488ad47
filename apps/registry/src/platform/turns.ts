import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** What others wait for at most, unless a single step takes longer. */
const MOST_MS = 5;

/**
 * Keeps a long walk over rows from holding up everybody else. Rows that are at hand resolve within the same turn of the event
 * loop, so a loop that only awaits them is one piece to the requests beside it, however long it is.
 */
export class Turns {
  readonly #clock: Clock;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** To be awaited in each step: lets the others go first once the walk had the thread for some milliseconds. */
  async give(): Promise<void> {
    if (this.#clock.monotonic() - this.#since < MOST_MS) return;
    await nextTurn();
    this.#since = this.#clock.monotonic();
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';

/**
 * Rows that one transaction takes away, and files that go with it. Who writes waits for the one, some two milliseconds for the smallest slice,
 * and everybody shares the disk with the other. Smaller slices are more commits and syncs, and larger ones keep a processor longer: with
 * 64 to 128, the slowest hundredth of pulls waited a third longer, with 16 to 64 no less (bench/garbage.ts, ADR 0017).
 */
const LEAST = 32;
const MOST = 64;
/** Where nobody is held to a rate, nobody waits either. */
const UNLIMITED = 200;

/**
 * How much the collector may take, and when: an even rate in small slices. Each waits for the disk to keep it, so on a slow disk
 * the slices are larger, up to `MOST`; what would be due beyond that is given up, and never made good in a burst.
 */
export class FreeingBudget {
  readonly #clock: Clock;
  readonly #perMs: number | undefined;
  readonly #signal: AbortSignal;
  /** Until when everything that was due has been handed out. */
  #spent: number;

  constructor(clock: Clock, perSecond: number | undefined, signal: AbortSignal) {
    this.#clock = clock;
    this.#perMs = perSecond === undefined ? undefined : perSecond / 1000;
    this.#signal = signal;
    this.#spent = clock.monotonic();
  }

  /** Resolves when a slice is due, with its size. Throws the signal's reason. */
  async next(): Promise<number> {
    if (this.#perMs === undefined) {
      await nextTurn();
      this.#signal.throwIfAborted();
      return UNLIMITED;
    }
    const wait = this.#spent + LEAST / this.#perMs - this.#clock.monotonic();
    if (wait > 0) await this.#clock.sleep(wait, this.#signal);
    else await nextTurn();
    this.#signal.throwIfAborted();
    const now = this.#clock.monotonic();
    const due = Math.floor((now - this.#spent) * this.#perMs);
    const slice = Math.min(Math.max(due, LEAST), MOST);
    this.#spent = due > MOST ? now : this.#spent + slice / this.#perMs;
    return slice;
  }
}

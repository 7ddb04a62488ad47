import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';

/** Timers are no finer than this is worth: what is due earlier is added to the next wait. */
const SLACK_MS = 100;

/** Keeps work below a rate of bytes, evenly, and lets the event loop serve others between two pieces. */
export class Pace {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  /** When all that was spent so far is paid for. */
  #free: number;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#free = clock.monotonic();
  }

  /** Throws the signal's reason. */
  async spend(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    this.#free = Math.max(this.#free, now) + bytes / this.#bytesPerMs;
    if (this.#free - now > SLACK_MS) await this.#clock.sleep(this.#free - now, signal);
    else await nextTurn();
    signal.throwIfAborted();
  }
}

import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';

/** What the page cache answers takes a tenth of that, even on a busy machine. */
const SLOW_MS = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Whether a blocking look at the disk pays. What the page cache holds is read in 26 µs for each 256 KiB, on the same core that
 * sends it; through a thread it takes 51 µs (both measured) and more CPU time (ADR 0009). What has to come from a slow disk
 * would hold everybody up. Nobody can ask which of the two it will be, so the disk is judged by how long it took: after a
 * slow answer all go through threads for a second, after the next one for two, and so on up to a minute.
 */
export class DiskPace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #threadsUntil = Number.NEGATIVE_INFINITY;
  #pause = FIRST_PAUSE_MS;

  constructor(clock: Pick<Clock, 'monotonic'> = systemClock) {
    this.#clock = clock;
  }

  /** Whether `blocking` may be used now. */
  get quick(): boolean {
    return this.#clock.monotonic() >= this.#threadsUntil;
  }

  /** Runs `work`, which blocks, and draws its conclusion from the time that it took. */
  blocking<T>(work: () => T): T {
    const begun = this.#clock.monotonic();
    try {
      return work();
    } finally {
      const now = this.#clock.monotonic();
      if (now - begun > SLOW_MS) this.#slow(begun, now);
    }
  }

  #slow(begun: number, now: number): void {
    // Slow again soon after the last pause: the disk is slow. After a long quick time, it was slow once.
    const again = begun - this.#threadsUntil < this.#pause;
    this.#pause = again ? Math.min(this.#pause * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.#threadsUntil = now + this.#pause;
  }
}

/** Of the disk that holds the blobs. */
export const diskPace = new DiskPace();

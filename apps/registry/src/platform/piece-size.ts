import { type Clock, systemClock } from './clock.ts';
import { cpuMicroseconds } from './cpu-time.ts';

/** When so many bytes take longer, the process does other things, or nothing: what it used says nothing of the pieces. */
const LONGEST_WINDOW_MS = 2000;
/** Windows between two looks at the size that is not in use. */
const LOOK_AFTER = 32;
/** Looks one behind the other that must find it cheaper until it is used. */
const CONVINCED = 2;

interface PieceSizeOptions {
  /** Bytes; the larger one is used first. */
  readonly sizes: readonly [small: number, large: number];
  /** Bytes after which it is looked at what they took. */
  readonly window: number;
  readonly clock?: Pick<Clock, 'monotonic'>;
  /** CPU µs used so far. */
  readonly cpu?: () => number;
}

/**
 * How much is read and sent at a time. Which of two sizes takes less CPU time depends on the machine and its state, by a third
 * in either direction (ADR 0009), and nothing that can be asked for tells. So the other one is looked at now and then with what is sent anyway: for one window, between
 * two of the size in use. Only these three are compared, since the machine's other work changes from one minute to the next.
 */
export class PieceSize {
  readonly #sizes: readonly [number, number];
  readonly #window: number;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #cpu: () => number;
  /** Index of the size in use. */
  #used = 1;
  #looking = false;
  /** CPU µs of the window before the look, and of the look itself; undefined when there was none. */
  #before = 0;
  #look: number | undefined;
  #wins = 0;
  #untilLook = 0;
  #done = 0;
  #begun: number;
  #spent: number;

  constructor({ sizes, window, clock = systemClock, cpu = cpuMicroseconds }: PieceSizeOptions) {
    this.#sizes = sizes;
    this.#window = window;
    this.#clock = clock;
    this.#cpu = cpu;
    this.#begun = clock.monotonic();
    this.#spent = cpu();
  }

  /** In bytes, for the next piece. */
  get bytes(): number {
    return this.#sizes[this.#looking ? 1 - this.#used : this.#used] as number;
  }

  /** Told of every piece that is done. */
  done(bytes: number): void {
    this.#done += bytes;
    if (this.#done >= this.#window) this.#endWindow();
  }

  #endWindow(): void {
    const now = this.#clock.monotonic();
    const spent = this.#cpu();
    if (now - this.#begun <= LONGEST_WINDOW_MS) this.#learn(((spent - this.#spent) * this.#window) / this.#done);
    else this.#forget();
    this.#begun = now;
    this.#spent = spent;
    this.#done = 0;
  }

  #learn(cost: number): void {
    if (this.#looking) {
      this.#look = cost;
      this.#looking = false;
      return;
    }
    if (this.#look !== undefined) this.#compare(this.#look, Math.min(this.#before, cost));
    this.#look = undefined;
    this.#before = cost;
    this.#looking = this.#untilLook === 0;
    if (!this.#looking) this.#untilLook -= 1;
  }

  #compare(look: number, used: number): void {
    this.#wins = look < used ? this.#wins + 1 : 0;
    if (this.#wins === CONVINCED) {
      this.#used = 1 - this.#used;
      this.#wins = 0;
    }
    this.#untilLook = this.#wins > 0 ? 0 : LOOK_AFTER;
  }

  #forget(): void {
    this.#looking = false;
    this.#look = undefined;
  }
}

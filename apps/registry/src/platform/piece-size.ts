import { type Clock, systemClock } from './clock.ts';
import { cpuMicroseconds } from './cpu-time.ts';

/** When so many bytes take longer, the process does other things, or nothing: what it used says nothing of the pieces. */
const LONGEST_WINDOW_MS = 2000;
/** One window of so many is for the size that was dearer: the machine's other work changes. */
const LOOK_AGAIN = 16;
/** Of the latest window in the average of its size. */
const WEIGHT = 0.25;

interface PieceSizeOptions {
  /** Bytes; the smaller one is tried first. */
  readonly sizes: readonly [small: number, large: number];
  /** Bytes after which it is looked at what they took. */
  readonly window: number;
  readonly clock?: Pick<Clock, 'monotonic'>;
  /** CPU µs used so far. */
  readonly cpu?: () => number;
}

/**
 * How much is read and sent at a time. Which of two sizes takes less CPU time depends on the machine and its state, by a third
 * in either direction (ADR 0009), and nothing that can be asked for tells. So both are tried with what is done anyway.
 */
export class PieceSize {
  readonly #sizes: readonly [number, number];
  readonly #window: number;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #cpu: () => number;
  /** Of each size, CPU µs per window; undefined until it was tried. */
  readonly #costs: (number | undefined)[] = [undefined, undefined];
  #current = 0;
  #cheaper = 0;
  #windows = 0;
  #done = 0;
  #begun: number;
  #used: number;

  constructor({ sizes, window, clock = systemClock, cpu = cpuMicroseconds }: PieceSizeOptions) {
    this.#sizes = sizes;
    this.#window = window;
    this.#clock = clock;
    this.#cpu = cpu;
    this.#begun = clock.monotonic();
    this.#used = cpu();
  }

  /** In bytes, for the next piece. */
  get bytes(): number {
    return this.#sizes[this.#current] as number;
  }

  /** Told of every piece that is done. */
  done(bytes: number): void {
    this.#done += bytes;
    if (this.#done >= this.#window) this.#endWindow();
  }

  #endWindow(): void {
    const now = this.#clock.monotonic();
    const used = this.#cpu();
    if (now - this.#begun <= LONGEST_WINDOW_MS) this.#learn(((used - this.#used) * this.#window) / this.#done);
    else this.#current = this.#cheaper; // nothing is tried while nothing can be learned
    this.#begun = now;
    this.#used = used;
    this.#done = 0;
  }

  #learn(cost: number): void {
    const before = this.#costs[this.#current];
    // What the process does besides only adds to it: less is believed at once.
    this.#costs[this.#current] = before === undefined || cost < before ? cost : before + (cost - before) * WEIGHT;
    this.#windows += 1;
    const [small = Number.POSITIVE_INFINITY, large] = this.#costs;
    this.#cheaper = large !== undefined && large < small ? 1 : 0;
    const look = large === undefined || this.#windows % LOOK_AGAIN === 0;
    this.#current = look ? 1 - this.#cheaper : this.#cheaper;
  }
}

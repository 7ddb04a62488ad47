import { type Clock, systemClock } from '../platform/clock.ts';
import { cpuMicroseconds } from '../platform/cpu-time.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** One stays in a core's own cache between its read and its write, the other one needs an eighth of the system calls. */
export const PIECE_SIZES = [256 * KiB, 2 * MiB] as const;

/** Bytes after which it is looked at what they took. */
const WINDOW = 64 * MiB;
/** When so many bytes take longer, the process does other things, or nothing: what it used says nothing of downloads. */
const LONGEST_WINDOW_MS = 2000;
/** One window of so many is for the size that was dearer: the machine's other work changes. */
const LOOK_AGAIN = 16;
/** Of the latest window in the average of its size. */
const WEIGHT = 0.25;

interface Time {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly cpu: () => number;
}

/**
 * How much of a blob is read and written at a time. Which of the two sizes takes less CPU time depends on the machine, by a third
 * and more in either direction (ADR 0009), and nothing that can be asked for tells. So both are tried with what is sent anyway.
 */
export class PieceSize {
  readonly #time: Time;
  /** Of each size, CPU µs per window; undefined until it was tried. */
  readonly #costs: (number | undefined)[] = PIECE_SIZES.map(() => undefined);
  #current = 0;
  #cheaper = 0;
  #windows = 0;
  #sent = 0;
  #begun: number;
  #used: number;

  constructor(time: Time = { clock: systemClock, cpu: cpuMicroseconds }) {
    this.#time = time;
    this.#begun = time.clock.monotonic();
    this.#used = time.cpu();
  }

  /** In bytes, for the next piece. */
  get bytes(): number {
    return PIECE_SIZES[this.#current] as number;
  }

  /** Told of every piece that goes out. */
  sent(bytes: number): void {
    this.#sent += bytes;
    if (this.#sent >= WINDOW) this.#endWindow();
  }

  #endWindow(): void {
    const now = this.#time.clock.monotonic();
    const used = this.#time.cpu();
    if (now - this.#begun <= LONGEST_WINDOW_MS) this.#learn(((used - this.#used) * WINDOW) / this.#sent);
    else this.#current = this.#cheaper; // nothing is tried while nothing can be learned
    this.#begun = now;
    this.#used = used;
    this.#sent = 0;
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

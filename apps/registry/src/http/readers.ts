/**
 * Reading a piece from the page cache takes half as long as writing it to a socket, so two threads keep the main one, which writes, busy. With more of them
 * pieces wait longer, and leave the caches meanwhile; with fewer, or with reads on the main thread, that one is what all downloads wait for (ADR 0009).
 */
const MOST = 2;
/** When no read has ended for so long they wait for a disk, and take nobody's core: one more may begin. */
const STUCK_MS = 5;

/** Downloads that read in threads, first come, first served. */
export class Readers {
  #running = 0;
  #ended = 0;
  readonly #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Reads under way. */
  get running(): number {
    return this.#running;
  }

  /** Resolves when it is one's turn, at once if one `waits` for nobody; `leave` ends it. */
  enter(waits: boolean): Promise<void> | undefined {
    if (waits && this.#running >= MOST) {
      return new Promise((resolve) => {
        this.#waiting.push(resolve);
        this.#watch();
      });
    }
    this.#running += 1;
    return undefined;
  }

  leave(): void {
    this.#running -= 1;
    this.#ended += 1;
    if (this.#running < MOST) this.#admit();
  }

  #admit(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#running += 1;
    next();
  }

  #watch(): void {
    const ended = this.#ended;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (ended === this.#ended) this.#admit();
      if (this.#waiting.length > 0) this.#watch();
    }, STUCK_MS);
  }
}

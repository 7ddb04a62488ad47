/**
 * Reading a piece from the page cache takes half as long as writing it to a socket, so a few threads keep the main one, which writes, busy. With more of them
 * pieces wait longer, and leave the caches meanwhile; with fewer, or with reads on the main thread, that one is what all downloads wait for (ADR 0009).
 */
const MOST = 3;
/** Of all pieces that are being read: two large ones. */
const MOST_BYTES = 4 * 1024 * 1024;
/** When no read has ended for so long they wait for a disk, and take nobody's core: one more may begin. */
const STUCK_MS = 5;

/** Downloads that read in threads, first come, first served. */
export class Readers {
  #running = 0;
  #bytes = 0;
  #ended = 0;
  readonly #waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Reads under way. */
  get running(): number {
    return this.#running;
  }

  /** Resolves when it is one's turn to read so many bytes, at once if one `waits` for nobody; `leave` ends it. */
  enter(bytes: number, waits: boolean): Promise<void> | undefined {
    if (waits && (this.#waiting.length > 0 || !this.#hasPlace(bytes))) {
      return new Promise((begin) => {
        this.#waiting.push({ bytes, begin });
        this.#watch();
      });
    }
    this.#begin(bytes);
    return undefined;
  }

  /** `bytes` as they were told to `enter`. */
  leave(bytes: number): void {
    this.#running -= 1;
    this.#bytes -= bytes;
    this.#ended += 1;
    for (let next = this.#waiting[0]; next && this.#hasPlace(next.bytes); next = this.#waiting[0]) this.#admit();
  }

  #hasPlace(bytes: number): boolean {
    return this.#running < MOST && this.#bytes + bytes <= MOST_BYTES;
  }

  #begin(bytes: number): void {
    this.#running += 1;
    this.#bytes += bytes;
  }

  #admit(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#begin(next.bytes);
    next.begin();
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

const KiB = 1024;
const MiB = 1024 * KiB;

/** 64 KiB, the default of streams, loses to Go by half. */
const SMALLEST = 64 * KiB;
/** One goes out while the next one is read. */
const BUFFERS_PER_SEND = 2;
/** What the buffers of all downloads together may take: pieces of up to 2 MiB for 16 downloads, of half of that for 32, and so on. */
export const SEND_MEMORY = 64 * MiB;
/** Larger pieces take so much at most: 16 downloads from a quick disk have 17 of them, and clients that stall leave the rest to 56 others. */
const ORDINARY = 256 * KiB;
const LARGE_MEMORY = 36 * MiB;
/** Of buffers that are kept for the next download when none is under way; and for each one that is. */
const KEPT = 8 * MiB;
const KEPT_EACH = 4 * MiB;

/**
 * The memory of all downloads. However slow the clients read, it is SEND_MEMORY and one smallest buffer for each: a
 * download that began with large buffers keeps them until they went out, so those that come later get what is left,
 * and without read-ahead when nothing is. Memory that was used before is quicker than new one, which has to be cleared first.
 */
export class SendBuffers {
  #active = 0;
  #held = 0;
  #kept = 0;
  /** By size, which is the smallest, twice that, and so on; the one used last stands last. */
  readonly #pools = new Map<number, Buffer[]>();

  /** Counts a download in; the answer counts it out. */
  enter(): () => void {
    this.#active += 1;
    return () => {
      this.#active -= 1;
      this.#keepAtMost(Math.max(KEPT, this.#active * KEPT_EACH));
    };
  }

  /** Downloads under way. */
  get active(): number {
    return this.#active;
  }

  /** Bytes in buffers that were taken and have not come back. */
  get held(): number {
    return this.#held;
  }

  /** Bytes in buffers that wait for the next download. */
  get kept(): number {
    return this.#kept;
  }

  /** Whoever still has a buffer should wait for it instead of taking another one. */
  get exhausted(): boolean {
    return this.#held + SMALLEST > SEND_MEMORY;
  }

  /** A buffer for `bytes`, or a smaller one when memory is short. */
  take(bytes: number): Buffer {
    let size = SMALLEST;
    while (size < bytes && this.#mayTake(size * 2)) size *= 2;
    const known = this.#pools.get(size)?.pop();
    if (known) this.#kept -= size;
    this.#held += size;
    this.#keepAtMost(Math.max(0, SEND_MEMORY - this.#held));
    return known ?? Buffer.allocUnsafeSlow(size);
  }

  give(buffer: Buffer): void {
    this.discard(buffer);
    const size = buffer.length;
    if (this.#held + this.#kept + size > SEND_MEMORY) return;
    const pool = this.#pools.get(size) ?? [];
    this.#pools.delete(size);
    this.#pools.set(size, pool);
    pool.push(buffer);
    this.#kept += size;
  }

  /** For a buffer that somebody may still look at: counted out, never used again. */
  discard(buffer: Buffer): void {
    this.#held -= buffer.length;
  }

  #mayTake(size: number): boolean {
    const share = SEND_MEMORY / BUFFERS_PER_SEND / Math.max(1, this.#active);
    return size <= share && this.#held + size <= (size > ORDINARY ? LARGE_MEMORY : SEND_MEMORY);
  }

  #keepAtMost(bytes: number): void {
    for (const [size, pool] of this.#pools) {
      while (this.#kept > bytes && pool.length > 0) {
        pool.shift(); // not the one used last, which is in a near cache
        this.#kept -= size;
      }
    }
  }
}

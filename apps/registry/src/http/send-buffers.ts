const KiB = 1024;
const MiB = 1024 * KiB;

/** Small enough to stay in a core's own cache between its read and its write (ADR 0009). 64 KiB, the default of streams, loses to Go by half. */
const LARGEST = 256 * KiB;
const SMALLEST = 64 * KiB;
/** One goes out while the next one is read. */
const BUFFERS_PER_SEND = 2;
/** What the buffers of all downloads together may take: full size up to 128 of them, less for each beyond. */
export const SEND_MEMORY = 64 * MiB;
/** Buffers of full size that are kept for the next download. */
const POOLED = 32;

/**
 * The memory of all downloads. However slow the clients read, it is SEND_MEMORY and one smallest buffer for each: a
 * download that began with large buffers keeps them until they went out, so those that come later get what is left,
 * and without read-ahead when nothing is.
 */
export class SendBuffers {
  #active = 0;
  #held = 0;
  #pool: Buffer[] = [];

  /** Counts a download in; the answer counts it out. */
  enter(): () => void {
    this.#active += 1;
    return () => {
      this.#active -= 1;
    };
  }

  /** Bytes in buffers that were taken and have not come back. */
  get held(): number {
    return this.#held;
  }

  /** Whoever still has a buffer should wait for it instead of taking another one. */
  get exhausted(): boolean {
    return this.#held + SMALLEST > SEND_MEMORY;
  }

  take(): Buffer {
    const share = SEND_MEMORY / BUFFERS_PER_SEND / Math.max(1, this.#active);
    const size = Math.min(LARGEST, share, SEND_MEMORY - this.#held);
    const whole = Math.max(SMALLEST, size - (size % SMALLEST));
    this.#held += whole;
    if (whole === LARGEST) return this.#pool.pop() ?? Buffer.allocUnsafeSlow(LARGEST);
    this.#pool = []; // memory is short
    return Buffer.allocUnsafeSlow(whole);
  }

  give(buffer: Buffer): void {
    this.discard(buffer);
    if (buffer.length === LARGEST && this.#pool.length < POOLED) this.#pool.push(buffer);
  }

  /** For a buffer that somebody may still look at: counted out, never used again. */
  discard(buffer: Buffer): void {
    this.#held -= buffer.length;
  }
}

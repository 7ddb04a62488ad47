import { Readable } from 'node:stream';

const PIECE = 64 * 1024;

/**
 * The body of a push, and how fast it goes away. A socket takes bytes into its buffers long before they have arrived: on a slow network
 * megabytes, which would look like the registry's time. Buffers are full after a while, and from then on bytes are taken as
 * fast as they arrive; so the second half of the body tells the rate, and the first half how much of it was only buffered.
 */
export class Pace {
  readonly body: Readable;
  readonly #half: number;
  #halfAt = 0;

  constructor(bytes: Buffer) {
    this.#half = bytes.length / 2;
    this.body = Readable.from(this.#pieces(bytes), { objectMode: false, highWaterMark: PIECE });
  }

  *#pieces(bytes: Buffer): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      if (at + PIECE > this.#half && this.#halfAt === 0) this.#halfAt = performance.now();
      yield bytes.subarray(at, at + PIECE);
    }
  }

  /** How long what was buffered is still on its way when the last byte was taken. Milliseconds, by performance.now(). */
  drainAfter(startedAt: number, takenAt: number): number {
    const rate = this.#half / Math.max(takenAt - this.#halfAt, 0.001);
    const buffered = this.#half - rate * (this.#halfAt - startedAt);
    return Math.max(0, buffered / rate);
  }
}

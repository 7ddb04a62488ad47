import type { Readable } from 'node:stream';

export interface ReadBody {
  readonly bytes: Buffer;
  /** Whether more came than was wanted. */
  readonly cut: boolean;
}

/** At most `limit` bytes of the body; the rest is not waited for. */
export async function readUpTo({ body }: { readonly body: Readable }, limit: number): Promise<ReadBody> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      pieces.push(piece.subarray(0, limit - length));
      length += piece.length;
      if (length > limit) break;
    }
  } finally {
    body.destroy();
  }
  return { bytes: Buffer.concat(pieces), cut: length > limit };
}

/** Of an answer that nobody reads: so much is taken in, since the connection then serves the next request. */
const DISCARDED_BYTES = 64 * 1024;

/** Ends with an answer whose body does not matter; a long one is broken off, and the connection with it. */
export async function discard(answer: { readonly body: Readable }): Promise<void> {
  await readUpTo(answer, DISCARDED_BYTES).catch(() => {}); // what broke is seen by the next request
}

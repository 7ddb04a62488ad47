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

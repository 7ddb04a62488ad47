import { Readable } from 'node:stream';
import { DomainError } from '../platform/domain-error.ts';
import type { AppendOptions, BlobUpload, UploadId, UploadState } from '../storage/blob-store.ts';

/** Where a session is. */
export interface UploadStatus {
  readonly id: UploadId;
  /** Bytes that are durable; the next chunk starts here. */
  readonly offset: number;
}

/** What a client says of a chunk; bytes, both ends inclusive. */
export interface Chunk {
  readonly body: Readable;
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  readonly length?: number | undefined;
  /** Nobody else keeps the body's chunks: the store may take their memory over instead of copying it. */
  readonly ownsChunks?: boolean;
  readonly release?: AppendOptions['release'];
  readonly signal: AbortSignal;
  /** Bytes that its client has sent so far on this connection, while more are waited for; undefined while it is not its client that the chunk waits for. */
  readonly awaited?: () => number | undefined;
}

/**
 * A chunk without a range begins where the session was when it came (`session`), or where its sender was told that it is. If a
 * request before it was acknowledged after that, its sender did not know, and repeats what is here already: it may not be put
 * behind it.
 */
export function requireNext(upload: BlobUpload, { range, length }: Chunk, session: UploadStatus): void {
  const start = range?.start ?? session.offset;
  if (start !== upload.offset || (range && range.end < range.start))
    throw notNext(session.id, upload.offset, start, range);
  const expected = range && range.end - range.start + 1;
  if (expected !== undefined && length !== undefined && length !== expected) throw sizeMismatch(expected, length);
}

/** How many bytes the upload has with the chunk; undefined when nobody said. */
export function endOf({ range, length }: Chunk, offset: number): number | undefined {
  if (range) return range.end + 1;
  return length === undefined ? undefined : offset + length;
}

/**
 * Whether its bytes are here by an earlier sending, which began at `before`, and of which its client cannot have heard: it was still being received when this
 * one came, or its connection was gone before the answer. A chunk that is sent again behind its answer is out of range, by the specification.
 */
export function isHere(upload: BlobUpload, chunk: Chunk, session: UploadStatus, before: number | undefined): boolean {
  const start = chunk.range?.start ?? session.offset;
  return before === start && endOf(chunk, start) === upload.offset;
}

/** Adds it to the upload. A body with a range must have just the bytes that the range says. Throws `upload.size`. */
export async function append(
  upload: BlobUpload,
  chunk: Chunk,
  signal: AbortSignal,
  admit: NonNullable<AppendOptions['admit']>,
): Promise<UploadState> {
  const { range, length } = chunk;
  const options = { ...owned(chunk), admit };
  if (!range) return upload.append(chunk.body, signal, options);
  const body = length === undefined ? Readable.from(exactly(chunk.body, range.end - range.start + 1)) : chunk.body;
  return upload.append(body, signal, options);
}

function notNext(id: UploadId, offset: number, start: number, range: Chunk['range']): DomainError {
  return new DomainError(
    'out-of-range',
    'upload.range',
    `The chunk ${start}-${range?.end ?? ''} does not follow: ${offset} bytes are here, so the next chunk starts ` +
      `at ${offset}. Ask the session's URL for its state and go on from there.`,
    { detail: { id, offset } },
  );
}

export function owned(chunk: Chunk): AppendOptions {
  return { ownsChunks: chunk.ownsChunks ?? false, release: chunk.release };
}

/** Passes a body on and fails unless it has just `expected` bytes; for chunked bodies, whose length nobody announced. */
async function* exactly(body: Readable, expected: number): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const bytes of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    seen += bytes.length;
    if (seen > expected) break;
    yield bytes;
  }
  if (seen !== expected) throw sizeMismatch(expected, seen);
}

function sizeMismatch(expected: number, actual: number): DomainError {
  return new DomainError(
    'invalid',
    'upload.size',
    `Content-Range announces ${expected} bytes, the body has ${actual}${actual > expected ? ' or more' : ''}. Nothing was kept of it; send the chunk again.`,
    { detail: { expected, actual } },
  );
}

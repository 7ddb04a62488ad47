import type { Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';

/** An upload's name in the staging area: a lower-case UUID. */
export type UploadId = string & { readonly __brand: 'UploadId' };

/** Bytes `start..end`, both inclusive, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface BlobInfo {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface ExamineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with each piece that was read, in bytes; the next one waits for it. */
  readonly pace?: ((bytes: number) => Promise<void>) | undefined;
}

export interface Examination {
  /** Bytes when the reading began. */
  readonly size: number;
  /**
   * Which bytes those were: another text as soon as they were replaced or changed in place. `stat` tells the same one as
   * long as they are there.
   */
  readonly version: string;
  /** What they hash to by the digest's algorithm; undefined: the disk does not give them back. */
  readonly actual: Digest | undefined;
}

/** All that is needed to go on with an upload after a restart: the acknowledged offset, and what a driver adds (part ids). */
export interface UploadState {
  readonly offset: number;
  readonly opaque?: string | undefined;
}

/**
 * Bytes by digest, and nothing else: no repository, no media type, no right.
 * Every driver runs `blob-store.suite.ts`.
 */
export interface BlobStore {
  /** Size in bytes and time of publication; undefined when the digest is not stored. */
  stat(digest: Digest): Awaitable<{ size: number; modified: Date; version: string } | undefined>;
  /**
   * A stream of the whole blob or of one range inside it. Throws `blob.unknown`, and `range.unsatisfiable` when the range
   * is not wholly inside. The bytes stay readable to their end when the blob is deleted or replaced meanwhile. Whoever
   * gets the stream reads it to its end or destroys it: it holds a descriptor.
   */
  read(digest: Digest, options?: { range?: ByteRange; signal?: AbortSignal }): Promise<Readable>;
  /** Where the bytes lie, so that the HTTP layer can send them the fastest way; file systems only. */
  localPath?(digest: Digest): string;
  /**
   * Reads the stored bytes to their end and tells what they really are, hashed off the main thread; undefined when
   * nothing is stored. An error of the disk for these very bytes is an answer, too; all others (too many open files, no
   * right to read) are thrown, and so is the signal's reason.
   */
  examine(digest: Digest, options?: ExamineOptions): Promise<Examination | undefined>;
  /** Frees the bytes; absent bytes are success. */
  delete(digest: Digest): Promise<void>;
  /** Every stored blob, in any order, published before `olderThan` (by the store's clock). */
  list(options?: { olderThan?: Date }): AsyncIterable<BlobInfo>;
  readonly uploads: UploadStaging;
  /** Releases workers and descriptors. */
  close(): Promise<void>;
}

export interface StagedReader {
  /** Bytes when it was opened; those behind the acknowledged offset may be anything. */
  readonly size: number;
  /** How many were read; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** The staging area: bytes that no client can read yet. */
export interface UploadStaging {
  /** Throws `upload.invalid` (conflict) when the id is staged already. */
  begin(id: UploadId): Promise<BlobUpload>;
  /**
   * Takes an upload up again at an acknowledged state; whatever was written behind that offset is thrown away.
   * Throws `upload.unknown` when nothing is staged under the id or less than `at.offset` bytes are there.
   */
  resume(id: UploadId, at: UploadState): Promise<BlobUpload>;
  /** Opens what is staged, to be read where it lies; undefined when nothing is. Whoever opens it closes it. */
  open(id: UploadId): Promise<StagedReader | undefined>;
  /** Removes whatever is staged under the id; nothing there is success. */
  discard(id: UploadId): Promise<void>;
  /** Every staged upload, with the time of its last write. */
  list(): AsyncIterable<{ id: UploadId; modified: Date }>;
}

export interface AppendOptions {
  /**
   * The chunks' memory is given away: it may be handed to a thread and freed, so that nobody else may look at a chunk
   * afterwards. True for the body of an HTTP request, which nobody keeps; it saves a copy and a third of the CPU time.
   */
  readonly ownsChunks?: boolean;
  /** Told of a chunk when nobody looks at its memory any more, so that it can be used again. After an error it may not be told. */
  readonly release?: ((chunk: Uint8Array) => void) | undefined;
  /**
   * Asked with each chunk, before anything of it is kept: the bytes of this body up to its end. A promise holds the body
   * back; what it throws ends the append like an error of the body.
   */
  readonly admit?: (received: number) => Promise<void> | undefined;
}

/**
 * One upload. Calls must not overlap (`upload.busy`). It ends with abort or release: every caller reaches one of them, for
 * example by `release` in a `finally`, which does nothing after the other. After these, and after a commit, append, verify and
 * commit throw `upload.unknown`; so they do when an fsync failed, because the bytes are believed lost then: start a new upload.
 */
export interface BlobUpload {
  /** Bytes that are durable. */
  readonly offset: number;
  /**
   * Appends the whole body, hashing while it is written. When it resolves, the bytes are durable (fsync).
   * When the body fails or is aborted, it rejects and the upload is back at the former offset, ready to go on.
   * Throws `storage.full` (disk full), `server.unavailable` (the disk failed), rethrows the body's own error or the
   * signal's reason. The body is left paused then, never destroyed: an HTTP body shares its socket with the answer.
   */
  append(body: Readable, signal?: AbortSignal, options?: AppendOptions): Promise<UploadState>;
  /**
   * Makes sure that the bytes have the digest, which may mean to read them all once more (after a restart, for sha512);
   * a commit of the same digest costs nothing more then. For whoever holds a lock around the commit.
   * Throws `digest.invalid` like commit, and the signal's reason; the upload stays open.
   */
  verify(expected: Digest, signal?: AbortSignal): Promise<void>;
  /**
   * Verifies the digest over all bytes, then publishes atomically and durably: staged file → fsync → link → fsync of the folder.
   * An equal blob that is already there is success (its bytes are replaced by the verified ones).
   * The staged bytes stay until `abort`, so that an upload whose transaction fails, or never comes, can be taken up again
   * (`release`, `resume`): whoever has made the end of the upload durable aborts it.
   * Throws `digest.invalid` when the bytes do not have the digest: nothing is published, the staged bytes are kept and the
   * upload stays open.
   */
  commit(expected: Digest): Promise<{ size: number }>;
  /** Throws the staged bytes away. */
  abort(): Promise<void>;
  /** Lets go of descriptors and buffers, keeps the staged bytes; a later `resume` in this process costs no second hashing. */
  release(): Promise<void>;
}

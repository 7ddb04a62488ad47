import { createHash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { digestOf } from '@holdfast/oci/digest';
import type { Clock } from '../../platform/clock.ts';
import { systemClock } from '../../platform/clock.ts';
import { storageFull } from '../../platform/storage-full.ts';
import type {
  AppendOptions,
  BlobInfo,
  BlobStore,
  BlobUpload,
  ByteRange,
  Examination,
  ExamineOptions,
  StagedReader,
  UploadId,
  UploadStaging,
  UploadState,
} from '../blob-store.ts';
import { checkedUploadId, splitDigest } from '../names.ts';
import { admitting, receiveBody } from '../receive-body.ts';
import {
  blobUnknown,
  digestMismatch,
  rangeUnsatisfiable,
  uploadBusy,
  uploadExists,
  uploadUnknown,
} from '../storage-errors.ts';

export interface MemoryBlobStoreOptions {
  readonly clock?: Clock;
  /** How many bytes fit, staged ones included; a store without it is never full. */
  readonly capacity?: number;
}

interface StoredBlob {
  readonly bytes: Buffer;
  readonly modified: Date;
  readonly version: string;
}

let lastVersion = 0;
function newVersion(): string {
  lastVersion += 1;
  return String(lastVersion);
}

interface StagedBytes {
  chunks: Buffer[];
  size: number;
  modified: Date;
}

/** For tests and try-outs: the same promises as on a disk, except that they end with the process. */
export class MemoryBlobStore implements BlobStore {
  readonly uploads: UploadStaging;
  readonly #blobs = new Map<Digest, StoredBlob>();

  constructor(options: MemoryBlobStoreOptions = {}) {
    this.uploads = new MemoryStaging(this.#blobs, options.clock ?? systemClock, options.capacity ?? Infinity);
  }

  async stat(digest: Digest): Promise<{ size: number; modified: Date; version: string } | undefined> {
    splitDigest(digest);
    const blob = this.#blobs.get(digest);
    return blob && { size: blob.bytes.byteLength, modified: blob.modified, version: blob.version };
  }

  async read(digest: Digest, options: { range?: ByteRange; signal?: AbortSignal } = {}): Promise<Readable> {
    splitDigest(digest);
    options.signal?.throwIfAborted();
    const bytes = this.#blobs.get(digest)?.bytes;
    if (bytes === undefined) throw blobUnknown(digest);
    const { start, end } = options.range ?? { start: 0, end: bytes.byteLength - 1 };
    const inside = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end;
    if (options.range && !(inside && end < bytes.byteLength)) {
      throw rangeUnsatisfiable(digest, options.range, bytes.byteLength);
    }
    // A copy, so that nobody changes the stored bytes through the stream.
    const copy = Buffer.from(bytes.subarray(start, end + 1));
    const body = Readable.from(copy.byteLength > 0 ? [copy] : [], { objectMode: false });
    return options.signal ? addAbortSignal(options.signal, body) : body;
  }

  async examine(digest: Digest, { signal, pace }: ExamineOptions = {}): Promise<Examination | undefined> {
    const { algorithm } = splitDigest(digest);
    signal?.throwIfAborted();
    const blob = this.#blobs.get(digest);
    if (blob === undefined) return undefined;
    await pace?.(blob.bytes.byteLength);
    return { size: blob.bytes.byteLength, version: blob.version, actual: digestOf(blob.bytes, algorithm) };
  }

  /** What a failing disk does: other bytes, or none, in the place of those that were verified. */
  tamper(digest: Digest, bytes: Buffer | undefined): void {
    const blob = this.#blobs.get(digest);
    if (bytes === undefined) this.#blobs.delete(digest);
    else if (blob) this.#blobs.set(digest, { ...blob, bytes, version: newVersion() });
  }

  async delete(digest: Digest): Promise<void> {
    splitDigest(digest);
    this.#blobs.delete(digest);
  }

  async *list(options: { olderThan?: Date } = {}): AsyncGenerator<BlobInfo> {
    for (const [digest, { bytes, modified }] of this.#blobs) {
      if (options.olderThan !== undefined && modified >= options.olderThan) continue;
      yield { digest, size: bytes.byteLength, modified };
    }
  }

  async close(): Promise<void> {}
}

class MemoryStaging implements UploadStaging {
  readonly #blobs: Map<Digest, StoredBlob>;
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #staged = new Map<UploadId, StagedBytes>();

  constructor(blobs: Map<Digest, StoredBlob>, clock: Clock, capacity: number) {
    this.#blobs = blobs;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  async begin(id: UploadId): Promise<BlobUpload> {
    if (this.#staged.has(checkedUploadId(id))) throw uploadExists(id);
    const staged: StagedBytes = { chunks: [], size: 0, modified: this.#clock.now() };
    this.#staged.set(id, staged);
    return new MemoryUpload(this, id, staged);
  }

  async resume(id: UploadId, at: UploadState): Promise<BlobUpload> {
    const staged = this.#staged.get(checkedUploadId(id));
    const valid = Number.isSafeInteger(at.offset) && at.offset >= 0;
    if (staged === undefined || !valid || staged.size < at.offset) throw uploadUnknown(id);
    staged.chunks = [Buffer.concat(staged.chunks).subarray(0, at.offset)];
    staged.size = at.offset;
    return new MemoryUpload(this, id, staged);
  }

  async open(id: UploadId): Promise<StagedReader | undefined> {
    const staged = this.#staged.get(checkedUploadId(id));
    const bytes = staged && Buffer.concat(staged.chunks);
    return (
      bytes && {
        size: bytes.length,
        read: async (into, position) => bytes.copy(into, 0, position),
        close: async () => undefined,
      }
    );
  }

  async discard(id: UploadId): Promise<void> {
    this.#staged.delete(checkedUploadId(id));
  }

  async *list(): AsyncGenerator<{ id: UploadId; modified: Date }> {
    for (const [id, { modified }] of this.#staged) yield { id, modified };
  }

  now(): Date {
    return this.#clock.now();
  }

  holds(id: UploadId, staged: StagedBytes): boolean {
    return this.#staged.get(id) === staged;
  }

  /** Whether `more` bytes fit beside everything that is stored and staged. */
  fits(more: number): boolean {
    if (this.#capacity === Infinity) return true;
    let used = more;
    for (const { bytes } of this.#blobs.values()) used += bytes.byteLength;
    for (const { size } of this.#staged.values()) used += size;
    return used <= this.#capacity;
  }

  publish(digest: Digest, bytes: Buffer): void {
    this.#blobs.set(digest, { bytes, modified: this.#clock.now(), version: newVersion() });
  }
}

class MemoryUpload implements BlobUpload {
  readonly #staging: MemoryStaging;
  readonly #id: UploadId;
  readonly #staged: StagedBytes;
  #state: 'open' | 'published' | 'gone' = 'open';
  #busy = false;

  constructor(staging: MemoryStaging, id: UploadId, staged: StagedBytes) {
    this.#staging = staging;
    this.#id = id;
    this.#staged = staged;
  }

  get offset(): number {
    return this.#staged.size;
  }

  append(body: Readable, signal?: AbortSignal, options: AppendOptions = {}): Promise<UploadState> {
    return this.#alone(async () => {
      this.#mustBeOpen();
      const received: Buffer[] = [];
      let size = 0;
      const take = (chunk: Buffer): undefined => {
        size += chunk.byteLength;
        if (!this.#staging.fits(size)) throw storageFull(`writing to the upload ${this.#id}`);
        received.push(Buffer.from(chunk)); // a copy: the sender may use its buffer again
        options.release?.(chunk);
      };
      await receiveBody(body, admitting(take, options.admit), signal);
      this.#staged.chunks.push(...received);
      this.#staged.size += size;
      this.#staged.modified = this.#staging.now();
      return { offset: this.#staged.size };
    });
  }

  verify(expected: Digest): Promise<void> {
    return this.#alone(async () => {
      this.#verified(expected);
    });
  }

  commit(expected: Digest): Promise<{ size: number }> {
    return this.#alone(async () => {
      const bytes = this.#verified(expected);
      this.#staging.publish(expected, bytes);
      this.#state = 'published';
      return { size: bytes.byteLength };
    });
  }

  abort(): Promise<void> {
    return this.#alone(async () => {
      if (this.#state !== 'gone') await this.#staging.discard(this.#id);
      this.#state = 'gone';
    });
  }

  release(): Promise<void> {
    return this.#alone(async () => {
      this.#state = 'gone';
    });
  }

  #verified(expected: Digest): Buffer {
    this.#mustBeOpen();
    const { algorithm } = splitDigest(expected);
    const bytes = Buffer.concat(this.#staged.chunks);
    const actual = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
    if (actual !== expected) throw digestMismatch(this.#id, expected, actual);
    return bytes;
  }

  #mustBeOpen(): void {
    if (this.#state !== 'open' || !this.#staging.holds(this.#id, this.#staged)) throw uploadUnknown(this.#id);
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw uploadBusy(this.#id);
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

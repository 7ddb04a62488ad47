import type { Readable } from 'node:stream';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import type { AppendOptions, BlobUpload, UploadId, UploadState } from '../blob-store.ts';
import { splitDigest } from '../names.ts';
import { admitting, receiveBody } from '../receive-body.ts';
import {
  digestMismatch,
  errorCode,
  storageError,
  uploadBusy,
  uploadPoisoned,
  uploadUnknown,
} from '../storage-errors.ts';
import type { EarlySyncs } from './batch-writer.ts';
import { BatchWriter, NotDurable } from './batch-writer.ts';
import { closeQuietly } from './durable-folders.ts';
import type { FileSystem } from './file-system.ts';
import { hashAgain } from './hash-again.ts';
import type { RunningHash } from './running-hash.ts';
import { RUNNING_ALGORITHM } from './running-hash.ts';

/** One append among all that run. */
export interface Admission {
  readonly batchBytes: () => number;
  readonly earlySyncs: EarlySyncs;
  leave(): void;
}

/** What an upload needs of its store. */
export interface StagingArea {
  readonly files: FileSystem;
  now(): Date;
  /** Counts an append in; its own share of the memory for batches changes with the number of the others. */
  admit(): Admission;
  newHash(algorithm: DigestAlgorithm): RunningHash;
  /** Makes the entries of the folder of uploads durable. */
  syncEntries(): Promise<void>;
  /** Gives the fsynced file its digest as a second name, durably; on failure the file is as it was. */
  publish(path: string, digest: Digest): Promise<void>;
  /** Removes the staged file and never lets anybody resume it, even if removing fails. */
  condemn(id: UploadId): Promise<void>;
  /** Remembers the running hash of a released upload, for whoever resumes it at this offset. */
  rememberHash(id: UploadId, offset: number, hash: RunningHash): void;
}

export interface StagedFile {
  readonly id: UploadId;
  readonly path: string;
  readonly descriptor: number;
  readonly offset: number;
  /** Undefined when this process has not seen all the bytes: commit reads them again then. */
  readonly hash: RunningHash | undefined;
}

/**
 * One staged file with the hash of its acknowledged bytes.
 *
 * ```
 * open ──append, failed append, wrong digest──▶ open
 *   ├── release ──▶ gone (staged bytes stay)     ├── commit ──▶ published ──abort, release──▶ gone
 *   ├── abort ────▶ gone (removed)               └── an fsync of the data failed ──▶ poisoned (removed; all but abort refuse)
 * ```
 * After a failed fsync Linux may mark the lost pages clean, and a second fsync would succeed without having written
 * anything. So the first failure is believed and the bytes are thrown away.
 */
export class StagedUpload implements BlobUpload {
  readonly #area: StagingArea;
  readonly #id: UploadId;
  readonly #path: string;
  readonly #descriptor: number;
  #offset: number;
  #hash: RunningHash | undefined;
  #state: 'open' | 'published' | 'gone' | { readonly poisonedBy: unknown } = 'open';
  #busy = false;
  /** The file may be longer than `#offset`: a failed append whose truncation failed, too. */
  #tornTail = false;
  /** The file has changes that no fsync has covered: it is new, or was truncated. */
  #unsynced = true;
  #entryDurable: boolean;
  /** The digest that all acknowledged bytes were found to have. */
  #verified: Digest | undefined;

  constructor(area: StagingArea, file: StagedFile) {
    this.#area = area;
    this.#id = file.id;
    this.#path = file.path;
    this.#descriptor = file.descriptor;
    this.#offset = file.offset;
    this.#hash = file.hash;
    this.#entryDurable = file.offset > 0; // whoever acknowledged those bytes has made the entry durable
  }

  get offset(): number {
    return this.#offset;
  }

  append(body: Readable, signal?: AbortSignal, options: AppendOptions = {}): Promise<UploadState> {
    return this.#alone(async () => {
      this.#mustBeOpen();
      await this.#dropTornTail();
      if (this.#hash?.lost) this.#hash = undefined;
      this.#verified = undefined;
      const entry = this.#entryDurable ? undefined : this.#area.syncEntries(); // beside the body, not behind it
      const [written, named] = await Promise.allSettled([this.#write(body, signal, options), entry]);
      if (named.status === 'rejected') await this.#poison(named.reason);
      this.#entryDurable = true;
      if (written.status === 'rejected') {
        if (written.reason instanceof NotDurable) await this.#poison(written.reason.cause);
        await this.#rollBack();
        throw written.reason;
      }
      this.#unsynced = false;
      const end = written.value;
      this.#hash?.mark();
      this.#offset = end;
      return { offset: end };
    });
  }

  verify(expected: Digest, signal?: AbortSignal): Promise<void> {
    return this.#alone(() => this.#verify(expected, signal));
  }

  commit(expected: Digest): Promise<{ size: number }> {
    return this.#alone(async () => {
      await this.#verify(expected);
      await this.#setModified();
      if (this.#unsynced) await this.#area.files.fsync(this.#descriptor).catch((error: unknown) => this.#poison(error));
      this.#unsynced = false;
      await this.#publish(expected);
      await this.#leave('published');
      return { size: this.#offset };
    });
  }

  abort(): Promise<void> {
    return this.#alone(async () => {
      if (this.#state === 'gone') return;
      if (this.#state === 'open') await closeQuietly(this.#area.files, this.#descriptor);
      this.#state = 'gone';
      this.#dropHash();
      await this.#area.files.unlink(this.#path).catch((error: unknown) => {
        if (errorCode(error) !== 'ENOENT') throw storageError(error, `removing the upload ${this.#id}`);
      });
    });
  }

  release(): Promise<void> {
    return this.#alone(async () => {
      if (this.#state === 'published') this.#state = 'gone';
      if (this.#state !== 'open') return;
      if (this.#hash !== undefined) this.#area.rememberHash(this.#id, this.#offset, this.#hash);
      this.#hash = undefined;
      await this.#leave('gone');
    });
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

  #mustBeOpen(): void {
    if (this.#state === 'gone' || this.#state === 'published') throw uploadUnknown(this.#id);
    if (this.#state !== 'open') throw uploadPoisoned(this.#id, this.#state.poisonedBy);
  }

  async #write(body: Readable, signal: AbortSignal | undefined, options: AppendOptions): Promise<number> {
    const admission = this.#area.admit();
    const writer = new BatchWriter({
      files: this.#area.files,
      descriptor: this.#descriptor,
      position: this.#offset,
      hash: this.#hash,
      batchBytes: admission.batchBytes,
      replay: (into) => this.#replay(into, signal),
      earlySyncs: admission.earlySyncs,
      ownsChunks: options.ownsChunks ?? false,
      release: options.release,
      doing: `writing to the upload ${this.#id} at byte ${this.#offset}`,
    });
    try {
      await receiveBody(
        body,
        admitting((chunk) => writer.add(chunk), options.admit),
        signal,
      );
      const end = await writer.finish();
      await this.#setModified();
      return end;
    } finally {
      await writer.stop();
      admission.leave();
    }
  }

  async #rollBack(): Promise<void> {
    if (this.#hash?.lost) this.#hash = undefined;
    this.#hash?.reset();
    this.#tornTail = true;
    await this.#dropTornTail().catch(() => {}); // the next append or commit tries again
  }

  async #dropTornTail(): Promise<void> {
    if (!this.#tornTail) return;
    await this.#area.files.truncate(this.#descriptor, this.#offset).catch((error: unknown) => {
      throw storageError(error, `taking the upload ${this.#id} back to byte ${this.#offset}`);
    });
    this.#tornTail = false;
    this.#unsynced = true;
  }

  /** The clock's time, not the kernel's: the age of an upload or a blob is compared with that clock. */
  async #setModified(): Promise<void> {
    await this.#area.files.setModified(this.#descriptor, this.#area.now()).catch((error: unknown) => {
      throw storageError(error, `writing to the upload ${this.#id}`);
    });
  }

  async #verify(expected: Digest, signal?: AbortSignal): Promise<void> {
    this.#mustBeOpen();
    const { algorithm } = splitDigest(expected);
    await this.#dropTornTail();
    if (this.#verified === expected) return;
    const actual = await this.#digest(algorithm, signal);
    if (actual !== expected) throw digestMismatch(this.#id, expected, actual);
    this.#verified = expected;
  }

  async #digest(algorithm: DigestAlgorithm, signal: AbortSignal | undefined): Promise<Digest> {
    const known = algorithm === RUNNING_ALGORITHM ? await this.#hash?.digest().catch(() => undefined) : undefined;
    return `${algorithm}:${known ?? (await this.#reread(algorithm, signal))}` as Digest;
  }

  /** Node cannot save a hash's state: after a restart, or for another algorithm, the staged bytes are hashed again. */
  async #reread(algorithm: DigestAlgorithm, signal: AbortSignal | undefined): Promise<string> {
    const hash = this.#area.newHash(algorithm);
    try {
      await this.#replay(hash, signal);
      return await hash.digest();
    } finally {
      hash.drop();
    }
  }

  async #replay(into: RunningHash, signal?: AbortSignal): Promise<void> {
    await hashAgain(into, this.#area.files, this.#descriptor, {
      length: this.#offset,
      signal,
      doing: `reading the upload ${this.#id} again`,
    });
  }

  async #publish(digest: Digest): Promise<void> {
    try {
      await this.#area.publish(this.#path, digest);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw uploadUnknown(this.#id); // discarded behind our back
      throw storageError(error, `publishing ${digest}`);
    }
  }

  async #poison(reason: unknown): Promise<never> {
    this.#state = { poisonedBy: reason };
    this.#dropHash();
    await closeQuietly(this.#area.files, this.#descriptor);
    await this.#area.condemn(this.#id);
    throw storageError(reason, `making the upload ${this.#id} durable`);
  }

  async #leave(state: 'published' | 'gone'): Promise<void> {
    this.#state = state;
    this.#dropHash();
    await closeQuietly(this.#area.files, this.#descriptor);
  }

  #dropHash(): void {
    this.#hash?.drop();
    this.#hash = undefined;
  }
}

import { join } from 'node:path';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import type { Clock } from '../../platform/clock.ts';
import type { BlobUpload, StagedReader, UploadId, UploadStaging, UploadState } from '../blob-store.ts';
import { errorCode, isAbsent, storageError, uploadExists, uploadUnknown } from '../storage-errors.ts';
import type { EarlySyncs } from './batch-writer.ts';
import { BATCHES_PER_UPLOAD } from './batch-writer.ts';
import type { DurableFolders } from './durable-folders.ts';
import { closeQuietly } from './durable-folders.ts';
import type { FileSystem } from './file-system.ts';
import { HashThreads } from './hash-threads.ts';
import type { Layout } from './layout.ts';
import { replacementPath, uploadOfFile, uploadPath } from './layout.ts';
import { putOwnCopy, unlinkIfThere } from './own-copy.ts';
import type { RunningHash } from './running-hash.ts';
import type { Admission, StagingArea } from './staged-upload.ts';
import { StagedUpload } from './staged-upload.ts';

export interface StagingOptions {
  readonly layout: Layout;
  readonly files: FileSystem;
  readonly folders: DurableFolders;
  readonly clock: Clock;
  readonly publish: (path: string, digest: Digest) => Promise<void>;
}

/** What one upload alone hashes and writes at a time; many at once share BATCH_MEMORY, down to SMALLEST_BATCH each. */
const LARGEST_BATCH = 1024 * 1024;
const SMALLEST_BATCH = 16 * 1024;
/** What the batches of all appends together aim to hold, BATCHES_PER_UPLOAD for each; beyond 680 appends the floor wins. */
const BATCH_MEMORY = 32 * 1024 * 1024;
/** A chunked push releases and resumes its upload for every chunk; without its hash all bytes would be read again. */
const REMEMBERED_HASHES = 4096;

export class FilesystemStaging implements UploadStaging {
  readonly #options: StagingOptions;
  readonly #area: StagingArea;
  readonly #threads = new HashThreads();
  /** In the order of use, so that the first one is the longest unused. */
  readonly #hashes = new Map<UploadId, { readonly offset: number; readonly hash: RunningHash }>();
  /** Poisoned uploads whose file could not even be removed. */
  readonly #condemned = new Set<UploadId>();
  readonly #earlySyncs: EarlySyncs = { running: 0 };
  #appends = 0;

  constructor(options: StagingOptions) {
    this.#options = options;
    this.#area = {
      files: options.files,
      now: () => options.clock.now(),
      admit: () => this.#admit(),
      newHash: (algorithm) => this.#threads.newHash(algorithm),
      syncEntries: () => options.folders.sync(options.layout.uploads),
      publish: options.publish,
      condemn: (id) => this.#condemn(id),
      rememberHash: (id, offset, hash) => this.#rememberHash(id, offset, hash),
    };
  }

  async begin(id: UploadId): Promise<BlobUpload> {
    const path = uploadPath(this.#options.layout, id);
    const descriptor = await this.#options.files.open(path, 'create').catch((error: unknown) => {
      throw errorCode(error) === 'EEXIST' ? uploadExists(id) : storageError(error, `beginning the upload ${id}`);
    });
    await this.#options.files.setModified(descriptor, this.#area.now()).catch(() => {}); // only for the age of leftovers
    return new StagedUpload(this.#area, { id, path, descriptor, offset: 0, hash: this.#threads.newHash() });
  }

  async resume(id: UploadId, at: UploadState): Promise<BlobUpload> {
    const { files } = this.#options;
    const path = uploadPath(this.#options.layout, id);
    if (this.#condemned.has(id) || !Number.isSafeInteger(at.offset) || at.offset < 0) throw uploadUnknown(id);
    const descriptor = await files.open(path, 'update').catch((error: unknown) => {
      throw errorCode(error) === 'ENOENT' ? uploadUnknown(id) : storageError(error, `resuming the upload ${id}`);
    });
    let own = descriptor;
    try {
      const { size, links } = await files.describe(descriptor);
      if (size < at.offset) throw uploadUnknown(id);
      if (links > 1) own = await this.#separate(path, descriptor, at.offset);
      else if (size > at.offset) await files.truncate(descriptor, at.offset);
    } catch (error) {
      await closeQuietly(files, descriptor);
      throw storageError(error, `resuming the upload ${id}`);
    }
    let hash = this.#rememberedHash(id, at.offset);
    if (at.offset === 0) hash ??= this.#threads.newHash();
    return new StagedUpload(this.#area, { id, path, descriptor: own, offset: at.offset, hash });
  }

  /** The file is a published blob, too: what was acknowledged of the upload gets a file of its own, durably. */
  async #separate(path: string, descriptor: number, length: number): Promise<number> {
    const { files, folders, layout } = this.#options;
    const own = await putOwnCopy(files, path, descriptor, length);
    try {
      await folders.sync(layout.uploads);
    } catch (error) {
      await closeQuietly(files, own);
      throw error;
    }
    await closeQuietly(files, descriptor);
    return own;
  }

  async open(id: UploadId): Promise<StagedReader | undefined> {
    const { files } = this.#options;
    try {
      const descriptor = await files.open(uploadPath(this.#options.layout, id), 'read');
      const { size } = await files.describe(descriptor);
      return {
        size,
        read: (into, position) => files.read(descriptor, into, position),
        close: () => closeQuietly(files, descriptor),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw storageError(error, `opening the upload ${id}`);
    }
  }

  async discard(id: UploadId): Promise<void> {
    const path = uploadPath(this.#options.layout, id);
    this.#forgetHash(id);
    try {
      await unlinkIfThere(this.#options.files, path);
      await unlinkIfThere(this.#options.files, replacementPath(path));
    } catch (error) {
      throw storageError(error, `removing the upload ${id}`);
    }
    this.#condemned.delete(id);
  }

  async *list(): AsyncGenerator<{ id: UploadId; modified: Date }> {
    const { files, layout } = this.#options;
    for await (const entry of files.entries(layout.uploads)) {
      const id = uploadOfFile(entry.name);
      if (id === undefined) continue;
      const info = await files.stat(join(layout.uploads, entry.name));
      if (info?.isFile) yield { id, modified: info.modified };
    }
  }

  /** In the threads that hash the uploads. */
  newHash(algorithm: DigestAlgorithm): RunningHash {
    return this.#threads.newHash(algorithm);
  }

  async close(): Promise<void> {
    this.#hashes.clear();
    await this.#threads.close();
  }

  #admit(): Admission {
    this.#appends += 1;
    return {
      batchBytes: () =>
        Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, BATCH_MEMORY / BATCHES_PER_UPLOAD / this.#appends)),
      earlySyncs: this.#earlySyncs,
      leave: () => {
        this.#appends -= 1;
      },
    };
  }

  async #condemn(id: UploadId): Promise<void> {
    this.#forgetHash(id);
    await this.#options.files.unlink(uploadPath(this.#options.layout, id)).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') this.#condemned.add(id);
    });
  }

  #rememberHash(id: UploadId, offset: number, hash: RunningHash): void {
    this.#forgetHash(id);
    this.#hashes.set(id, { offset, hash });
    for (const oldest of this.#hashes.keys()) {
      if (this.#hashes.size <= REMEMBERED_HASHES) break;
      this.#forgetHash(oldest);
    }
  }

  #rememberedHash(id: UploadId, offset: number): RunningHash | undefined {
    const known = this.#hashes.get(id);
    if (known?.offset !== offset || known.hash.lost) {
      this.#forgetHash(id);
      return undefined;
    }
    this.#hashes.delete(id);
    return known.hash;
  }

  #forgetHash(id: UploadId): void {
    this.#hashes.get(id)?.hash.drop();
    this.#hashes.delete(id);
  }
}

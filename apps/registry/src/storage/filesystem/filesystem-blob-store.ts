import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import type { Digest } from '@holdfast/oci/digest';
import { type Awaitable, andThen, orElse } from '../../platform/awaitable.ts';
import type { Clock } from '../../platform/clock.ts';
import { systemClock } from '../../platform/clock.ts';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import type { BlobInfo, BlobStore, ByteRange, Examination, ExamineOptions, UploadStaging } from '../blob-store.ts';
import { blobUnknown, errorCode, isAbsent, storageError } from '../storage-errors.ts';
import { BlobReader, checkedWindow } from './blob-reader.ts';
import { closeQuietly, DurableFolders } from './durable-folders.ts';
import { examineFile } from './examine-file.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { ALGORITHMS, blobPath, layoutOf, replacementPath } from './layout.ts';
import { listBlobs } from './list-blobs.ts';
import { unlinkIfThere } from './own-copy.ts';
import { FilesystemStaging } from './staging.ts';

export interface FilesystemBlobStoreOptions {
  /** The folder that holds everything; made when it is missing. One process at a time. */
  readonly root: string;
  readonly clock?: Clock;
  readonly files?: FileSystem;
}

/** Makes the folders, durably, and opens the store. */
export async function openFilesystemBlobStore(options: FilesystemBlobStoreOptions): Promise<FilesystemBlobStore> {
  const files = options.files ?? nodeFileSystem;
  const layout = layoutOf(options.root);
  const folders = new DurableFolders(files);
  try {
    await folders.ensureWithParents(layout.root);
    await folders.ensure(layout.blobs);
    await folders.ensure(layout.uploads);
  } catch (error) {
    throw storageError(error, `preparing the folder ${layout.root}`);
  }
  return new FilesystemBlobStore(layout, files, folders, options.clock ?? systemClock);
}

export class FilesystemBlobStore implements BlobStore {
  readonly uploads: UploadStaging;
  readonly #staging: FilesystemStaging;
  readonly #layout: Layout;
  readonly #files: FileSystem;
  readonly #folders: DurableFolders;
  readonly #turns = new KeyedLock();

  constructor(layout: Layout, files: FileSystem, folders: DurableFolders, clock: Clock) {
    this.#layout = layout;
    this.#files = files;
    this.#folders = folders;
    this.#staging = new FilesystemStaging({
      layout,
      files,
      folders,
      clock,
      publish: (path, digest) => this.#publish(path, digest),
    });
    this.uploads = this.#staging;
  }

  stat(digest: Digest): Awaitable<{ size: number; modified: Date; version: string } | undefined> {
    const { file } = blobPath(this.#layout, digest);
    const found = orElse(
      () => this.#files.stat(file),
      (error) => {
        throw storageError(error, `looking up ${digest}`);
      },
    );
    return andThen(found, (info) => (info?.isFile ? info : undefined));
  }

  async read(digest: Digest, options: { range?: ByteRange; signal?: AbortSignal } = {}): Promise<Readable> {
    const { file } = blobPath(this.#layout, digest);
    options.signal?.throwIfAborted();
    const descriptor = await this.#files.open(file, 'read').catch((error: unknown) => {
      throw isAbsent(error) ? blobUnknown(digest) : storageError(error, `reading ${digest}`);
    });
    try {
      const { size, isFile } = await this.#files.describe(descriptor);
      if (!isFile) throw blobUnknown(digest);
      const window = checkedWindow(digest, size, options.range);
      const reader = new BlobReader(this.#files, descriptor, digest, window);
      return options.signal ? addAbortSignal(options.signal, reader) : reader;
    } catch (error) {
      await closeQuietly(this.#files, descriptor);
      throw storageError(error, `reading ${digest}`);
    }
  }

  async examine(digest: Digest, options: ExamineOptions = {}): Promise<Examination | undefined> {
    const { file } = blobPath(this.#layout, digest);
    return examineFile(this.#files, file, digest, { ...options, newHash: (of) => this.#staging.newHash(of) });
  }

  localPath(digest: Digest): string {
    return blobPath(this.#layout, digest).file;
  }

  /** Without an fsync of the folder: a blob that comes back after a power loss is an orphan, and the next sweep finds it. */
  async delete(digest: Digest): Promise<void> {
    const { file } = blobPath(this.#layout, digest);
    await this.#turns.hold(file, () =>
      this.#files.unlinkAside(file).catch((error: unknown) => {
        if (!isAbsent(error)) throw storageError(error, `deleting ${digest}`);
      }),
    );
  }

  list(options: { olderThan?: Date } = {}): AsyncIterable<BlobInfo> {
    return listBlobs(this.#files, this.#layout, ALGORITHMS, options.olderThan);
  }

  async close(): Promise<void> {
    await this.#staging.close();
  }

  /**
   * Turns are per digest: if the fsync of one publication fails, taking its entry back must not take away
   * what another one has published, and promised, in between.
   */
  async #publish(staged: string, digest: Digest): Promise<void> {
    const { file, folder, parents } = blobPath(this.#layout, digest);
    await this.#turns.hold(file, async () => {
      for (const parent of [...parents.slice(1), folder]) await this.#folders.ensure(parent);
      const added = await this.#name(staged, file);
      try {
        await this.#folders.sync(folder);
      } catch (error) {
        // An equal blob was there before and may be linked: its bytes are now the verified ones, so they stay.
        if (added) await this.#files.unlink(file).catch(() => {});
        throw error;
      }
    });
  }

  /** False when an equal blob was there, whose place the staged file has taken. */
  async #name(staged: string, file: string): Promise<boolean> {
    try {
      await this.#files.link(staged, file);
      return true;
    } catch (error) {
      if (isAbsent(error)) this.#folders.forget(); // somebody may have removed an empty folder
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const replacement = replacementPath(staged);
    await unlinkIfThere(this.#files, replacement);
    await this.#files.link(staged, replacement);
    try {
      await this.#files.rename(replacement, file);
    } finally {
      // Still there when the rename failed, and when both names led to the same file, which POSIX leaves as it is.
      await this.#files.unlink(replacement).catch(() => {});
    }
    return false;
  }
}

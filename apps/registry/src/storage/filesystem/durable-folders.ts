import { dirname, resolve } from 'node:path';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import { errorCode } from '../storage-errors.ts';
import type { FileSystem } from './file-system.ts';

/**
 * Makes folders and fsyncs the entries that name them. A folder that is already there proves nothing: a process that
 * died may have made it a moment before its own fsync. So each one is made durable once per process.
 *
 * After a failed fsync a second one may report success without having written the entry. So the folder is removed and
 * made anew, which writes its entry again; while it cannot be removed it is refused.
 */
export class DurableFolders {
  readonly #files: FileSystem;
  readonly #durable = new Set<string>();
  /** Their fsync failed, and they could not be removed. */
  readonly #doubtful = new Set<string>();
  readonly #turns = new KeyedLock();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** Makes `path` and every missing folder above it; for the root, which may be several levels deep. */
  async ensureWithParents(path: string): Promise<void> {
    const missing: string[] = [];
    let existing = resolve(path);
    while (dirname(existing) !== existing && (await this.#files.stat(existing)) === undefined) {
      missing.unshift(existing);
      existing = dirname(existing);
    }
    for (const folder of missing) await this.ensure(folder);
  }

  /** Makes one folder whose parent exists. */
  async ensure(path: string): Promise<void> {
    if (this.#durable.has(path)) return;
    await this.#turns.hold(path, async () => {
      if (this.#durable.has(path)) return;
      if (this.#doubtful.has(path)) await this.#remove(path);
      await this.#files.makeFolder(path);
      try {
        await this.sync(dirname(path));
      } catch (error) {
        this.#doubtful.add(path);
        await this.#remove(path).catch(() => {}); // tried again when it is next needed
        throw error;
      }
      this.#durable.add(path);
    });
  }

  async #remove(path: string): Promise<void> {
    await this.#files.removeFolder(path).catch((error: unknown) => {
      // Only a folder that an earlier process used has anything inside; that process made its name durable.
      if (!REMOVED_OR_USED.has(errorCode(error))) throw error;
    });
    this.#doubtful.delete(path);
  }

  /** Makes every folder again when it is next needed. */
  forget(): void {
    this.#durable.clear();
  }

  /** Makes what was created, renamed or removed directly in `folder` durable. */
  async sync(folder: string): Promise<void> {
    const descriptor = await this.#files.open(folder, 'folder');
    try {
      await this.#files.fsync(descriptor);
    } finally {
      await closeQuietly(this.#files, descriptor);
    }
  }
}

const REMOVED_OR_USED: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);

/** Linux frees the descriptor even when close fails, and what had to be durable was fsynced before. */
export async function closeQuietly(files: FileSystem, descriptor: number): Promise<void> {
  await files.close(descriptor).catch(() => {});
}

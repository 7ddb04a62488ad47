import { dirname, resolve } from 'node:path';
import type { FileSystem } from './file-system.ts';

/**
 * Makes folders and fsyncs the entries that name them. A folder that is already there proves nothing: a process that
 * died may have made it a moment before its own fsync. So each one is made durable once per process.
 */
export class DurableFolders {
  readonly #files: FileSystem;
  readonly #durable = new Set<string>();

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
    await this.#files.makeFolder(path);
    await this.sync(dirname(path));
    this.#durable.add(path);
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

/** Linux frees the descriptor even when close fails, and what had to be durable was fsynced before. */
export async function closeQuietly(files: FileSystem, descriptor: number): Promise<void> {
  await files.close(descriptor).catch(() => {});
}

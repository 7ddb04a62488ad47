import type { Awaitable } from '../../platform/awaitable.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';

export type Operation = keyof FileSystem;

/** What happens to one operation: nothing (undefined), or it fails with this error code. */
export type Fault = (operation: Operation, count: number) => string | undefined;

/**
 * For tests: the real file system, whose operations fail when `fault` says so. `count` starts at 1. Closing always
 * works underneath, as on Linux, so that the count of open descriptors tells leaks of the driver only.
 */
export class FaultFileSystem {
  readonly files: FileSystem;
  readonly done: Operation[] = [];
  readonly open = new Set<number>();
  fault: Fault = () => undefined;

  constructor(real: FileSystem = nodeFileSystem) {
    const attempt = async <T>(operation: Operation, work: () => Awaitable<T>): Promise<T> => {
      this.#count(operation);
      return work();
    };
    this.files = {
      open: (path, mode) =>
        attempt('open', async () => {
          const descriptor = await real.open(path, mode);
          this.open.add(descriptor);
          return descriptor;
        }),
      close: async (descriptor) => {
        this.open.delete(descriptor);
        await real.close(descriptor);
        this.#count('close');
      },
      read: (descriptor, into, position) => attempt('read', () => real.read(descriptor, into, position)),
      writev: (descriptor, buffers, position) => attempt('writev', () => real.writev(descriptor, buffers, position)),
      writableInThread: (descriptor) => {
        this.#count('writev');
        return real.writableInThread(descriptor);
      },
      truncate: (descriptor, length) => attempt('truncate', () => real.truncate(descriptor, length)),
      setModified: (descriptor, time) => attempt('setModified', () => real.setModified(descriptor, time)),
      fsync: (descriptor) => attempt('fsync', () => real.fsync(descriptor)),
      fdatasync: (descriptor) => attempt('fdatasync', () => real.fdatasync(descriptor)),
      describe: (descriptor) => attempt('describe', () => real.describe(descriptor)),
      stat: (path) => attempt('stat', () => real.stat(path)),
      rename: (from, to) => attempt('rename', () => real.rename(from, to)),
      link: (from, to) => attempt('link', () => real.link(from, to)),
      unlink: (path) => attempt('unlink', () => real.unlink(path)),
      unlinkAside: (path) => attempt('unlink', () => real.unlinkAside(path)),
      makeFolder: (path) => attempt('makeFolder', () => real.makeFolder(path)),
      removeFolder: (path) => attempt('removeFolder', () => real.removeFolder(path)),
      entries: (path) => real.entries(path),
    };
  }

  #count(operation: Operation): void {
    this.done.push(operation);
    const code = this.fault(operation, this.done.length);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${operation}`), { code });
  }
}

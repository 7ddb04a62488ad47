import * as fs from 'node:fs';
import { type Awaitable, orElse } from '../../platform/awaitable.ts';
import { diskPace } from '../../platform/disk-pace.ts';
import { versionOf } from '../file-version.ts';
import { isAbsent } from '../storage-errors.ts';
import { remover } from './removing-thread.ts';

export interface FileInfo {
  readonly size: number;
  readonly modified: Date;
  readonly isFile: boolean;
  /** How many names lead to it. */
  readonly links: number;
  /** See `Examination`. */
  readonly version: string;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly isFolder: boolean;
}

/** How a file is opened. A symbolic link in place of the file is refused (the folders above it are followed). */
export type OpenMode = 'create' | 'update' | 'read' | 'folder';

/**
 * Every operation with which the driver touches the disk. One narrow seam, so that tests can put a disk behind it that
 * fills up, tears writes, lies about fsync or dies at any instruction.
 */
export interface FileSystem {
  /** `create` fails with EEXIST when the file is there. Returns a descriptor. */
  open(path: string, mode: OpenMode): Promise<number>;
  close(descriptor: number): Promise<void>;
  /** Returns how many bytes were read; 0 at the end. */
  read(descriptor: number, into: Uint8Array, position: number): Promise<number>;
  /** Returns how many bytes were written; may be fewer than given. */
  writev(descriptor: number, buffers: readonly Uint8Array[], position: number): Promise<number>;
  /** The descriptor with which a thread of this process may write by itself what it hashes; undefined: only `writev` may. Asked before each write. */
  writableInThread(descriptor: number): number | undefined;
  truncate(descriptor: number, length: number): Promise<void>;
  setModified(descriptor: number, time: Date): Promise<void>;
  fsync(descriptor: number): Promise<void>;
  fdatasync(descriptor: number): Promise<void>;
  describe(descriptor: number): Promise<FileInfo>;
  /** Undefined when nothing is there; looks at a symbolic link itself. */
  stat(path: string): Awaitable<FileInfo | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file; fails with EEXIST when `to` is there. */
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** The same, for the collector: whatever serves requests goes first. */
  unlinkAside(path: string): Promise<void>;
  /** Makes one folder; false when it is there already. */
  makeFolder(path: string): Promise<boolean>;
  /** Fails with ENOTEMPTY when anything is inside. */
  removeFolder(path: string): Promise<void>;
  /** Walks a folder a few entries at a time; nothing when it does not exist. */
  entries(path: string): AsyncIterable<FolderEntry>;
}

const { O_CREAT, O_EXCL, O_RDWR, O_RDONLY, O_NOFOLLOW, O_DIRECTORY } = fs.constants;

const FLAGS: Record<OpenMode, number> = {
  create: O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW,
  update: O_RDWR | O_NOFOLLOW,
  read: O_RDONLY | O_NOFOLLOW,
  folder: O_RDONLY | O_DIRECTORY, // an operator may put a link to another disk in a folder's place
};

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Callbacks on plain descriptors: `FileHandle` costs more per operation and closes itself behind our back. */
function promised<T>(call: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

/** What the page cache and the folder cache most likely hold costs less where it is asked than the way to a thread and back. */
function looked<T>(look: () => T, call: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  if (!diskPace.quick) return promised(call);
  return new Promise((resolve) => resolve(diskPace.blocking(look)));
}

/** Bytes that are read at once, where the disk has been quick: manifests' configs have fewer. */
const SMALL_READ = 64 * 1024;

/** What nobody asks for is not made: a HEAD of a blob needs the size alone. */
class Looked implements FileInfo {
  readonly #stats: fs.Stats;

  constructor(stats: fs.Stats) {
    this.#stats = stats;
  }

  get size(): number {
    return this.#stats.size;
  }

  get modified(): Date {
    return this.#stats.mtime;
  }

  get isFile(): boolean {
    return this.#stats.isFile();
  }

  get links(): number {
    return this.#stats.nlink;
  }

  get version(): string {
    return versionOf(this.#stats);
  }
}

function infoOf(stats: fs.Stats): FileInfo {
  return new Looked(stats);
}

/** Asked by small requests: without a promise where that can be. */
function lookAt(path: string): Awaitable<FileInfo | undefined> {
  if (!diskPace.quick) return promised<fs.Stats>((done) => fs.lstat(path, done)).then(infoOf);
  const stats = diskPace.blocking(() => fs.lstatSync(path, { throwIfNoEntry: false }));
  return stats && infoOf(stats);
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

export const nodeFileSystem: FileSystem = {
  open: (path, mode) => {
    const open = (done: (error: Error | null, descriptor?: number) => void) =>
      fs.open(path, FLAGS[mode], FILE_MODE, done);
    return mode === 'read' ? looked(() => fs.openSync(path, FLAGS.read), open) : promised(open);
  },
  close: (descriptor) =>
    looked(
      () => fs.closeSync(descriptor),
      (done) => fs.close(descriptor, done),
    ),
  read: (descriptor, into, position) => {
    const size = into.byteLength;
    const read = (done: (error: Error | null, bytes?: number) => void) =>
      fs.read(descriptor, into, 0, size, position, done);
    return size > SMALL_READ ? promised(read) : looked(() => fs.readSync(descriptor, into, 0, size, position), read);
  },
  writev: (descriptor, buffers, position) => promised((done) => fs.writev(descriptor, buffers, position, done)),
  writableInThread: (descriptor) => descriptor,
  truncate: (descriptor, length) => promised((done) => fs.ftruncate(descriptor, length, done)),
  setModified: (descriptor, time) => promised((done) => fs.futimes(descriptor, time, time, done)),
  fsync: (descriptor) => promised((done) => fs.fsync(descriptor, done)),
  fdatasync: (descriptor) => promised((done) => fs.fdatasync(descriptor, done)),
  describe: async (descriptor) =>
    infoOf(
      await looked<fs.Stats>(
        () => fs.fstatSync(descriptor),
        (done) => fs.fstat(descriptor, done),
      ),
    ),
  stat: (path) => orElse(() => lookAt(path), undefinedIfAbsent),
  rename: (from, to) => promised((done) => fs.rename(from, to, done)),
  link: (from, to) => promised((done) => fs.link(from, to, done)),
  unlink: (path) => promised((done) => fs.unlink(path, done)),
  unlinkAside: (path) => remover.remove(path),
  makeFolder: (path) =>
    promised((done) =>
      fs.mkdir(path, FOLDER_MODE, (error) => {
        if (error?.code === 'EEXIST') return done(null, false);
        done(error, true);
      }),
    ),
  removeFolder: (path) => promised((done) => fs.rmdir(path, done)),
  entries: listFolder,
};

async function* listFolder(path: string): AsyncGenerator<FolderEntry> {
  let folder: fs.Dir;
  try {
    folder = await fs.promises.opendir(path);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  // Leaving the loop early closes the folder, too.
  for await (const entry of folder) {
    yield { name: entry.name, isFile: entry.isFile(), isFolder: entry.isDirectory() };
  }
}

import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { BLOCK, readTarHeader, tarHeader } from './tar-header.ts';

/** More entries than this are no image, but an attack on whoever lists them. */
const ENTRIES = 1_000_000;
const NAME_BYTES = 64 * 1024;
/** Of each read of a file: what a layer costs is bytes, not calls. */
export const READ_BYTES = 1024 * 1024;
const WINDOW_BYTES = 64 * 1024;

/** The bytes of one file, read anywhere in it: on this machine's disk, or wherever somebody keeps them. */
export interface ByteFile {
  /** For messages. */
  readonly location: string;
  readonly size: number;
  /** Fewer than `length` at the end of the file. */
  at(offset: number, length: number): Promise<Buffer>;
  /** From `start` to before `end`. */
  read(start: number, end: number): Readable;
}

export async function openByteFile(location: string): Promise<ByteFile> {
  const { size } = await stat(location);
  return {
    location,
    size,
    at: async (offset, length) => {
      const file = await open(location);
      try {
        const { buffer: bytes, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    read: (start, end) =>
      end === start
        ? Readable.from([])
        : createReadStream(location, { start, end: end - 1, highWaterMark: READ_BYTES }),
  };
}

/** Files by their paths: a folder, or a tar file that is read where it lies. Nothing is ever unpacked. */
export interface FileTree {
  /** Path of the folder or of the tar file, for messages. */
  readonly location: string;
  readonly paths: ReadonlyMap<string, number>;
  /** Bytes from `start` to before `end`. Throws for a path that is not there. */
  read(path: string, start?: number, end?: number): Readable;
}

/** All of a small file; undefined when it is not there or larger than `limit` bytes. */
export async function readSmall(tree: FileTree, path: string, limit: number): Promise<Buffer | undefined> {
  const size = tree.paths.get(path);
  return size === undefined || size > limit ? undefined : buffer(tree.read(path));
}

export async function openFileTree(location: string): Promise<FileTree> {
  return (await stat(location)).isDirectory() ? openFolder(location) : openTar(await openByteFile(location));
}

async function openFolder(location: string): Promise<FileTree> {
  const paths = new Map<string, number>();
  for (const entry of await readdir(location, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue; // no link is followed
    const full = join(entry.parentPath, entry.name);
    paths.set(relative(location, full).replaceAll('\\', '/'), (await stat(full)).size);
  }
  return {
    location,
    paths,
    read: (path, start = 0, end = paths.get(path)) => {
      if (!paths.has(path)) throw new Error(`${location} has no ${path}`);
      return end === start
        ? Readable.from([])
        : createReadStream(join(location, path), { start, end: (end ?? 0) - 1, highWaterMark: READ_BYTES });
    },
  };
}

/**
 * Regular files by their last entry, as tar itself has it; links within the archive, which `docker save` makes, are those
 * files. Throws for a file that is no tar file or is cut short.
 */
export async function openTar(file: ByteFile): Promise<FileTree> {
  const found = await indexTar(file);
  return {
    location: file.location,
    paths: new Map([...found].map(([path, { size }]) => [path, size])),
    read: (path, start = 0, end) => {
      const place = found.get(path);
      if (!place) throw new Error(`${file.location} has no ${path}`);
      return file.read(place.offset + start, place.offset + (end ?? place.size));
    },
  };
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Where each file of a tar file is. `strict` refuses whatever `tarHeader` does not write, and two files of one name. */
export async function indexTar(file: ByteFile, { strict = false } = {}): Promise<Map<string, Place>> {
  const headerAt = throughWindow(file);
  const found = new Map<string, Place>();
  let name: string | undefined;
  for (let offset = 0; ; ) {
    const header = await headerAt(offset);
    const read = readTarHeader(header);
    if (read.kind === 'end') return found;
    const { path, size } = read.entry;
    const place = { offset: offset + BLOCK, size };
    if (place.offset + size > file.size) throw new Error(`it ends before ${path} does`);
    offset = place.offset + Math.ceil(size / BLOCK) * BLOCK;
    if (strict && (read.kind !== 'file' || found.has(path) || !header.equals(tarHeader(read.entry)))) {
      throw new Error(`it has an entry that a volume has not, or twice: ${path.slice(0, 200)} (${read.kind})`);
    }
    const actual = (name ?? path).replace(/^\.\//, '');
    if (read.kind === 'long-name' || read.kind === 'pax') name = (await readName(file, read.kind, place)) ?? name;
    else {
      if (read.kind === 'file') found.set(actual, place);
      const linked =
        read.kind === 'link' ? (found.get(read.target) ?? found.get(resolved(actual, read.target))) : undefined;
      if (linked) found.set(actual, linked);
      name = undefined;
    }
    if (found.size > ENTRIES) throw new Error(`it has more than ${ENTRIES} entries`);
  }
}

/** Headers of small files lie close together: one read brings many of them. */
function throughWindow(file: ByteFile): (offset: number) => Promise<Buffer> {
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  return async (offset) => {
    if (offset < start || offset + BLOCK > start + window.length) {
      window = await file.at(offset, WINDOW_BYTES);
      start = offset;
    }
    return window.subarray(offset - start, offset - start + BLOCK);
  };
}

async function readName(
  file: ByteFile,
  kind: 'long-name' | 'pax',
  { offset, size }: Place,
): Promise<string | undefined> {
  if (size > NAME_BYTES) throw new Error(`it has a name of ${size} bytes`);
  const bytes = await file.at(offset, size);
  const text = bytes.toString('utf8').replace(/\0+$/, '');
  return kind === 'long-name' ? text : /^\d+ path=(.*)$/m.exec(text)?.[1];
}

/** A link's target, seen from the folder of the link. */
const resolved = (from: string, target: string) => new URL(target, `file:///${from}`).pathname.slice(1);

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
  return (await stat(location)).isDirectory() ? openFolder(location) : openTar(location);
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
async function openTar(location: string): Promise<FileTree> {
  const found = await indexTar(location);
  return {
    location,
    paths: new Map([...found].map(([path, { size }]) => [path, size])),
    read: (path, start = 0, end) => {
      const place = found.get(path);
      if (!place) throw new Error(`${location} has no ${path}`);
      const last = end ?? place.size;
      if (last === start) return Readable.from([]);
      return createReadStream(location, {
        start: place.offset + start,
        end: place.offset + last - 1,
        highWaterMark: READ_BYTES,
      });
    },
  };
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Where each file of a tar file is. `strict` refuses whatever `tarHeader` does not write, and two files of one name. */
export async function indexTar(location: string, { strict = false } = {}): Promise<Map<string, Place>> {
  const file = await open(location);
  try {
    const { size: length } = await file.stat();
    const found = new Map<string, Place>();
    const header = Buffer.alloc(BLOCK);
    let name: string | undefined;
    for (let offset = 0; ; ) {
      const { bytesRead } = await file.read(header, 0, BLOCK, offset);
      const read = readTarHeader(header.subarray(0, bytesRead));
      if (read.kind === 'end') return found;
      const { path, size } = read.entry;
      const place = { offset: offset + BLOCK, size };
      if (place.offset + size > length) throw new Error(`it ends before ${path} does`);
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
  } finally {
    await file.close();
  }
}

async function readName(
  file: Awaited<ReturnType<typeof open>>,
  kind: 'long-name' | 'pax',
  { offset, size }: Place,
): Promise<string | undefined> {
  if (size > NAME_BYTES) throw new Error(`it has a name of ${size} bytes`);
  const bytes = Buffer.alloc(size);
  await file.read(bytes, 0, size, offset);
  const text = bytes.toString('utf8').replace(/\0+$/, '');
  return kind === 'long-name' ? text : /^\d+ path=(.*)$/m.exec(text)?.[1];
}

/** A link's target, seen from the folder of the link. */
const resolved = (from: string, target: string) => new URL(target, `file:///${from}`).pathname.slice(1);

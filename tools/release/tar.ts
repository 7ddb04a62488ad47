import { gzipSync } from 'node:zlib';

export interface ArchiveFile {
  /** Path inside the archive, with forward slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

const blockSize = 512;

/**
 * A .tar.gz of files in a folder `top`: the same files make the same bytes, on any day, by any user, in any order.
 * ustar, which every tar reads.
 */
export function makeTarGz(top: string, files: readonly ArchiveFile[], seconds: number): Buffer {
  const folders = new Set([top]);
  const entries = files.map((file) => ({ ...file, path: `${top}/${file.path}` }));
  for (const { path } of entries) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      folders.add(path.slice(0, end));
  }
  const blocks: Uint8Array[] = [];
  const all = [
    ...[...folders].map((path) => ({ path: `${path}/`, content: undefined, executable: true })),
    ...entries,
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, content, executable } of all) {
    blocks.push(
      header({ path, size: content?.length ?? 0, mode: executable ? 0o755 : 0o644, seconds, folder: !content }),
    );
    if (content) blocks.push(content, Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize));
  }
  blocks.push(Buffer.alloc(2 * blockSize));
  return gzipSync(Buffer.concat(blocks), { level: 9 });
}

function header(o: { path: string; size: number; mode: number; seconds: number; folder: boolean }): Buffer {
  const block = Buffer.alloc(blockSize);
  if (Buffer.byteLength(o.path) > 100) throw new Error(`${o.path} is longer than the 100 bytes of a tar header.`);
  const octal = (value: number, offset: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'ascii');
  block.write(o.path, 0, 'utf8');
  octal(o.mode, 100, 8);
  octal(0, 108, 8); // owner and group: root, and no names of this machine's users
  octal(0, 116, 8);
  octal(o.size, 124, 12);
  octal(o.seconds, 136, 12);
  block.write(' '.repeat(8), 148, 'ascii'); // the checksum counts itself as blanks
  block.write(o.folder ? '5' : '0', 156, 'ascii');
  block.write('ustar\x0000', 257, 'ascii');
  block.write('root', 265, 'ascii');
  block.write('root', 297, 'ascii');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

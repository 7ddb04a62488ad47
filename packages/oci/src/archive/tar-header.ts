/** The blocks of a tar file: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar). */
export const BLOCK = 512;
/** What an octal size of eleven digits can say. */
const OCTAL_LIMIT = 8 ** 11;

export interface TarEntry {
  readonly path: string;
  /** Bytes of the content. */
  readonly size: number;
}

/** Bytes that an entry takes with its header and its padding. */
export const entryBytes = (size: number): number => BLOCK + Math.ceil(size / BLOCK) * BLOCK;

/** Two blocks of zeros. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** The header of a regular file; equal entries have equal headers, since nothing in it is of this machine or moment. */
export function tarHeader({ path, size }: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(path) > 255) throw new Error(`the path ${path} is too long for a tar header`);
  const cut = Buffer.byteLength(path) <= 100 ? 0 : path.indexOf('/', path.length - 101) + 1;
  header.write(path.slice(cut), 0, 100);
  header.write(cut === 0 ? '' : path.slice(0, cut - 1), 345, 155);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size < OCTAL_LIMIT) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header.writeUInt8(0x80, 124); // base 256, as GNU tar and everybody since writes sizes of 8 GiB and more
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

export type ReadHeader =
  | { readonly kind: 'file'; readonly entry: TarEntry }
  | {
      readonly kind: 'folder' | 'long-name' | 'pax' | 'link' | 'other';
      readonly entry: TarEntry;
      readonly target: string;
    }
  | { readonly kind: 'end' };

/** Throws a clause that says what is wrong. */
export function readTarHeader(header: Buffer): ReadHeader {
  if (header.length < BLOCK) throw new Error('it ends in the middle of a header');
  if (header.every((byte) => byte === 0)) return { kind: 'end' };
  const said = Number.parseInt(text(header, 148, 8).trim(), 8);
  if (said !== checksum(header)) throw new Error('a header has a wrong checksum');
  const prefix = header.subarray(257, 262).toString('latin1') === 'ustar' ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  const entry = { path: prefix === '' ? name : `${prefix}/${name}`, size: sizeIn(header) };
  const type = String.fromCharCode(header[156] ?? 0);
  if (type === '0' || type === '\0') return { kind: 'file', entry };
  const kinds = { '5': 'folder', L: 'long-name', x: 'pax', g: 'pax', '1': 'link', '2': 'link' } as const;
  return { kind: kinds[type as keyof typeof kinds] ?? 'other', entry, target: text(header, 157, 100) };
}

function sizeIn(header: Buffer): number {
  const field = header.subarray(124, 136);
  const size =
    ((field[0] ?? 0) & 0x80) !== 0
      ? Number(field.readBigUInt64BE(4))
      : Number.parseInt(text(header, 124, 12).trim() || '0', 8);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new Error('a header has a size that is none');
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** The sum of all bytes, with blanks in the place of the sum. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i] ?? 0;
  return sum;
}

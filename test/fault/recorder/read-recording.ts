import { readFileSync } from 'node:fs';

/** One call that changed something, as `record.c` noted it. Paths are relative to the recorded folder. */
export type DiskRecord =
  | { readonly kind: 'open'; readonly descriptor: number; readonly path: string; readonly truncate: boolean }
  | { readonly kind: 'close'; readonly descriptor: number }
  | { readonly kind: 'write'; readonly descriptor: number; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly descriptor: number; readonly length: number }
  | { readonly kind: 'sync-begin'; readonly descriptor: number; readonly number: number }
  | { readonly kind: 'sync-end'; readonly number: number; readonly done: boolean }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink' | 'make-folder' | 'remove-folder'; readonly path: string }
  | { readonly kind: 'mark'; readonly text: string };

const KINDS = [
  '',
  'open',
  'close',
  'write',
  'truncate',
  'sync-begin',
  'sync-end',
  'rename',
  'unlink',
  'make-folder',
  'remove-folder',
  'link',
  'mark',
  'unmodelled',
];
const HEADER_BYTES = 40;
const TRUNCATES = 1;

/** Every record in order. Throws on a call that the simulated disk has no model of. */
export function readRecording(path: string): DiskRecord[] {
  const log = readFileSync(path);
  const records: DiskRecord[] = [];
  for (let at = 0; at < log.length; ) {
    const length = log.readUInt32LE(at);
    if (length < HEADER_BYTES || at + length > log.length) throw new Error(`${path}: damaged at byte ${at}`);
    records.push(readRecord(log.subarray(at, at + length)));
    at += length;
  }
  return records;
}

function readRecord(bytes: Buffer): DiskRecord {
  const kind = KINDS[bytes.readUInt32LE(4)] ?? '';
  const descriptor = bytes.readInt32LE(16);
  const flags = bytes.readUInt32LE(20);
  const position = Number(bytes.readBigUInt64LE(24));
  const behindFirst = HEADER_BYTES + bytes.readUInt32LE(32);
  const first = bytes.subarray(HEADER_BYTES, behindFirst);
  const path = kind === 'write' ? '' : first.toString();
  switch (kind) {
    case 'open':
      return { kind, descriptor, path, truncate: (flags & TRUNCATES) !== 0 };
    case 'close':
      return { kind, descriptor };
    case 'write':
      return { kind, descriptor, position, bytes: first };
    case 'truncate':
      return { kind, descriptor, length: position };
    case 'sync-begin':
      return { kind, descriptor, number: position };
    case 'sync-end':
      return { kind, number: position, done: flags === 1 };
    case 'rename':
    case 'link':
      return { kind, from: path, to: bytes.subarray(behindFirst).toString() };
    case 'unlink':
    case 'make-folder':
    case 'remove-folder':
      return { kind, path };
    case 'mark':
      return { kind, text: path };
    default:
      throw new Error(`The process called ${kind} ${path}, which the simulated disk has no model of.`);
  }
}

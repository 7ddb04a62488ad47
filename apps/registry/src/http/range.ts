import type { ByteRange } from '../storage/blob-store.ts';

/** `none`: send everything (200). `range`: 206 with these bytes, both ends inclusive. `unsatisfiable`: 416. */
export type RangeRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'range'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

const NONE: RangeRequest = { kind: 'none' };
const UNSATISFIABLE: RangeRequest = { kind: 'unsatisfiable' };

/**
 * The `Range` header of a download, against content of `size` bytes. One range only: a server MAY ignore the header
 * (RFC 9110 section 14.2), which it does for several ranges, another unit and anything malformed.
 * `500-0` is malformed by section 14.1.1, but the OCI conformance suite demands 416 for it.
 */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  const match = /^bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*$/i.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '') return last === '' ? NONE : suffixRange(Number(last), size);
  // Digits beyond 2^53 become an inexact or infinite number, which is still greater than every size.
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || end < start ? UNSATISFIABLE : { kind: 'range', start, end };
}

/** Section 14.1.2: satisfiable unless it asks for no byte; of empty content it is all, which only a 200 can express. */
function suffixRange(length: number, size: number): RangeRequest {
  if (length === 0) return UNSATISFIABLE;
  return size === 0 ? NONE : { kind: 'range', start: Math.max(0, size - length), end: size - 1 };
}

/**
 * The `Content-Range` of an upload's chunk: `0-1023` by the distribution spec (no unit), and the forms of RFC 9110
 * section 14.4 and of careless clients, `bytes 0-1023/*` and `bytes=0-1023`. Undefined when it is not a range.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-a-blob-in-chunks
 */
export function parseContentRange(header: string): ByteRange | undefined {
  const match = /^(?:bytes[ =])?([0-9]+)-([0-9]+)(?:\/(?:\*|([0-9]+)))?$/i.exec(header.trim());
  if (match === null) return undefined;
  const [start, end, total] = [
    Number(match[1]),
    Number(match[2]),
    match[3] === undefined ? Infinity : Number(match[3]),
  ];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || end < start || total <= end) return undefined;
  return { start, end };
}

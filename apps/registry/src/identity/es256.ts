import { type KeyObject, sign, verify } from 'node:crypto';

const HALF_BYTES = 32;

/**
 * ES256 (RFC 7518, section 3.4) at once, on this thread: handing it to another one and back takes longer. Node gives the
 * signature in DER and could give it in the form of JOSE itself, but asked so it takes twice as long (29 µs against 58,
 * Node 24): it then takes the key apart at each call.
 */
export function signEs256(text: string, key: KeyObject): string {
  const der = sign('sha256', Buffer.from(text), key);
  // SEQUENCE { INTEGER r, INTEGER s }: lengths of one byte each, since both numbers have at most 33.
  const lengthOfR = der[3] as number;
  const r = der.subarray(4, 4 + lengthOfR);
  const s = der.subarray(6 + lengthOfR);
  const joined = Buffer.alloc(2 * HALF_BYTES);
  put(joined, r, HALF_BYTES);
  put(joined, s, 2 * HALF_BYTES);
  return joined.toString('base64url');
}

/** A number ends at `end`: without the zero that DER puts before a leading bit, with those that it leaves out. */
function put(into: Buffer, number: Buffer, end: number): void {
  const digits = number.subarray(Math.max(0, number.length - HALF_BYTES));
  digits.copy(into, end - digits.length);
}

export function verifyEs256(text: string, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

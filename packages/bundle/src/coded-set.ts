import { hash } from 'node:crypto';
import { BitReader, BitWriter } from './bits.ts';

/**
 * A Golomb-coded set, as BIP 158 builds it, with a Rice parameter of its own: each key is hashed with a salt into
 * `[0, n · 2^bits)`, and the sorted numbers are written as differences. A key that is not in it is taken for one that is with
 * the probability 2^-bits; a key takes bits + 1.58 bits on average.
 * https://github.com/bitcoin/bips/blob/master/bip-0158.mediawiki#golomb-coded-sets
 */
export interface CodedSet {
  /** Number of different keys. */
  readonly count: number;
  readonly bits: number;
  readonly salt: Buffer;
  readonly data: Buffer;
}

/** Keys that are hashed between two turns: a millisecond or two. */
const AT_ONCE = 1024;

/**
 * Of each key eight bytes are kept in memory. `turn` is awaited between pieces of some milliseconds, for a server that has
 * others to serve: a million keys take seconds.
 */
export async function encodeSet(
  keys: Iterable<string> | AsyncIterable<string>,
  salt: Buffer,
  bits: number,
  turn: () => Promise<void> = async () => undefined,
): Promise<CodedSet> {
  const hashes = new SortedHashes();
  let taken = 0;
  for await (const key of keys) {
    hashes.add(hashOf(key, salt));
    if (++taken % AT_ONCE === 0) await turn();
  }
  let count = 0;
  for (const part of hashes.parts()) {
    count += part.length;
    await turn();
  }
  const range = BigInt(count) << BigInt(bits);
  const out = new BitWriter();
  let last = 0n;
  for (const part of hashes.parts()) {
    for (const one of part) {
      const value = into(range, one);
      const gap = value - last;
      out.unary(Number(gap >> BigInt(bits)));
      out.number(Number(BigInt.asUintN(bits, gap)), bits);
      last = value;
    }
    await turn();
  }
  return { count, bits, salt, data: out.bytes() };
}

/** Throws a clause for data that is no such set. */
export function decodeSet({ count, bits, salt, data }: CodedSet): { has(key: string): boolean } {
  const range = BigInt(count) << BigInt(bits);
  const input = new BitReader(data);
  if (count * (bits + 1) > data.length * 8) throw new Error('the set ends too early');
  const values = new BigUint64Array(count);
  let last = 0n;
  for (let i = 0; i < count; i++) {
    last += (BigInt(input.unary()) << BigInt(bits)) + BigInt(input.number(bits));
    values[i] = last;
  }
  return { has: (key) => includes(values, into(range, hashOf(key, salt))) };
}

/** The first 64 bits of SHA-256 over salt and key. */
function hashOf(key: string, salt: Buffer): bigint {
  return hash('sha256', Buffer.concat([salt, Buffer.from(key)]), 'buffer').readBigUInt64BE();
}

/** Brings a hash into the range by multiplication (no modulo bias to speak of), which keeps the order. */
const into = (range: bigint, one: bigint): bigint => (one * range) >> 64n;

function includes(sorted: BigUint64Array, value: bigint): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0n) < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}

/** In parts by their first byte, so that no single step takes long. Equal ones are one. */
class SortedHashes {
  readonly #parts = Array.from({ length: 256 }, () => ({ values: new BigUint64Array(16), count: 0 }));

  add(value: bigint): void {
    const part = this.#parts[Number(value >> 56n)];
    if (!part) return;
    if (part.count === part.values.length) {
      const larger = new BigUint64Array(2 * part.count);
      larger.set(part.values);
      part.values = larger;
    }
    part.values[part.count++] = value;
  }

  /** Each sorted, in order; may be gone through again. */
  *parts(): Generator<BigUint64Array> {
    for (const part of this.#parts) {
      part.values = part.values.subarray(0, part.count).sort();
      part.count = unique(part.values);
      yield part.values.subarray(0, part.count);
    }
  }
}

/** Moves the different ones to the front; answers how many. */
function unique(sorted: BigUint64Array): number {
  let kept = 0;
  for (const value of sorted) {
    if (kept === 0 || sorted[kept - 1] !== value) sorted[kept++] = value;
  }
  return kept;
}

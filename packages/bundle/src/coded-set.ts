import { createHash } from 'node:crypto';

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

export function encodeSet(keys: Iterable<string>, salt: Buffer, bits: number): CodedSet {
  const distinct = new Set(keys);
  const range = BigInt(distinct.size) << BigInt(bits);
  const values = new BigUint64Array([...distinct].map((key) => hashInto(key, salt, range))).sort();
  const out = new BitWriter();
  let last = 0n;
  for (const value of values) {
    const gap = value - last;
    out.unary(Number(gap >> BigInt(bits)));
    out.number(gap & ((1n << BigInt(bits)) - 1n), bits);
    last = value;
  }
  return { count: distinct.size, bits, salt, data: out.bytes() };
}

/** Throws a clause for data that is no such set. */
export function decodeSet({ count, bits, salt, data }: CodedSet): { has(key: string): boolean } {
  const range = BigInt(count) << BigInt(bits);
  const found = new Set<bigint>();
  const input = new BitReader(data);
  let last = 0n;
  for (let i = 0; i < count; i++) {
    last += (BigInt(input.unary()) << BigInt(bits)) + input.number(bits);
    found.add(last);
  }
  return { has: (key) => count > 0 && found.has(hashInto(key, salt, range)) };
}

/** The first 64 bits of SHA-256 over salt and key, brought into the range by multiplication (no modulo bias to speak of). */
function hashInto(key: string, salt: Buffer, range: bigint): bigint {
  const digest = createHash('sha256').update(salt).update(key).digest();
  return (digest.readBigUInt64BE(0) * range) >> 64n;
}

class BitWriter {
  readonly #bytes: number[] = [];
  #current = 0;
  #used = 0;

  bit(bit: number): void {
    this.#current = (this.#current << 1) | bit;
    if (++this.#used < 8) return;
    this.#bytes.push(this.#current);
    this.#current = 0;
    this.#used = 0;
  }

  unary(value: number): void {
    for (let i = 0; i < value; i++) this.bit(1);
    this.bit(0);
  }

  number(value: bigint, bits: number): void {
    for (let i = bits - 1; i >= 0; i--) this.bit(Number((value >> BigInt(i)) & 1n));
  }

  bytes(): Buffer {
    return Buffer.from(this.#used === 0 ? this.#bytes : [...this.#bytes, this.#current << (8 - this.#used)]);
  }
}

class BitReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  #bit(): number {
    const byte = this.#data[this.#at >> 3];
    if (byte === undefined) throw new Error('the set ends too early');
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }

  unary(): number {
    let value = 0;
    while (this.#bit() === 1) value++;
    return value;
  }

  number(bits: number): bigint {
    let value = 0n;
    for (let i = 0; i < bits; i++) value = (value << 1n) | BigInt(this.#bit());
    return value;
  }
}

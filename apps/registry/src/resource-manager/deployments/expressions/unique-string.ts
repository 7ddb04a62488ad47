const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const MASK = 0xffffffffn;

/**
 * Thirteen characters that depend on nothing but the arguments: the 64 bits of a Murmur hash over them, joined by hyphens,
 * five bits a character. Azure names the function's inputs and outputs, not its hash; this one gives what Azure gives for
 * the inputs whose result is public (unique-string.test.ts).
 */
export function uniqueString(parts: readonly string[]): string {
  let hash = murmur64(Buffer.from(parts.join('-'), 'utf8'));
  let text = '';
  for (let i = 0; i < 13; i++) {
    text += ALPHABET[Number(hash >> 59n)];
    hash = (hash << 5n) & 0xffffffffffffffffn;
  }
  return text;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;

/** Two lanes of 32 bits, each fed with every other word of four bytes (little endian); what is left over feeds them at last. */
function murmur64(bytes: Buffer): bigint {
  const { length } = bytes;
  let h1 = 0;
  let h2 = 0;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    h1 = rotate(h1 ^ scramble(bytes.readUInt32LE(at), C1, 15, C2), 19);
    h1 = (Math.imul(h1 + h2, 5) + 0x561ccd1b) | 0;
    h2 = rotate(h2 ^ scramble(bytes.readUInt32LE(at + 4), C2, 17, C1), 13);
    h2 = (Math.imul(h2 + h1, 5) + 0x0bcaa747) | 0;
  }
  const rest = length - at;
  if (rest > 0) h1 ^= scramble(littleEndian(bytes, at, Math.min(rest, 4)), C1, 15, C2);
  if (rest > 4) h2 ^= scramble(littleEndian(bytes, at + 4, rest - 4), C2, 17, C1);
  h1 = (h1 ^ length) | 0;
  h2 = (h2 ^ length) | 0;
  h1 = (h1 + h2) | 0;
  h2 = (h2 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = (h1 + h2) | 0;
  h2 = (h2 + h1) | 0;
  return ((BigInt(h2) & MASK) << 32n) | (BigInt(h1) & MASK);
}

function scramble(word: number, first: number, turn: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), turn), second);
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function littleEndian(bytes: Buffer, at: number, count: number): number {
  return bytes.readUIntLE(at, count);
}

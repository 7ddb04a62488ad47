/**
 * Just enough of DER (ITU-T X.690) to write a certificate; Node itself reads certificates, so nothing here parses.
 */
export type Der = Buffer;

/** One tag-length-value; the length is one byte below 128, else the count of its bytes and then they. */
function value(tag: number, ...parts: readonly Uint8Array[]): Der {
  const content = Buffer.concat(parts);
  const length: number[] = [];
  if (content.length < 0x80) length.push(content.length);
  else {
    for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
    length.unshift(0x80 | length.length);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

export const sequence = (...parts: readonly Der[]): Der => value(0x30, ...parts);
export const set = (...parts: readonly Der[]): Der => value(0x31, ...parts);
export const octets = (bytes: Uint8Array): Der => value(0x04, bytes);
export const utf8 = (text: string): Der => value(0x0c, Buffer.from(text, 'utf8'));
export const truth = (): Der => value(0x01, Buffer.from([0xff]));
/** [n] of a constructed value: `explicit(0, …)` is A0. */
export const explicit = (n: number, ...parts: readonly Der[]): Der => value(0xa0 | n, ...parts);
/** [n] in place of a primitive value's own tag: `implicit(2, …)` is 82. */
export const implicit = (n: number, bytes: Uint8Array): Der => value(0x80 | n, bytes);

/** A positive integer from its big-endian bytes: no needless zeros, one zero before a leading bit. */
export function integer(bytes: Uint8Array): Der {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return value(0x02, ((digits[0] ?? 0) & 0x80) !== 0 ? Buffer.from([0]) : Buffer.alloc(0), digits);
}

export function bits(bytes: Uint8Array, unused = 0): Der {
  return value(0x03, Buffer.from([unused]), bytes);
}

/** `2.5.29.19`: the first two arcs share a byte, the others are in base 128. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let high = arc >>> 7; high > 0; high >>>= 7) digits.unshift((high & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return value(0x06, Buffer.from(bytes));
}

/** RFC 5280, 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on; whole seconds, Zulu. */
export function time(date: Date): Der {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? value(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : value(0x18, Buffer.from(digits, 'ascii'));
}

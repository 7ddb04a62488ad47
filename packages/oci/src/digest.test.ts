import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestAlgorithm, digestHex, digestOf, isDigestShaped, parseDigest } from './digest.ts';

// image-spec, descriptor.md: the EBNF of a digest, and the encoded portion of the registered algorithms.
const SPEC_DIGEST = /^[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const SPEC_SHA256 = /^sha256:[a-f0-9]{64}$/;
const SPEC_SHA512 = /^sha512:[a-f0-9]{128}$/;

const hex64 = 'a'.repeat(64);
const hexDigits = (length: number) => fc.stringMatching(new RegExp(`^[a-f0-9]{${length}}$`));
const nearDigest = fc.oneof(
  fc.stringMatching(SPEC_SHA256),
  fc.stringMatching(SPEC_SHA512),
  fc.stringMatching(SPEC_DIGEST),
  fc.tuple(fc.constantFrom('sha256', 'sha512', 'md5', 'SHA256', ''), hexDigits(64)).map((p) => p.join(':')),
  fc.tuple(fc.stringMatching(SPEC_SHA256), fc.string({ maxLength: 2 })).map((p) => p.join('')),
  fc.string(),
);

describe('parseDigest', () => {
  it('accepts exactly what the spec says of sha256 and sha512', () => {
    fc.assert(
      fc.property(nearDigest, (text) => {
        expect(parseDigest(text) !== undefined).toBe(SPEC_SHA256.test(text) || SPEC_SHA512.test(text));
      }),
    );
  });

  it.each([
    ['63 digits', `sha256:${'a'.repeat(63)}`],
    ['65 digits', `sha256:${'a'.repeat(65)}`],
    ['upper-case digits', `sha256:${'A'.repeat(64)}`],
    ['an upper-case algorithm', `SHA256:${hex64}`],
    ['sha512 with the length of sha256', `sha512:${hex64}`],
    ['a path', 'sha256:../../../../etc/passwd'],
    ['an escaped path', 'sha256:..%2f..%2f'],
    ['a NUL', `sha256:${'a'.repeat(63)}\0`],
    ['a line feed behind', `sha256:${hex64}\n`],
    ['md5', 'md5:d41d8cd98f00b204e9800998ecf8427e'],
    ['blake3', `blake3:${hex64}`],
    ['an algorithm of 10 kB', `${'a'.repeat(10_000)}:${hex64}`],
    ['1 MB', `sha256:${'a'.repeat(1_000_000)}`],
    ['nothing', ''],
    ['the suite’s bad digest', 'sha256:baddigeststring'],
  ])('refuses %s', (_, text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});

describe('isDigestShaped', () => {
  it('accepts exactly the general grammar', () => {
    fc.assert(
      fc.property(nearDigest, (text) => {
        expect(isDigestShaped(text)).toBe(SPEC_DIGEST.test(text));
      }),
    );
  });

  it('tells an unsupported algorithm from nonsense', () => {
    expect(isDigestShaped('multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8')).toBe(true);
    expect(isDigestShaped('sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564')).toBe(true);
    expect(isDigestShaped('latest')).toBe(false);
    expect(isDigestShaped(`${'a.'.repeat(500_000)}:`)).toBe(false);
  });
});

describe('digestOf', () => {
  it('is the hash of the bytes and parses', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256' as const, 'sha512' as const), (bytes, algorithm) => {
        const digest = digestOf(bytes, algorithm);
        expect(parseDigest(digest)).toBe(digest);
        expect(digestAlgorithm(digest)).toBe(algorithm);
        expect(digestHex(digest)).toBe(createHash(algorithm).update(bytes).digest('hex'));
      }),
    );
  });

  it('uses sha256 unless told otherwise', () => {
    expect(digestOf('{}')).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

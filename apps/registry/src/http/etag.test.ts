import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { etagOf, matchesEtag } from './etag.ts';

const digest = digestOf('x');
const other = digestOf('y');

describe('etagOf', () => {
  it('is the quoted digest', () => {
    expect(etagOf(digest)).toBe(`"${digest}"`);
  });
});

describe('matchesEtag', () => {
  it.each([
    etagOf(digest),
    `W/${etagOf(digest)}`,
    digest,
    '*',
    ' * ',
    `"a", W/"b",${etagOf(digest)}`,
    `, ,${etagOf(other)} ,\t${etagOf(digest)},`,
    `${other}, ${digest}`,
  ])('finds it in %s', (header) => {
    expect(matchesEtag(header, digest)).toBe(true);
  });

  it.each([undefined, '', etagOf(other), `"x,${digest}"`, `"${digest} "`, `${digest}x`, '"*"', '"'.repeat(9)])(
    'does not find it in %s',
    (header) => {
      expect(matchesEtag(header, digest)).toBe(false);
    },
  );

  it('answers any header', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('"', 'W/', ',', ' ', 'a', '*', other)), (parts) => {
        expect(matchesEtag(parts.join(''), digest)).toBe(parts.join('').trim() === '*');
      }),
    );
    expect(matchesEtag('"a",'.repeat(100_000), digest)).toBe(false);
  });
});

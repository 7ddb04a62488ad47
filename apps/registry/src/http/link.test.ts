import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLink, parsePageQuery } from './link.ts';

/** RFC 8288 section 3: `<` URI-Reference `>` and parameters; RFC 3986: the characters of path-absolute and query. */
const RFC_LINK =
  /^<(\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*)?)>; rel="next"$/;

function targetOf(link: string): URL {
  const target = RFC_LINK.exec(link)?.[1];
  if (target === undefined) throw new Error(`not a link: ${link}`);
  return new URL(target, 'https://registry.test');
}

describe('nextLink', () => {
  it('is relative and carries the page', () => {
    expect(nextLink('/v2/team/app/tags/list', { n: 2, last: 'b' })).toBe(
      '</v2/team/app/tags/list?n=2&last=b>; rel="next"',
    );
  });

  it('leaves undefined parameters out and digests readable', () => {
    expect(nextLink('/v2/a/referrers/sha256:ab', { n: undefined, artifactType: 'a/b+c' })).toBe(
      '</v2/a/referrers/sha256:ab?artifactType=a%2Fb%2Bc>; rel="next"',
    );
    expect(nextLink('/v2/_catalog', {})).toBe('</v2/_catalog>; rel="next"');
  });

  it('never names another server', () => {
    expect(targetOf(nextLink('//evil.test/x', {})).host).toBe('registry.test');
    expect(targetOf(nextLink('/\\evil.test', {})).host).toBe('registry.test');
  });

  it('is a link of RFC 8288, from which any path and any last come back', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, fc.nat(), (path, last, n) => {
        const target = targetOf(nextLink(`/v2/${path}`, { n, last }));
        expect(target.origin).toBe('https://registry.test');
        expect(target.searchParams.get('last')).toBe(last.toWellFormed());
        expect(target.searchParams.get('n')).toBe(String(n));
      }),
      { numRuns: 500 },
    );
  });

  it('gives parsePageQuery what it was made of', () => {
    const last = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }).filter((text) => text.length <= 512);
    fc.assert(
      fc.property(last, fc.integer({ min: 0, max: 1000 }), (text, n) => {
        const query = Object.fromEntries(targetOf(nextLink('/v2/_catalog', { n, last: text })).searchParams);
        expect(parsePageQuery(query)).toEqual({ ok: true, value: { n, last: text } });
      }),
    );
  });

  it('does not throw on a lone surrogate', () => {
    expect(nextLink('/v2/_catalog', { last: '\ud800' })).toContain('last=%EF%BF%BD');
  });
});

describe('parsePageQuery', () => {
  it.each<[object, object]>([
    [{}, { n: undefined, last: undefined }],
    [{ n: '0' }, { n: 0, last: undefined }],
    [
      { n: '007', last: 'b' },
      { n: 7, last: 'b' },
    ],
    [{ n: '1000' }, { n: 1000, last: undefined }],
    [{ n: '1000000000000' }, { n: 1000, last: undefined }],
    [{ n: '9'.repeat(5000) }, { n: 1000, last: undefined }],
    [{ last: '' }, { n: undefined, last: undefined }],
    [{ last: 'x'.repeat(512) }, { n: undefined, last: 'x'.repeat(512) }],
  ])('reads %j', (query, value) => {
    expect(parsePageQuery(query)).toEqual({ ok: true, value });
  });

  it.each(['-1', '-0', 'NaN', '1.5', '', ' ', '1e12', '+1', '0x10', '1 ', '١', 'Infinity', '1\n', ['1', '2'], 5, null])(
    'refuses n=%j',
    (n) => {
      expect(parsePageQuery({ n })).toMatchObject({ ok: false, reason: expect.stringContaining('n must be') });
    },
  );

  it.each([['x'.repeat(513)], ['x'.repeat(1_000_000)], ['a\0b'], [['a', 'b']]])(
    'refuses a last that no page ended with',
    (last) => {
      expect(parsePageQuery({ last })).toMatchObject({ ok: false, reason: expect.stringContaining('last must be') });
    },
  );

  it('clamps to the maximum that it is given', () => {
    expect(parsePageQuery({ n: '51' }, 50)).toMatchObject({ value: { n: 50 } });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTarget } from './target.ts';

describe('parseTarget', () => {
  it.each([
    ['/v2/', ['v2', '']],
    ['/', ['']],
    ['/v2/a/b/manifests/v1', ['v2', 'a', 'b', 'manifests', 'v1']],
    ['/v2/a/blobs/sha256%3Aab', ['v2', 'a', 'blobs', 'sha256:ab']],
    ['//a', ['', 'a']],
  ])('cuts %s at its slashes and decodes each part', (raw, segments) => {
    expect(parseTarget(raw)?.segments).toEqual(segments);
  });

  it('makes no new part of a slash that was encoded', () => {
    expect(parseTarget('/v2/a%2Fb%2fc/x')?.segments).toEqual(['v2', 'a/b/c', 'x']);
  });

  it('decodes once', () => {
    expect(parseTarget('/%252F')?.segments).toEqual(['%2F']);
  });

  it('keeps the path as it was sent and reads the query behind the first mark', () => {
    const target = parseTarget('/v2/a%2Fb?mount=sha256%3Aab&from=x/y&from=z?&plus=a+b');
    expect(target?.path).toBe('/v2/a%2Fb');
    expect([...(target?.query ?? [])]).toEqual([
      ['mount', 'sha256:ab'],
      ['from', 'x/y'],
      ['from', 'z?'],
      ['plus', 'a b'],
    ]);
  });

  it.each([
    ['http://registry.test:5000/v2/?n=1', 'registry.test:5000', ['v2', '']],
    ['HTTPS://Registry.test', 'Registry.test', ['']],
    ['http://a', 'a', ['']],
    ['http:///v2/', undefined, ['v2', '']],
  ])('takes the host of %s', (raw, host, segments) => {
    expect(parseTarget(raw)).toMatchObject({ segments, ...(host ? { host } : {}) });
    expect(parseTarget(raw)?.host).toBe(host);
  });

  it.each(['*', '', 'v2/', 'ftp://a/b', 'registry.test:443', '/%', '/%zz', '/a/%ff', '/%c3%28', '/%ed%a0%80'])(
    'is undefined for %s',
    (raw) => {
      expect(parseTarget(raw)).toBeUndefined();
    },
  );

  it('gives back any parts that were encoded', () => {
    const part = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        expect(parseTarget(`/${parts.map(encodeURIComponent).join('/')}`)?.segments).toEqual(parts);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (raw) => void parseTarget(`/${raw}`)));
  });
});

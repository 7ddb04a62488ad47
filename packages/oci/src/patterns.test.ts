import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRepositoryPattern, isTagPattern, matchesRepository, matchesTag } from './patterns.ts';

describe('a pattern of repositories', () => {
  it.each(['team/app', 'team/*', 'team*', '*', 'a/b-*'])('may be %s', (text) => {
    expect(isRepositoryPattern(text)).toBe(true);
  });

  it.each(['', 'Team/*', '*/app', 'team/**', 'team//*', 'team/app:v1'])('may not be "%s"', (text) => {
    expect(isRepositoryPattern(text)).toBe(false);
  });

  it('means the name, or all that begin so', () => {
    expect(matchesRepository('team/app', 'team/app')).toBe(true);
    expect(matchesRepository('team/app', 'team/app2')).toBe(false);
    expect(matchesRepository('team/*', 'team/app/web')).toBe(true);
    expect(matchesRepository('team/*', 'team')).toBe(false);
    expect(matchesRepository('*', 'anything')).toBe(true);
  });
});

describe('a pattern of tags', () => {
  it.each(['v1', 'v*', '*', '?', 'pr-*-rc?', 'V_1.0-*'])('may be %s', (text) => expect(isTagPattern(text)).toBe(true));
  it.each(['', 'v 1', 'v[12]', '^v', 'a/b', 'x'.repeat(129)])('may not be "%s"', (text) => {
    expect(isTagPattern(text)).toBe(false);
  });

  it.each([
    ['v*', 'v1.2', true],
    ['v*', 'v', true],
    ['v*', 'V1', false],
    ['*-rc?', 'v1-rc2', true],
    ['*-rc?', 'v1-rc', false],
    ['*-rc?', 'v1-rc12', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXbYbZ', false],
    ['latest', 'latest', true],
    ['latest', 'latest2', false],
    ['v1.0', 'v1x0', false],
  ])('%s on %s: %s', (pattern, tag, expected) => expect(matchesTag(pattern, tag)).toBe(expected));

  it('means what the regular expression of the same meaning means', () => {
    const text = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 9 });
    fc.assert(
      fc.property(text('ab.*?'), text('ab.'), (pattern, tag) => {
        const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesTag(pattern, tag)).toBe(new RegExp(`^${expression}$`).test(tag));
      }),
      { numRuns: 5000 },
    );
  });

  it('is answered at once, however it was meant', () => {
    const began = performance.now();
    expect(matchesTag(`${'a*'.repeat(60)}b`, 'a'.repeat(128))).toBe(false);
    expect(performance.now() - began).toBeLessThan(50);
  });
});

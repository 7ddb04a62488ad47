import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainRepositoryName, parseRepositoryName, parseTagName } from './reference.ts';

// distribution-spec, spec.md, "Pulling manifests": the expressions as they stand there, anchored.
const SPEC_NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const SPEC_TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

const nameLike = fc.oneof(
  fc.stringMatching(SPEC_NAME),
  fc.string({ unit: fc.constantFrom('a', 'b', '0', '.', '_', '-', '/'), maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('a', 'A', 'é', ' ', ':', '@', '.', '_', '/', '\\', '%', '\0', '😀', 'ſ', 'İ') }),
  fc.string({ unit: 'binary' }),
);

describe('parseRepositoryName', () => {
  it('accepts exactly the spec’s expression, up to 255 characters', () => {
    fc.assert(
      fc.property(nameLike, (text) => {
        expect(parseRepositoryName(text) !== undefined).toBe(text.length <= 255 && SPEC_NAME.test(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'a',
    'hello-world',
    'team/app',
    'a__b',
    'a---b',
    'a.b_c-d/0',
    'blobs/uploads',
    'tags/list',
    'a'.repeat(255),
  ])('accepts %s', (name) => expect(parseRepositoryName(name)).toBe(name));

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'A',
    'a..b',
    'a___b',
    '-a',
    'a-',
    '_catalog',
    'a/../b',
    'a:b',
    'a\n',
    'a'.repeat(256),
  ])('refuses %j', (name) => expect(parseRepositoryName(name)).toBeUndefined());

  it('answers at once for a hostile megabyte', () => {
    const started = performance.now();
    for (const unit of ['a', 'a-', 'a/', '-', '/', '__', 'A', '😀']) {
      const text = unit.repeat(1_000_000 / unit.length);
      expect(parseRepositoryName(text)).toBeUndefined();
      expect(parseTagName(text)).toBeUndefined();
      expect(explainRepositoryName(text).offending.length).toBeLessThan(70);
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('parseTagName', () => {
  it('accepts exactly the spec’s expression', () => {
    const tagLike = fc.oneof(
      fc.stringMatching(SPEC_TAG),
      fc.string({ unit: fc.constantFrom('a', 'Z', '_', '.', '-', '+', '/', '\n'), maxLength: 140 }),
      fc.string(),
    );
    fc.assert(
      fc.property(tagLike, (text) => {
        expect(parseTagName(text) !== undefined).toBe(SPEC_TAG.test(text));
      }),
    );
  });

  it('has at most 128 characters', () => {
    expect(parseTagName('a'.repeat(128))).toBeDefined();
    expect(parseTagName('a'.repeat(129))).toBeUndefined();
  });
});

describe('explainRepositoryName', () => {
  it('suggests only names that parse, and explains every invalid one', () => {
    fc.assert(
      fc.property(nameLike, (text) => {
        fc.pre(parseRepositoryName(text) === undefined);
        const { suggestion, reason, offending } = explainRepositoryName(text);
        if (suggestion !== undefined) expect(suggestion).toMatch(SPEC_NAME);
        expect(reason).not.toBe('');
        expect(reason).not.toContain('valid');
        expect(text.startsWith(offending.replace(/…$/, '')) || text.includes(offending)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['Team/App', 'T', 'team/app', 'upper-case letter "T"'],
    ['team/my app', ' ', 'team/my-app', 'contains " "'],
    ['team/café', 'é', 'team/cafe', 'contains "é"'],
    ['host:5000/app', ':', 'host-5000/app', 'contains ":"'],
    ['team//app', '', 'team/app', 'contains "//"'],
    ['/team', '', 'team', 'starts with "/"'],
    ['team/', '', 'team', 'ends with "/"'],
    ['team/-app-', '-app-', 'team/app', 'start and end with a letter or digit'],
    ['team/a..b', '..', 'team/a-b', 'contains ".."'],
    ['team/a__b___c', '___', 'team/a__b-c', 'contains "___"'],
    ['a--b._c', '._', 'a--b-c', 'contains "._"'],
    ['a_-_b', '_-_', 'a-b', 'contains "_-_"'],
    ['team/😀x', '😀', 'team/x', 'contains "😀"'],
  ])('of %s names %j and proposes %s', (text, offending, suggestion, reason) => {
    expect(explainRepositoryName(text)).toEqual({ offending, suggestion, reason: expect.stringContaining(reason) });
  });

  it.each([
    ['', 'empty'],
    ['///', 'starts with "/"'],
    ['😀', 'contains'],
    ['a'.repeat(256), '256 characters'],
  ])('proposes nothing for %s', (text, reason) => {
    const problem = explainRepositoryName(text);
    expect(problem.suggestion).toBeUndefined();
    expect(problem.reason).toContain(reason);
  });
});

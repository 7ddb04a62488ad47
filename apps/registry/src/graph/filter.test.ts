import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from './filter.ts';

describe('$filter', () => {
  it.each([
    [
      "userPrincipalName eq 'ana@site.test'",
      [{ property: 'userPrincipalName', operator: 'eq', value: 'ana@site.test' }],
    ],
    ["startswith(displayName,'robot')", [{ property: 'displayName', operator: 'startswith', value: 'robot' }]],
    [
      "servicePrincipalNames/any(c:c eq '11111111-1111-4111-8111-111111111111')",
      [{ property: 'servicePrincipalNames', operator: 'eq', value: '11111111-1111-4111-8111-111111111111' }],
    ],
    [
      "appId eq 'a' and startswith(displayName, 'b')",
      [
        { property: 'appId', operator: 'eq', value: 'a' },
        { property: 'displayName', operator: 'startswith', value: 'b' },
      ],
    ],
    ['accountEnabled eq true', [{ property: 'accountEnabled', operator: 'eq', value: true }]],
  ])('%s', (text, terms) => expect(parseFilter(text)).toEqual(terms));

  it('takes any text as a literal, with its quotes doubled', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (value) => {
        const literal = value.replaceAll("'", "''");
        const [term] = parseFilter(`displayName eq '${literal}'`);
        expect(term).toEqual({ property: 'displayName', operator: 'eq', value });
      }),
    );
  });

  it.each([
    'displayName',
    "displayName eq 'a' or 1 eq 1",
    "displayName eq 'a",
    "displayName eq 'a''",
    "displayName ne 'a'",
    "contains(displayName,'a')",
    "not(displayName eq 'a')",
    "x/any(c:d eq 'a')",
    "displayName eq 'a' and ",
    `displayName eq '${'a'.repeat(2000)}'`,
  ])('refuses what it does not understand rather than show everything: %s', (text) => {
    expect(() => parseFilter(text)).toThrow(expect.objectContaining({ code: 'directory.query-unsupported' }));
  });

  it('reads whatever is sent in time that grows with its length alone', () => {
    const started = performance.now();
    for (const text of [
      "'".repeat(1999),
      `a eq '${"''".repeat(990)}`,
      `${'a/any(c:c eq '.repeat(150)}`,
      ' '.repeat(1999),
    ]) {
      expect(() => parseFilter(text)).toThrow();
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWebhookScope, scopeCovers } from './scope.ts';

describe('the scope of a webhook', () => {
  it.each([
    ['', {}],
    ['*', {}],
    ['foo:*', { repository: 'foo' }],
    ['team/app:*', { repository: 'team/app' }],
    ['foo:bar', { repository: 'foo', tag: 'bar' }],
    ['foo', { repository: 'foo', tag: 'latest' }],
  ])('%j is read', (text, expected) => {
    expect(parseWebhookScope(text)).toEqual(expected);
  });

  it.each(['Foo:*', 'foo:', ':bar', 'foo:*:*', 'foo:b*', 'fo*', '*:*', 'foo@sha256:0', ' foo', 'foo/'])(
    '%j is none',
    (text) => {
      expect(parseWebhookScope(text)).toBeUndefined();
    },
  );

  it('covers what it names and nothing else', () => {
    const covered = (scope: string, repository: string, ...tags: string[]) =>
      scopeCovers(parseWebhookScope(scope) ?? { repository: 'none' as never }, repository, tags);
    expect(covered('', 'any', 'v1')).toBe(true);
    expect(covered('*', 'any')).toBe(true);
    expect(covered('foo:*', 'foo', 'v1')).toBe(true);
    expect(covered('foo:*', 'foo')).toBe(true);
    expect(covered('foo:*', 'foo/bar', 'v1')).toBe(false);
    expect(covered('foo:bar', 'foo', 'bar')).toBe(true);
    expect(covered('foo:bar', 'foo', 'other')).toBe(false);
    expect(covered('foo:bar', 'foo')).toBe(false);
    expect(covered('foo', 'foo', 'latest')).toBe(true);
    expect(covered('foo', 'foo', 'v1')).toBe(false);
    expect(covered('foo:bar', 'foo', 'x', 'bar')).toBe(true); // a deleted manifest that had several
  });

  it('is nothing but these forms, whatever text comes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const scope = parseWebhookScope(text);
        if (scope?.repository !== undefined) expect(text.startsWith(scope.repository)).toBe(true);
        else if (scope) expect(['', '*']).toContain(text);
      }),
    );
  });
});

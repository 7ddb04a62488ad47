import { describe, expect, it } from 'vitest';
import { ownPath } from './own-path.ts';

const base = new URL('https://portal.site/');

describe('where the portal goes after signing in (A34)', () => {
  it.each(['/', '/registries?q=a', '/r/x/repo/team/app/~/tags/v1#raw'])('is the page that was wanted: %s', (to) => {
    expect(ownPath(to, base)).toBe(to);
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https://evil.example/',
    '/%5cevil.example',
    '/%2f%2fevil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/%0d%0aLocation: https://evil.example',
    'javascript:alert(1)',
    'evil',
    '',
    undefined,
    null,
  ])('is the first page for anything else: %j', (to) => {
    expect(ownPath(to, base)).toBe('/');
  });
});

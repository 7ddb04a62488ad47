import { describe, expect, it } from 'vitest';
import { formatBytes, formatShare, groupDigits, shortDigest } from './format.ts';
import { contentPath } from './repositories/content-path.ts';

describe('figures', () => {
  it('of bytes are binary and have three digits', () => {
    expect([0, 1023, 1024, 300_000, 1_073_741_824, 82.1 * 2 ** 30, 500 * 2 ** 40].map(formatBytes)).toEqual([
      '0 bytes',
      '1023 bytes',
      '1.00 KiB',
      '293 KiB',
      '1.00 GiB',
      '82.1 GiB',
      '500 TiB',
    ]);
    expect(groupDigits(1_073_741_824)).toBe('1,073,741,824');
  });

  it('of shares are never rounded to nothing or to all', () => {
    expect([0, 1, 50, 9996, 9999, 10_000, 20_000].map((part) => formatShare(part, 10_000))).toEqual([
      '0 %',
      '< 0.1 %',
      '0.5 %',
      '99 %',
      '99 %',
      '100 %',
      '100 %',
    ]);
  });

  it('of digests are their first twelve', () => {
    expect(shortDigest('sha256:9f2c0123456789abcdef')).toBe('sha256:9f2c01234567');
  });
});

describe('the path of content', () => {
  it.each([
    ['app', { repository: 'app', page: 'tags', item: undefined }],
    ['team/tags/manifests/~/tags/v1', { repository: 'team/tags/manifests', page: 'tags', item: 'v1' }],
    ['app/~/manifests/sha256:ab', { repository: 'app', page: 'manifests', item: 'sha256:ab' }],
    ['app/~/other', undefined],
    ['', undefined],
  ])('%s', (path, parts) => {
    expect(contentPath(path)).toEqual(parts);
  });
});

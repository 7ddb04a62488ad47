import { expect, it } from 'vitest';
import { readReferrerTag } from './referrer-tag.ts';

const hex = 'a'.repeat(64);

it('a tag of cosign, or of the list of referrers, says whose it is; any other does not', () => {
  expect(readReferrerTag(`sha256-${hex}.sig`)).toEqual({ subject: `sha256:${hex}`, kind: 'sig' });
  expect(readReferrerTag(`sha256-${hex}`)).toEqual({ subject: `sha256:${hex}`, kind: 'list' });
  for (const tag of ['v1', `sha256-${hex}.other`, `sha256-${hex.slice(1)}.sig`, `md5-${hex}`, `x-sha256-${hex}`]) {
    expect(readReferrerTag(tag)).toBeUndefined();
  }
});

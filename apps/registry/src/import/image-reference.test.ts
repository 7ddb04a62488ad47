import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatImageReference, parseImageReference, parseTagged } from './image-reference.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('the image of an import', () => {
  it('is a repository with a tag, with a digest, or alone, which means latest', () => {
    expect(parseImageReference('a/b')).toEqual({ repository: 'a/b', reference: { tag: 'latest' } });
    expect(parseImageReference('a/b:v1')).toEqual({ repository: 'a/b', reference: { tag: 'v1' } });
    expect(parseImageReference(`a/b@${digest}`)).toEqual({ repository: 'a/b', reference: { digest } });
  });

  it.each([
    '',
    'A/b',
    'a/b:',
    ':v1',
    'a:b:c',
    `a/b:v1@${digest}`,
    'a/b@sha256:12',
    `@${digest}`,
    'host:5000/a/b',
    '../a',
  ])('%j is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });

  it('is written as it is read', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9/:@.-]{1,20}$/), (text) => {
        const image = parseImageReference(text);
        if (image) expect(parseImageReference(formatImageReference(image))).toEqual(image);
      }),
    );
    expect(formatImageReference(parseImageReference(`a@${digest}`) as never)).toBe(`a@${digest}`);
  });

  it('as a target may leave the tag to the source', () => {
    expect(parseTagged('a/b')).toEqual({ repository: 'a/b', tag: undefined });
    expect(parseTagged('a/b:v1')).toEqual({ repository: 'a/b', tag: 'v1' });
    expect(parseTagged(`a/b@${digest}`)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isBlobType,
  isImageType,
  isIndexType,
  isMediaTypeShaped,
  isNonDistributable,
  isSchema1Type,
  MEDIA_TYPE,
  normaliseMediaType,
} from './media-types.ts';

const withName = (matches: (mediaType: string) => boolean) =>
  Object.entries(MEDIA_TYPE)
    .filter(([, mediaType]) => matches(mediaType))
    .map(([name]) => name);

describe('media types', () => {
  it('are sorted into kinds', () => {
    expect(withName(isImageType)).toEqual(['ociImage', 'dockerImage']);
    expect(withName(isIndexType)).toEqual(['ociIndex', 'dockerList']);
    expect(withName(isSchema1Type)).toEqual(['dockerSchema1', 'dockerSchema1Signed']);
    expect(withName(isNonDistributable)).toEqual([
      'ociForeignLayer',
      'ociForeignLayerGzip',
      'ociForeignLayerZstd',
      'dockerForeignLayer',
      'dockerForeignLayerGzip',
    ]);
  });

  it('are manifests or blobs, never both', () => {
    const manifests = [
      'ociImage',
      'ociIndex',
      'ociArtifact',
      'dockerImage',
      'dockerList',
      'dockerSchema1',
      'dockerSchema1Signed',
    ];
    expect(withName((mediaType) => !isBlobType(mediaType))).toEqual(manifests);
  });

  it('follow RFC 6838', () => {
    for (const mediaType of Object.values(MEDIA_TYPE)) expect(isMediaTypeShaped(mediaType)).toBe(true);
    for (const bad of ['', 'json', 'a/', '/b', 'a/b/c', 'a b/c', '.a/b', `a/${'b'.repeat(128)}`, 'a/b\n', 'a/b;c']) {
      expect(isMediaTypeShaped(bad)).toBe(false);
    }
  });
});

describe('normaliseMediaType', () => {
  it('takes parameters, blanks and case away', () => {
    expect(normaliseMediaType(' Application/VND.oci.Image.index.v1+json ; charset=utf-8')).toBe(MEDIA_TYPE.ociIndex);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(normaliseMediaType(normaliseMediaType(text))).toBe(normaliseMediaType(text));
      }),
    );
  });
});

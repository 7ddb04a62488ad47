import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isImageConfigType, readImagePlatform } from './image-config.ts';

const read = (text: string) => readImagePlatform(Buffer.from(text));

describe('readImagePlatform', () => {
  it('reads what the image is made for', () => {
    expect(read('{"architecture":"arm64","os":"linux","variant":"v8","config":{"os":"x"}}')).toEqual({
      architecture: 'arm64',
      os: 'linux',
    });
  });

  it.each([
    ['no JSON', '{', {}],
    ['no object', '["linux"]', {}],
    ['no text', '{"architecture":1,"os":{"a":1}}', {}],
    ['nothing', '{"architecture":null,"os":""}', {}],
    ['control characters', '{"architecture":"a\\u0007","os":"linux"}', { os: 'linux' }],
    ['a lone surrogate', '{"architecture":"\\ud800","os":"linux"}', { os: 'linux' }],
    ['too much', `{"architecture":"${'a'.repeat(256)}","os":"linux"}`, { os: 'linux' }],
    ['what an object inherits', '{"__proto__":{"os":"linux"}}', {}],
  ])('leaves out %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readImagePlatform(bytes)));
    fc.assert(fc.property(fc.json(), (text) => void read(text)));
  });
});

describe('isImageConfigType', () => {
  it('knows the configs of OCI and of Docker, and no other', () => {
    expect(isImageConfigType('application/vnd.oci.image.config.v1+json')).toBe(true);
    expect(isImageConfigType('application/vnd.docker.container.image.v1+json')).toBe(true);
    for (const other of ['application/vnd.oci.empty.v1+json', 'application/vnd.cncf.helm.config.v1+json', undefined]) {
      expect(isImageConfigType(other)).toBe(false);
    }
  });
});

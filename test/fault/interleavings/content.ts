import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { bytesOf } from '../random.ts';

export const REPOSITORIES = ['one', 'two/three'] as const;
export const TAGS = ['a', 'b'] as const;

export interface KnownBlob {
  readonly digest: Digest;
  readonly bytes: Buffer;
}

export interface KnownContent {
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Config and layers. */
  readonly blobs: readonly number[];
  /** Of an index: places in `CONTENT`. */
  readonly children: readonly number[];
}

/** Few, so that everybody wants the same. */
export const BLOBS: readonly KnownBlob[] = [11, 12, 13, 14].map((seed) => {
  const bytes = bytesOf(seed, 100 * seed);
  return { digest: digestOf(bytes), bytes };
});

const images = [image([0, 1]), image([0, 2]), image([3, 1])];
const [first, second] = images;

/** Images that share layers, an index over two of them, and a signature of the first. */
export const CONTENT: readonly KnownContent[] = [
  ...images,
  document(MEDIA_TYPE.ociIndex, { manifests: [first, second].map(descriptor) }, [], [0, 1]),
  image([0, 3], { subject: descriptor(first) }),
];

function image(blobs: readonly number[], more: Record<string, unknown> = {}): KnownContent {
  const [config, ...layers] = blobs.map((place) => {
    const { digest, bytes } = BLOBS[place] as KnownBlob;
    return { mediaType: MEDIA_TYPE.ociLayer, digest, size: bytes.length };
  });
  return document(MEDIA_TYPE.ociImage, { config, layers, ...more }, blobs, []);
}

function document(
  mediaType: string,
  members: Record<string, unknown>,
  blobs: readonly number[],
  children: readonly number[],
): KnownContent {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...members }));
  return { digest: digestOf(bytes), bytes, mediaType, blobs, children };
}

function descriptor(content: KnownContent | undefined): Record<string, unknown> {
  return { mediaType: content?.mediaType, digest: content?.digest, size: content?.bytes.length };
}

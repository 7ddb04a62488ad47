import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { bytesOf, type Random } from '../../fault/random.ts';

/** An image that no registry has yet, and a blob beside it that no manifest names. Every size is always the same. */
export interface Content {
  readonly layer: Buffer;
  readonly config: Buffer;
  readonly loose: Buffer;
  readonly manifest: Buffer;
  readonly index: Buffer;
}

/** Where two chunks of the layer meet. */
export const SEAM = 40_000;

export function newContent(random: Random, layerBytes: number): Content {
  const layer = bytesOf(random.below(2 ** 32), layerBytes);
  const loose = bytesOf(random.below(2 ** 32), 5000);
  const config = Buffer.from(JSON.stringify({ unique: bytesOf(random.below(2 ** 32), 16).toString('hex') }));
  const manifest = json({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociImage,
    config: descriptor(config, MEDIA_TYPE.ociConfig),
    layers: [descriptor(layer, MEDIA_TYPE.ociLayerGzip)],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: [descriptor(manifest, MEDIA_TYPE.ociImage)],
  });
  return { layer, config, loose, manifest, index };
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

function descriptor(bytes: Buffer, mediaType: string) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** The content's digests by name, so that two runs with different bytes can be compared. */
export function digestNames({ layer, ...rest }: Content): Map<string, string> {
  const named: Record<string, Buffer> = { layer, 'end of layer': layer.subarray(SEAM), ...rest };
  const names = new Map(Object.entries(named).map(([name, bytes]) => [digestOf(bytes) as string, `<${name}>`]));
  return names.set(digestOf(layer, 'sha512'), '<layer by sha512>');
}

/** Images for bench/air-gap.ts: OCI layouts that are written as they are, without a client. */
import { createHash, type Hash, randomFillSync } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';

interface LayerFile {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const NOISE = randomFillSync(Buffer.alloc(16 * 1024 * 1024));
let pieces = 0n;

export class LayoutFolder {
  readonly folder: string;
  readonly #entries: object[] = [];

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  }

  /** A layer of random bytes, as compressed ones look; the same but for a number in each piece, since that is made sooner. */
  layer(size: number): LayerFile {
    const path = join(this.folder, 'blobs/new');
    const file = openSync(path, 'w');
    const hash = createHash('sha256');
    for (let left = size; left > 0; left -= NOISE.length) {
      NOISE.writeBigUInt64BE(++pieces);
      const bytes = NOISE.subarray(0, Math.min(left, NOISE.length));
      hash.update(bytes);
      writeSync(file, bytes);
    }
    closeSync(file);
    return this.#named(path, hash, size);
  }

  /** Layers of zeros but for their last eight bytes, which take no space; their common begin is hashed once. */
  sparseLayers(size: number, count: number): LayerFile[] {
    const zeros = createHash('sha256');
    const chunk = Buffer.alloc(16 * 1024 * 1024);
    for (let left = size - 8; left > 0; left -= chunk.length)
      zeros.update(chunk.subarray(0, Math.min(left, chunk.length)));
    return Array.from({ length: count }, (_, i) => {
      const end = Buffer.alloc(8);
      end.writeBigUInt64BE(BigInt(i + 1));
      const path = join(this.folder, 'blobs/new');
      const file = openSync(path, 'w');
      ftruncateSync(file, size);
      writeSync(file, end, 0, 8, size - 8);
      closeSync(file);
      return this.#named(path, zeros.copy().update(end), size);
    });
  }

  image(name: string, layers: readonly LayerFile[]): void {
    const put = (bytes: Buffer, mediaType: string): LayerFile => {
      const digest = digestOf(bytes);
      writeFileSync(join(this.folder, 'blobs/sha256', digest.slice(7)), bytes);
      return { mediaType, digest, size: bytes.length };
    };
    const config = put(Buffer.from(JSON.stringify({ name })), MEDIA_TYPE.ociConfig);
    const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers };
    const described = put(Buffer.from(JSON.stringify(manifest)), MEDIA_TYPE.ociImage);
    this.#entries.push({ ...described, annotations: { 'io.containerd.image.name': name } });
  }

  end(): void {
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: this.#entries };
    writeFileSync(join(this.folder, 'index.json'), JSON.stringify(index));
  }

  #named(path: string, hash: Hash, size: number): LayerFile {
    const hex = hash.digest('hex');
    renameSync(path, join(this.folder, 'blobs/sha256', hex));
    return { mediaType: MEDIA_TYPE.ociLayerGzip, digest: `sha256:${hex}`, size };
  }
}

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { blobPath } from '@holdfast/oci/archive/oci-layout';
import type { Digest } from '@holdfast/oci/digest';
import { digestHex } from '@holdfast/oci/digest';
import { contentAt, PATHS, piecePath, type VolumeFile } from './documents.ts';
import type { Volume } from './volumes.ts';

/** Manifests of more are no manifests (distribution spec, "Pushing Manifests"). */
const MANIFEST_BYTES = 4 * 1024 * 1024;

/** Where an apply has documents, manifests and the pieces of blobs, once their volumes were verified. */
export interface Kept {
  /** Of a volume that was verified. */
  keep(volume: Volume, isManifest: (digest: Digest) => boolean): Promise<void>;
  file(path: string): Promise<Buffer | undefined>;
  manifest(digest: Digest): Promise<Buffer | undefined>;
  /** The blob from its pieces, when all are there. */
  joined(digest: Digest, size: number): Promise<{ open(offset: number): Readable } | undefined>;
}

/**
 * What an apply keeps between its runs, in a folder of each bundle: its documents and manifests, and the pieces of blobs
 * whose other pieces are in volumes that are still to come. A file is there whole or not at all.
 */
export class Staging implements Kept {
  readonly #folder: string;

  constructor(folder: string, bundle: Digest) {
    this.#folder = join(folder, digestHex(bundle));
  }

  async keep(volume: Volume, isManifest: (digest: Digest) => boolean): Promise<void> {
    for await (const { path } of this.#lacking(volume, isManifest)) await this.#write(path, volume.read(path));
  }

  /** What `keep` would write. */
  async bytesToKeep(volume: Volume, isManifest: (digest: Digest) => boolean): Promise<number> {
    let bytes = 0;
    for await (const { size } of this.#lacking(volume, isManifest)) bytes += size;
    return bytes;
  }

  async *#lacking(volume: Volume, isManifest: (digest: Digest) => boolean): AsyncGenerator<VolumeFile> {
    for (const file of volume.document.files) {
      const { path, size } = file;
      const content = contentAt(path);
      if (content === undefined) continue;
      const isDocument = content === 'document' && (path === PATHS.bundle || path === PATHS.bundleSignature);
      const isWanted =
        content !== 'document' &&
        (content.offset !== undefined || (size <= MANIFEST_BYTES && isManifest(content.blob)));
      if ((isDocument || isWanted) && (await this.#size(path)) !== size) yield file;
    }
  }

  async manifest(digest: Digest): Promise<Buffer | undefined> {
    return this.file(blobPath(digest));
  }

  async file(path: string): Promise<Buffer | undefined> {
    return readFile(join(this.#folder, path)).catch(orUndefined);
  }

  async joined(digest: Digest, size: number): Promise<{ open(offset: number): Readable } | undefined> {
    const folder = dirname(join(this.#folder, piecePath(digest, 0)));
    const names = ((await readdir(folder).catch(orUndefined)) ?? []).filter((name) => /^\d{16}$/.test(name)).sort();
    let end = 0;
    for (const name of names) {
      if (Number(name) !== end) return undefined;
      end += (await stat(join(folder, name))).size;
    }
    if (end !== size || names.length === 0) return undefined;
    return { open: (offset) => Readable.from(piecesFrom(folder, names, offset), { objectMode: false }) };
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #size(path: string): Promise<number | undefined> {
    return (await stat(join(this.#folder, path)).catch(orUndefined))?.size;
  }

  async #write(path: string, content: Readable): Promise<void> {
    const final = join(this.#folder, path);
    await mkdir(dirname(final), { recursive: true });
    const partial = `${final}.partial`;
    await pipeline(content, createWriteStream(partial));
    const file = await open(partial);
    await file.sync().finally(() => file.close());
    await rename(partial, final);
  }
}

async function* piecesFrom(folder: string, names: readonly string[], offset: number): AsyncGenerator<Buffer> {
  for (const name of names) {
    const path = join(folder, name);
    const skip = Math.max(offset - Number(name), 0);
    if (skip < (await stat(path)).size) yield* createReadStream(path, { start: skip }) as AsyncIterable<Buffer>;
  }
}

/** For volumes that stay at hand as long as the apply runs: nothing is copied. */
export class HeldVolumes implements Kept {
  readonly #places = new Map<string, { readonly volume: Volume; readonly size: number }>();
  readonly #pieces = new Map<Digest, { readonly path: string; readonly offset: number; readonly size: number }[]>();

  async keep(volume: Volume): Promise<void> {
    for (const { path, size } of volume.document.files) {
      if (this.#places.has(path)) continue;
      this.#places.set(path, { volume, size });
      const content = contentAt(path);
      if (typeof content !== 'object' || content.offset === undefined) continue;
      const { blob, offset } = content;
      this.#pieces.set(blob, [...(this.#pieces.get(blob) ?? []), { path, offset, size }]);
    }
  }

  async file(path: string): Promise<Buffer | undefined> {
    const place = this.#places.get(path);
    return place && buffer(place.volume.read(path));
  }

  async manifest(digest: Digest): Promise<Buffer | undefined> {
    const path = blobPath(digest);
    return (this.#places.get(path)?.size ?? MANIFEST_BYTES + 1) > MANIFEST_BYTES ? undefined : this.file(path);
  }

  async joined(digest: Digest, size: number): Promise<{ open(offset: number): Readable } | undefined> {
    const pieces = (this.#pieces.get(digest) ?? []).sort((a, b) => a.offset - b.offset);
    let end = 0;
    for (const piece of pieces) {
      if (piece.offset !== end) return undefined;
      end += piece.size;
    }
    if (end !== size || pieces.length === 0) return undefined;
    return { open: (offset) => Readable.from(this.#from(pieces, offset), { objectMode: false }) };
  }

  async *#from(pieces: readonly { path: string; offset: number; size: number }[], from: number) {
    for (const { path, offset, size } of pieces) {
      if (offset + size <= from) continue;
      let skip = Math.max(from - offset, 0);
      for await (const bytes of (this.#places.get(path) as { volume: Volume }).volume.read(
        path,
      ) as AsyncIterable<Buffer>) {
        if (bytes.length > skip) yield bytes.subarray(skip);
        skip = Math.max(skip - bytes.length, 0);
      }
    }
  }
}

function orUndefined(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}

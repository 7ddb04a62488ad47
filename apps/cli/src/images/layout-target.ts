import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { blobPath, LAYOUT_TAG } from '@holdfast/oci/archive/oci-layout';
import { digestAlgorithm, digestHex } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { CommandError } from '../command-error.ts';
import type { Descriptor, Digest, ImageTarget, PulledManifest } from './store.ts';

/** Others wrote it, perhaps with members that this program does not know: they stay. */
interface IndexFile {
  readonly manifests: readonly (Descriptor & { readonly annotations?: Readonly<Record<string, string>> })[];
}

/**
 * A folder for images, as skopeo, crane, oras and podman read it; `LayoutSource` reads it here.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class LayoutTarget implements ImageTarget {
  readonly name: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.name = folder;
  }

  hasBlob(digest: Digest): Promise<boolean> {
    return there(this.#path(digest));
  }

  async putBlob(digest: Digest, size: number, open: () => Promise<Readable>): Promise<void> {
    const hash = createHash(digestAlgorithm(digest));
    let length = 0;
    await this.#write(digest, async (path) => {
      const count = async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          hash.update(chunk);
          length += chunk.length;
          yield chunk;
        }
      };
      await pipeline(await open(), count, createWriteStream(path));
      if (length !== size || hash.digest('hex') !== digestHex(digest)) {
        throw new CommandError(
          `The blob ${digest} came with other bytes: ${length} of ${size}. Nothing of it was kept.`,
        );
      }
    });
  }

  async putManifest({ digest, mediaType, bytes }: PulledManifest, tag?: string): Promise<void> {
    await this.#write(digest, (path) => writeFile(path, bytes));
    const parsed = parseManifest(bytes, mediaType);
    const isReferrer = parsed.ok && parsed.manifest.subject !== undefined;
    // Children of an index are found through it; only what nothing else names stands in the list.
    if (tag === undefined && !isReferrer) return;
    const index = await this.#index();
    const others = index.manifests.filter((one) =>
      tag === undefined ? one.digest !== digest : one.annotations?.[LAYOUT_TAG] !== tag,
    );
    const annotations = tag === undefined ? {} : { annotations: { [LAYOUT_TAG]: tag } };
    const entry = { mediaType, digest, size: bytes.length, ...annotations };
    await this.#replace('index.json', { ...index, manifests: [...others, entry] });
    await this.#replace('oci-layout', { imageLayoutVersion: '1.0.0' });
  }

  async #index(): Promise<IndexFile> {
    const path = join(this.#folder, 'index.json');
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new CommandError(`${path} cannot be read: ${error.message}.`);
    });
    const empty = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [] };
    try {
      return text === undefined ? empty : (JSON.parse(text) as IndexFile);
    } catch {
      throw new CommandError(`${path} is no JSON, so ${this.#folder} is no OCI image layout.`);
    }
  }

  async #replace(name: string, content: object): Promise<void> {
    const temporary = join(this.#folder, `${name}.${randomUUID()}`);
    await writeFile(temporary, JSON.stringify(content));
    await rename(temporary, join(this.#folder, name));
  }

  /** Under its name only when it is whole. */
  async #write(digest: Digest, fill: (path: string) => Promise<void>): Promise<void> {
    const path = this.#path(digest);
    if (await there(path)) return;
    await mkdir(join(path, '..'), { recursive: true });
    const temporary = `${path}.${randomUUID()}`;
    try {
      await fill(temporary);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #path(digest: Digest): string {
    return join(this.#folder, blobPath(digest));
  }
}

const there = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

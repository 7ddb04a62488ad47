import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { digestAlgorithm, digestHex, digestOf, parseDigest } from '@holdfast/oci/digest';
import { parseManifest } from '@holdfast/oci/manifest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { CommandError, notFound } from '../command-error.ts';
import type { Descriptor, Digest, ImageSource, ImageTarget, PulledManifest } from './store.ts';

const TAG = 'org.opencontainers.image.ref.name';

interface Entry extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

interface IndexFile {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly Entry[];
}

/**
 * A folder with images, as skopeo, crane, oras and podman read and write it.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class LayoutStore implements ImageSource, ImageTarget {
  readonly name: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.name = folder;
  }

  async manifest(reference: string): Promise<PulledManifest> {
    const { manifests } = await this.#index();
    const entry = manifests.find(({ digest, annotations }) => digest === reference || annotations?.[TAG] === reference);
    const digest = entry?.digest ?? parseDigest(reference);
    const bytes = digest && (await readFile(this.#path(digest)).catch(() => undefined));
    if (!digest || !bytes)
      throw notFound(`${this.#folder} has no image ${reference}: it has ${tagsOf(manifests).join(', ') || 'none'}.`);
    if (digestOf(bytes, digestAlgorithm(digest)) !== digest)
      throw new CommandError(`${this.#path(digest)} is damaged: it has another digest than its name.`);
    return { digest, bytes, mediaType: entry?.mediaType ?? declaredType(bytes) };
  }

  /** The only tag there is, so that it need not be named. */
  async onlyReference(): Promise<string> {
    const { manifests } = await this.#index();
    const tags = tagsOf(manifests);
    if (tags.length === 1) return tags[0] ?? '';
    if (tags.length === 0 && manifests.length === 1) return manifests[0]?.digest ?? '';
    throw new CommandError(
      `${this.#folder} has ${tags.length || 'no'} tags: name one as ${this.#folder}:TAG (${tags.join(', ')}).`,
      2,
    );
  }

  async blob(digest: Digest, size: number): Promise<Readable | undefined> {
    const path = this.#path(digest);
    if (!(await there(path))) return undefined;
    return createReadStream(path, { end: Math.max(size - 1, 0) });
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    for (const entry of (await this.#index()).manifests) {
      const bytes = await readFile(this.#path(entry.digest)).catch(() => undefined);
      const parsed = bytes && parseManifest(bytes, entry.mediaType);
      if (parsed?.ok && parsed.manifest.subject?.digest === subject) found.push(entry);
    }
    return found;
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
      tag === undefined ? one.digest !== digest : one.annotations?.[TAG] !== tag,
    );
    const entry: Entry = {
      mediaType,
      digest,
      size: bytes.length,
      ...(tag === undefined ? {} : { annotations: { [TAG]: tag } }),
    };
    await this.#replace('index.json', { ...index, manifests: [...others, entry] });
    await this.#replace('oci-layout', { imageLayoutVersion: '1.0.0' });
  }

  async #index(): Promise<IndexFile> {
    const path = join(this.#folder, 'index.json');
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new CommandError(`${path} cannot be read: ${error.message}.`);
    });
    if (text === undefined) return { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [] };
    try {
      return JSON.parse(text) as IndexFile;
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
    return join(this.#folder, 'blobs', digestAlgorithm(digest), digestHex(digest));
  }
}

const there = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const tagsOf = (entries: readonly Entry[]): string[] =>
  entries.flatMap(({ annotations }) => (annotations?.[TAG] === undefined ? [] : [annotations[TAG]]));

/** Of a child, whose type stands in the index that names it, too. */
function declaredType(bytes: Buffer): string {
  try {
    const { mediaType } = JSON.parse(bytes.toString()) as { mediaType?: string };
    return mediaType ?? MEDIA_TYPE.ociImage;
  } catch {
    return MEDIA_TYPE.ociImage;
  }
}

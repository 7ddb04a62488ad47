import { createHash, type Hash } from 'node:crypto';
import { blobPath } from '@holdfast/oci/archive/oci-layout';
import { BLOCK, entryBytes, TAR_END, tarHeader } from '@holdfast/oci/archive/tar-header';
import type { ContentSource } from '@holdfast/oci/content-source';
import { type Digest, digestAlgorithm, digestHex, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { Collected, CollectedManifest } from './collect.ts';
import { divideIntoVolumes, isWhole, type Share } from './divide-volumes.ts';
import {
  BUNDLE_FORMAT,
  type BundleDocument,
  type BundledTag,
  PATHS,
  piecePath,
  VOLUME_FORMAT,
  type VolumeDocument,
  type VolumeFile,
} from './documents.ts';
import { type Holdings, withoutHeld } from './holdings.ts';
import { type SigningKey, signBytes } from './signing.ts';

/** The documents are in each volume where they take less than this part of it, else in the first. */
const DOCUMENTS_PART = 200;
const LAYOUT = Buffer.from('{"imageLayoutVersion":"1.0.0"}');
const SIGNATURE_BYTES = 89;

export interface BundleOrder {
  readonly source: ContentSource;
  /** For people: the host, folder or file. */
  readonly sourceName: string;
  readonly collected: Collected;
  readonly held: Holdings;
  readonly key: SigningKey;
  readonly created: Date;
  /** Bytes of a volume at most; Infinity for one volume. */
  readonly volumeBytes: number;
}

export interface PlannedBundle {
  readonly digest: Digest;
  readonly document: BundleDocument;
  /** Of `holdfast/bundle.json`. */
  readonly bytes: Buffer;
  readonly signature: string;
  /** Manifests and blobs that it has, each once. */
  readonly contents: readonly { readonly digest: Digest; readonly size: number }[];
  /** The bytes of each volume as a tar file, to be read one after the other. */
  volumes(): AsyncGenerator<AsyncGenerator<Buffer>>;
}

/** Throws `VolumeTooSmall`, and clauses for what the source no longer has. */
export function planBundle(order: BundleOrder): PlannedBundle {
  const { collected, held } = order;
  const listed = withoutHeld(collected, held);
  const shipped = new Map<Digest, CollectedManifest>();
  const home = new Map<Digest, string>();
  for (const one of listed.manifests) {
    const manifest = collected.manifests.get(`${one.repository}@${one.digest}`) as CollectedManifest;
    if (one.held) continue;
    shipped.set(one.digest, manifest);
    for (const place of one.blobs) {
      const blob = listed.blobs[place];
      if (blob && !blob.held) home.set(blob.digest, one.repository);
    }
  }
  const sizes = new Map(listed.blobs.map(({ digest, size }) => [digest, size]));
  const contents = [
    ...[...shipped.values()].map(({ digest, bytes }) => ({ digest, size: bytes.length })),
    ...[...home.keys()]
      .filter((digest) => !shipped.has(digest))
      .map((digest) => ({ digest, size: sizes.get(digest) ?? 0 })),
  ];
  const index = indexOf(collected, shipped);
  const draft = documentOf(order, listed, Number.MAX_SAFE_INTEGER);
  const fixed = fixedBytes(index, draft);
  const small = fixed.documents * DOCUMENTS_PART <= order.volumeBytes;
  const shares = divideIntoVolumes(
    contents,
    order.volumeBytes,
    fixed.ends + (small ? fixed.documents : 0),
    small ? 0 : fixed.documents,
  );
  const document = documentOf(order, listed, shares.length);
  const bytes = encode(document);
  const signature = signBytes(order.key, bytes);
  const digest = digestOf(bytes);
  const documents: readonly [string, Buffer][] = [
    [PATHS.layout, LAYOUT],
    [PATHS.index, index],
    [PATHS.bundle, bytes],
    [PATHS.bundleSignature, Buffer.from(signature)],
  ];
  const reader = new SourceReader(order.source, shipped, home);
  return {
    digest,
    document,
    bytes,
    signature,
    contents,
    volumes: async function* () {
      for (const [i, volume] of shares.entries()) {
        const facts = { bundle: digest, number: i + 1, of: shares.length };
        yield writeVolume(order.key, facts, i === 0 || small ? documents : [], volume, reader);
      }
    },
  };
}

const encode = (document: object): Buffer => Buffer.from(`${JSON.stringify(document)}\n`);

function documentOf(
  { sourceName, collected, held, created }: BundleOrder,
  listed: Pick<BundleDocument, 'manifests' | 'blobs'>,
  volumes: number,
): BundleDocument {
  return {
    format: BUNDLE_FORMAT,
    created: created.toISOString(),
    source: sourceName,
    volumes,
    against: held.against,
    tags: collected.tags as readonly BundledTag[],
    ...listed,
  };
}

function fixedBytes(index: Buffer, draft: BundleDocument): { documents: number; ends: number } {
  const listing = encode({ format: VOLUME_FORMAT, bundle: 'x'.repeat(135), number: 9e15, of: 9e15, files: [] }).length;
  const documents = [LAYOUT.length, index.length, encode(draft).length, SIGNATURE_BYTES];
  return {
    documents: documents.reduce((sum, size) => sum + entryBytes(size) + 320, 0),
    ends: entryBytes(listing) + entryBytes(SIGNATURE_BYTES) + BLOCK,
  };
}

/** Named images, and what nothing else in the layout names: signatures and the like, which readers find by their subjects. */
function indexOf({ manifests, tags: all }: Collected, shipped: ReadonlyMap<Digest, unknown>): Buffer {
  const tags = all.filter(({ digest }) => shipped.has(digest)); // a delta names nothing that it has not
  const named = new Set([...manifests.values()].flatMap((one) => [...one.named].map((d) => `${one.repository}@${d}`)));
  const tagged = new Set(tags.map(({ repository, digest }) => `${repository}@${digest}`));
  const entry = ({ mediaType, digest, bytes, artifactType }: CollectedManifest) => ({
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
  });
  // oras takes what follows the last colon for the name, so a bundle of one repository calls its images by their tags.
  const isOne = new Set(tags.map(({ repository }) => repository)).size === 1;
  const rows = tags.map(({ repository, tag, digest }) => ({
    ...entry(manifests.get(`${repository}@${digest}`) as CollectedManifest),
    annotations: {
      'io.containerd.image.name': `${repository}:${tag}`,
      'org.opencontainers.image.ref.name': isOne ? tag : `${repository}:${tag}`,
    },
  }));
  const rest = [...manifests]
    .filter(([key, { digest }]) => shipped.has(digest) && !named.has(key) && !tagged.has(key))
    .map(([, one]) => entry(one));
  return encode({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [...rows, ...rest] });
}

/** A tar file: documents, manifests and blobs, and last what it holds, with the signature over that. */
async function* writeVolume(
  key: SigningKey,
  facts: Pick<VolumeDocument, 'bundle' | 'number' | 'of'>,
  documents: readonly [string, Buffer][],
  shares: readonly Share[],
  reader: SourceReader,
): AsyncGenerator<Buffer> {
  const files: VolumeFile[] = [];
  for (const [path, bytes] of documents) {
    files.push({ path, size: bytes.length, digest: digestOf(bytes) });
    yield* file(path, bytes);
  }
  for (const share of shares) {
    const size = share.end - share.start;
    const path = isWhole(share) ? blobPath(share.digest) : piecePath(share.digest, share.start);
    yield tarHeader({ path, size });
    const hash = createHash('sha256');
    for await (const bytes of reader.read(share)) {
      if (!isWhole(share)) hash.update(bytes);
      yield bytes;
    }
    yield padding(size);
    files.push({ path, size, ...(isWhole(share) ? {} : { digest: `sha256:${hash.digest('hex')}` as Digest }) });
  }
  const listing = encode({ format: VOLUME_FORMAT, ...facts, files } satisfies VolumeDocument);
  yield* file(PATHS.volume, listing);
  yield* file(PATHS.volumeSignature, Buffer.from(signBytes(key, listing)));
  yield TAR_END;
}

function* file(path: string, bytes: Buffer): Generator<Buffer> {
  yield tarHeader({ path, size: bytes.length });
  yield bytes;
  yield padding(bytes.length);
}

const padding = (size: number) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** Reads manifests from memory and blobs from the source, and hashes what it reads. */
class SourceReader {
  readonly #source: ContentSource;
  readonly #manifests: ReadonlyMap<Digest, CollectedManifest>;
  readonly #home: ReadonlyMap<Digest, string>;
  readonly #open = new Map<Digest, Cursor>();

  constructor(
    source: ContentSource,
    manifests: ReadonlyMap<Digest, CollectedManifest>,
    home: ReadonlyMap<Digest, string>,
  ) {
    this.#source = source;
    this.#manifests = manifests;
    this.#home = home;
  }

  /** The pieces of a blob are asked for in their order. Throws when its bytes are not what they are called. */
  async *read(share: Share): AsyncGenerator<Buffer> {
    const { digest, size, start, end } = share;
    const manifest = this.#manifests.get(digest);
    if (manifest) {
      yield manifest.bytes.subarray(start, end);
      return;
    }
    const cursor = this.#open.get(digest) ?? (await this.#begin(digest, size));
    this.#open.set(digest, cursor);
    yield* cursor.take(end - start);
    if (end < size) return;
    this.#open.delete(digest);
    if (cursor.digest() !== digestHex(digest)) throw new Error(`the bytes of the blob ${digest} have another digest`);
  }

  async #begin(digest: Digest, size: number): Promise<Cursor> {
    const stream = await this.#source.blob(this.#home.get(digest) ?? '', digest, size);
    if (!stream) throw new Error(`the blob ${digest} is not at the source`);
    return new Cursor(stream as AsyncIterable<Buffer>, createHash(digestAlgorithm(digest)), digest);
  }
}

class Cursor {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #hash: Hash;
  readonly #name: string;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>, hash: Hash, name: string) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#hash = hash;
    this.#name = name;
  }

  async *take(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done) throw new Error(`the blob ${this.#name} is shorter than its manifest says`);
        this.#rest = next.value;
      }
      const bytes = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(bytes.length);
      left -= bytes.length;
      this.#hash.update(bytes);
      yield bytes;
    }
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ContentSource } from '@holdfast/oci/content-source';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { collect } from './collect.ts';
import { planBundle } from './create-bundle.ts';
import { type Holdings, NOTHING_HELD } from './holdings.ts';
import { generateSigningKey, readSigningKey, readTrustedKeys } from './signing.ts';

export interface TestSource extends ContentSource {
  image(repository: string, tag: string, ...layers: Buffer[]): Digest;
  /** Names an image as its subject. */
  signature(repository: string, subject: Digest, content: Buffer): Digest;
  readonly blobs: Map<Digest, Buffer>;
}

/** A source in memory, with the same blobs for all repositories. */
export function memorySource(): TestSource {
  const blobs = new Map<Digest, Buffer>();
  const manifests = new Map<Digest, Buffer>();
  const tags = new Map<string, Digest>();
  const subjects = new Map<Digest, Digest>();
  const known = new WeakMap<Buffer, Digest>();
  const describe = (bytes: Buffer, mediaType: string) => {
    const digest = known.get(bytes) ?? digestOf(bytes);
    known.set(bytes, digest);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const put = (config: Buffer, layers: readonly Buffer[], more: object) => {
    const document = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociImage,
      config: describe(config, MEDIA_TYPE.ociConfig),
      layers: layers.map((layer) => describe(layer, MEDIA_TYPE.ociLayerGzip)),
      ...more,
    };
    const bytes = Buffer.from(JSON.stringify(document));
    manifests.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  };
  const described = (digest: Digest) => {
    const size = manifests.get(digest)?.length ?? 0;
    return { mediaType: MEDIA_TYPE.ociImage, digest, size };
  };
  return {
    blobs,
    image: (repository, tag, ...layers) => {
      const digest = put(Buffer.from(JSON.stringify({ repository, tag })), layers, {});
      tags.set(`${repository}:${tag}`, digest);
      return digest;
    },
    signature: (_repository, subject, content) => {
      const digest = put(Buffer.from('{}'), [content], { subject: described(subject) });
      subjects.set(digest, subject);
      return digest;
    },
    repositories: async function* () {
      yield* new Set([...tags.keys()].map((name) => name.split(':')[0] as string));
    },
    tags: async function* (repository) {
      for (const name of tags.keys()) if (name.startsWith(`${repository}:`)) yield name.slice(repository.length + 1);
    },
    manifest: async (repository, reference) => {
      const digest = tags.get(`${repository}:${reference}`) ?? (reference as Digest);
      const bytes = manifests.get(digest);
      if (!bytes) throw new Error(`there is no ${repository}:${reference}`);
      return { digest, mediaType: MEDIA_TYPE.ociImage, bytes };
    },
    referrers: async (_repository, subject) =>
      [...subjects].filter(([, of]) => of === subject).map(([digest]) => described(digest)),
    findBlob: async (_repository, digest) => blobs.get(digest)?.length,
    blob: async (_repository, digest) => {
      const bytes = blobs.get(digest);
      return bytes && Readable.from([bytes]);
    },
  };
}

export const testKey = () => {
  const pair = generateSigningKey();
  return { key: readSigningKey(pair.privatePem), trusted: readTrustedKeys(pair.publicPem) };
};

interface TestOrder {
  readonly volumeBytes?: number;
  readonly held?: Holdings;
  readonly created?: Date;
}

/** Of everything that the source has. */
export async function planAll(source: TestSource, key: ReturnType<typeof testKey>['key'], order: TestOrder = {}) {
  const { volumeBytes = Number.POSITIVE_INFINITY, held = NOTHING_HELD, created = new Date(1e12) } = order;
  const images = [];
  for await (const repository of source.repositories()) {
    for await (const tag of source.tags(repository)) images.push({ repository, tag, reference: tag });
  }
  const collected = await collect(source, images);
  return planBundle({ source, sourceName: 'memory', collected, held, key, created, volumeBytes });
}

/** Files of its volumes. */
export async function writeBundle(source: TestSource, key: ReturnType<typeof testKey>['key'], order: TestOrder = {}) {
  const planned = await planAll(source, key, order);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bundle-'));
  const files: string[] = [];
  for await (const volume of planned.volumes()) {
    const path = join(folder, `${files.length + 1}.tar`);
    await writeFile(path, await buffer(Readable.from(volume)));
    files.push(path);
  }
  return { planned, folder, files };
}

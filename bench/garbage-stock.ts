/** What the measurements of garbage collection are made on: images of five layers, and images that are deleted again, with files. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { MetadataStore, MetadataTx } from '../apps/registry/src/metadata/metadata-store.ts';

export const LAYERS = 5;
export const BLOB_BYTES = 1024;
export const REPOSITORY = 'gc/app';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const BATCH = 500;

/** Long ago: whatever nothing needs has had its grace period. */
export const OLD = new Date(Date.now() - 3 * 86_400_000);

export const digestOf = (text: string | Buffer) =>
  `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;

/** Of a blob that is stored as a file. */
export const contentOf = (name: string) => Buffer.alloc(BLOB_BYTES, `${name} `);

/** An image of five layers, as both registries take it; `name` makes it different from all others. */
export function imageOf(name: string): {
  digest: Digest;
  bytes: Buffer;
  layers: { digest: Digest; content: Buffer }[];
} {
  const layers = Array.from({ length: LAYERS }, (_, i) => contentOf(`${name} layer ${i}`)).map((content) => ({
    digest: digestOf(content),
    content,
  }));
  const [config, ...rest] = layers.map(({ digest }) => ({ mediaType: LAYER_TYPE, digest, size: BLOB_BYTES }));
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers: rest, annotations: { name } }),
  );
  return { digest: digestOf(bytes), bytes, layers };
}

export const fileOf = (data: string, digest: Digest) => join(data, 'blobs/sha256', digest.slice(7, 9), digest.slice(7));

export function writeBlob(file: string, content: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

export async function repositoryOf(store: MetadataStore): Promise<number> {
  const registryId = (await store.read.registries.byName('registry'))?.id ?? '';
  const { id } = await store.transaction((tx) =>
    tx.repositories.findOrCreate(registryId, REPOSITORY as RepositoryName, OLD),
  );
  return id;
}

async function inBatches(
  store: MetadataStore,
  count: number,
  one: (tx: MetadataTx, n: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    await store.transaction(async (tx) => {
      for (let n = from; n < Math.min(from + BATCH, count); n++) await one(tx, n);
    });
  }
}

/** Tagged manifests without files, whose layers are shared by five neighbours each. */
export async function fill(store: MetadataStore, id: number, manifests: number): Promise<void> {
  await inBatches(store, manifests, async (tx, n) => {
    const layers = Array.from({ length: LAYERS }, (_, i) => digestOf(`layer ${n + i}`));
    await insert(tx, id, { digest: digestOf(`image ${n}`), bytes: Buffer.from(`image ${n}`), layers });
    await tx.tags.put(id, `t${n}` as TagName, digestOf(`image ${n}`), OLD);
  });
}

async function insert(
  tx: MetadataTx,
  repositoryId: number,
  image: { digest: Digest; bytes: Buffer; layers: readonly Digest[] },
): Promise<void> {
  const { digest, bytes, layers } = image;
  const row = {
    repositoryId,
    digest,
    mediaType: MANIFEST_TYPE,
    size: bytes.length,
    pushedBy: 'bench',
    pushedAt: OLD,
  };
  for (const layer of layers) await tx.blobs.link(repositoryId, { digest: layer, size: BLOB_BYTES }, OLD);
  const named = layers.map((layer) => ({
    digest: layer,
    kind: 'layer' as const,
    mediaType: 'layer',
    size: BLOB_BYTES,
  }));
  await tx.manifests.insert(row, bytes, named);
}

/** Whole images, with files; those that `tagged` chooses get a tag. */
export async function storeImages(
  store: MetadataStore,
  data: string,
  id: number,
  names: readonly string[],
  tagged: (n: number) => boolean,
): Promise<void> {
  await inBatches(store, names.length, async (tx, n) => {
    const { digest, bytes, layers } = imageOf(names[n] ?? '');
    for (const layer of layers) writeBlob(fileOf(data, layer.digest), layer.content);
    await insert(tx, id, { digest, bytes, layers: layers.map((layer) => layer.digest) });
    if (tagged(n)) await tx.tags.put(id, `s${n}` as TagName, digest, OLD);
  });
}

/** Deletes those images, as a clean-up does; what only they needed is garbage then. */
export async function deleteImages(store: MetadataStore, id: number, names: readonly string[]): Promise<void> {
  await inBatches(store, names.length, async (tx, n) => {
    await tx.manifests.delete(id, imageOf(names[n] ?? '').digest, OLD);
  });
}

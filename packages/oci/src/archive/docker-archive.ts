import { createHash } from 'node:crypto';
import type { ContentSource } from '../content-source.ts';
import { type Digest, digestOf } from '../digest.ts';
import { MEDIA_TYPE } from '../media-types.ts';
import { type FileTree, readSmall } from './file-tree.ts';
import { parseImageName } from './oci-layout.ts';

const SMALL = 64 * 1024 * 1024;

interface SavedImage {
  readonly Config: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers: readonly string[];
}

/**
 * What `docker save` writes (before Docker 25 it was no OCI layout as well): configs and layers without compression. It has
 * no manifests, so they are made here, the same each time.
 * https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
 */
export async function openDockerArchive(tree: FileTree): Promise<ContentSource> {
  const blobs = new Map<Digest, string>();
  const manifests = new Map<Digest, Buffer>();
  const tags = new Map<string, Digest>();
  const hashed = new Map<string, Digest>();
  const describe = async (path: string, mediaType: string) => {
    const digest = hashed.get(path) ?? (await hashOf(tree, path));
    hashed.set(path, digest);
    blobs.set(digest, path);
    return { mediaType, digest, size: tree.paths.get(path) as number };
  };
  for (const image of await savedImages(tree)) {
    const layers = [];
    for (const path of image.Layers) layers.push(await describe(path, MEDIA_TYPE.ociLayer));
    const config = await describe(image.Config, MEDIA_TYPE.ociConfig);
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers }));
    manifests.set(digestOf(bytes), bytes);
    for (const name of image.RepoTags ?? []) {
      const named = parseImageName(name);
      if (named) tags.set(`${named.repository}:${named.tag}`, digestOf(bytes));
    }
  }
  const names = [...tags.keys()].map((name) => name.split(':') as [string, string]);
  return {
    repositories: async function* () {
      yield* new Set(names.map(([repository]) => repository));
    },
    tags: async function* (repository) {
      yield* names.flatMap(([name, tag]) => (name === repository ? tag : []));
    },
    manifest: async (repository, reference) => {
      const digest = tags.get(`${repository}:${reference}`) ?? (reference as Digest);
      const bytes = manifests.get(digest);
      if (!bytes) throw new Error(`${tree.location} has no image ${repository}:${reference}`);
      return { digest, bytes, mediaType: MEDIA_TYPE.ociImage };
    },
    referrers: async () => [],
    findBlob: async (_repository, digest) => tree.paths.get(blobs.get(digest) ?? ''),
    blob: async (_repository, digest) => {
      const path = blobs.get(digest);
      return path === undefined ? undefined : tree.read(path);
    },
  };
}

async function savedImages(tree: FileTree): Promise<readonly SavedImage[]> {
  const bytes = await readSmall(tree, 'manifest.json', SMALL);
  if (!bytes) throw new Error(`${tree.location} is no archive of docker save: it has no manifest.json`);
  return JSON.parse(bytes.toString('utf8')) as readonly SavedImage[];
}

async function hashOf(tree: FileTree, path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const bytes of tree.read(path)) hash.update(bytes as Buffer);
  return `sha256:${hash.digest('hex')}` as Digest;
}

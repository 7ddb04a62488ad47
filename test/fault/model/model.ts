import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { bytesOf } from '../random.ts';
import { type Access, type KnownManifest, Refused } from '../workload/access.ts';
import type { Content } from '../workload/operation.ts';

export const REPOSITORIES = ['one', 'two/three'] as const;
export const TAGS = ['a', 'b'] as const;
type Repository = (typeof REPOSITORIES)[number];

export const BLOBS: readonly Content[] = [0, 1, 2].map((seed) => {
  const size = [0, 700, 5000][seed] ?? 0;
  return { seed, size, digest: digestOf(bytesOf(seed, size)) };
});

/** Each names the blobs whose bit is set in its number. */
export const MANIFESTS = [1, 2, 3, 4, 6].map((bits) => {
  const blobs = BLOBS.filter((_, place) => bits & (1 << place));
  const [config, ...layers] = blobs.map(({ digest, size }) => ({ mediaType: MEDIA_TYPE.ociLayer, digest, size }));
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers };
  const bytes = Buffer.from(JSON.stringify(document));
  return { blobs: blobs.map(({ digest }) => digest), digest: digestOf(bytes), bytes };
});

export type Command =
  | { readonly does: 'push' | 'push in chunks' | 'delete blob'; readonly repository: Repository; readonly blob: number }
  | { readonly does: 'mount'; readonly repository: Repository; readonly from: Repository; readonly blob: number }
  | {
      readonly does: 'push manifest';
      readonly repository: Repository;
      readonly manifest: number;
      readonly tags: readonly string[];
      readonly byTag: boolean;
    }
  | { readonly does: 'delete manifest'; readonly repository: Repository; readonly manifest: number }
  | { readonly does: 'delete tag' | 'pull'; readonly repository: Repository; readonly tag: string }
  | { readonly does: 'list'; readonly repository: Repository };

/** What a registry answers, in words that both sides speak. */
export type Reply = string | boolean | undefined | readonly string[];

class RepositoryModel {
  readonly blobs = new Set<string>();
  readonly manifests = new Map<string, readonly string[]>();
  readonly tags = new Map<string, string>();
}

/** What the registry should do, in the simplest words. */
export class Model {
  readonly #repositories = new Map<string, RepositoryModel>();

  #in(name: string): RepositoryModel {
    const own = this.#repositories.get(name) ?? new RepositoryModel();
    this.#repositories.set(name, own);
    return own;
  }

  reply(command: Command): Reply {
    const own = this.#in(command.repository);
    switch (command.does) {
      case 'push':
      case 'push in chunks':
        own.blobs.add(blobOf(command.blob).digest);
        return 'done';
      case 'mount': {
        const { digest } = blobOf(command.blob);
        if (!this.#in(command.from).blobs.has(digest)) return false;
        own.blobs.add(digest);
        return true;
      }
      case 'delete blob': {
        const { digest } = blobOf(command.blob);
        if (!own.blobs.has(digest)) return 'blob.unknown';
        if ([...own.manifests.values()].some((named) => named.includes(digest))) return 'blob.in-use';
        own.blobs.delete(digest);
        return 'done';
      }
      case 'push manifest': {
        const { digest, blobs } = manifestOf(command.manifest);
        if (!own.manifests.has(digest) && !blobs.every((blob) => own.blobs.has(blob)))
          return 'manifest.reference-unknown';
        own.manifests.set(digest, blobs);
        for (const tag of command.tags) own.tags.set(tag, digest);
        return 'done';
      }
      case 'delete manifest': {
        const { digest } = manifestOf(command.manifest);
        if (!own.manifests.delete(digest)) return 'manifest.unknown';
        for (const [tag, named] of own.tags) if (named === digest) own.tags.delete(tag);
        return 'done';
      }
      case 'delete tag':
        return own.tags.delete(command.tag) ? 'done' : 'manifest.unknown';
      case 'pull':
        return own.tags.get(command.tag);
      case 'list':
        return [...own.tags.keys()].sort();
    }
  }
}

const blobOf = (place: number): Content => BLOBS[place] ?? (BLOBS[0] as Content);
const manifestOf = (place: number) => MANIFESTS[place] ?? (MANIFESTS[0] as (typeof MANIFESTS)[number]);

function knownManifest(repository: string, place: number): KnownManifest {
  const { digest, bytes } = manifestOf(place);
  return { repository, digest, bytes, mediaType: MEDIA_TYPE.ociImage };
}

/** What the registry does. */
export async function ask(access: Access, command: Command, number: number): Promise<Reply> {
  const at = { number, repository: command.repository };
  const done = async (work: Promise<void>): Promise<Reply> => {
    await work;
    return 'done';
  };
  try {
    switch (command.does) {
      case 'push': {
        const content = blobOf(command.blob);
        const bytes = bytesOf(content.seed, content.size);
        return await done(access.pushBlob(at, content, { pieces: [bytes], length: bytes.length }));
      }
      case 'push in chunks':
        return await done(pushInChunks(access, at, blobOf(command.blob)));
      case 'mount':
        return await access.mount(at, blobOf(command.blob).digest, command.from);
      case 'delete blob':
        return await done(access.deleteBlob(at, blobOf(command.blob).digest));
      case 'push manifest': {
        const manifest = knownManifest(command.repository, command.manifest);
        return await done(access.pushManifest(at, manifest, command.tags, command.byTag));
      }
      case 'delete manifest':
        return await done(access.deleteManifest(at, { digest: manifestOf(command.manifest).digest }));
      case 'delete tag':
        return await done(access.deleteManifest(at, { tag: command.tag }));
      case 'pull':
        return await access.resolveTag(at, command.tag);
      case 'list':
        return await access.listTags(at);
    }
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

async function pushInChunks(access: Access, at: Parameters<Access['startUpload']>[0], content: Content): Promise<void> {
  const bytes = bytesOf(content.seed, content.size);
  const upload = await access.startUpload(at);
  const half = Math.floor(bytes.length / 2);
  for (const [from, to] of [
    [0, half],
    [half, bytes.length],
  ] as const) {
    if (to > from) await access.append(at, upload, { pieces: [bytes.subarray(from, to)], length: to - from, from });
  }
  await access.complete(at, upload, content.digest, undefined);
}

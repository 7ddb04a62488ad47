import { buffer } from 'node:stream/consumers';
import type { ContentSource } from '../content-source.ts';
import { type Descriptor, readDescriptor } from '../descriptor.ts';
import { type Digest, digestAlgorithm, digestHex, digestOf, parseDigest } from '../digest.ts';
import { decodeJson, isJsonObject, member } from '../json-document.ts';
import { parseManifest } from '../manifest.ts';
import { parseRepositoryName, parseTagName } from '../reference.ts';
import { declaredType } from './declared-type.ts';
import type { FileTree } from './file-tree.ts';

const MANIFEST_BYTES = 4 * 1024 * 1024;
const INDEX_BYTES = 64 * 1024 * 1024;

/** Annotation of a top entry: its tag. */
export const LAYOUT_TAG = 'org.opencontainers.image.ref.name';

/** A top entry of `index.json`. */
export interface LayoutEntry extends Descriptor {
  readonly repository?: string;
  readonly tag?: string;
}

/**
 * An OCI image layout as a source. Images are called by their annotations: `io.containerd.image.name`, else
 * `org.opencontainers.image.ref.name`, which holds a tag alone or a name with one; `repository` names those that have only a tag.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function openOciLayout(tree: FileTree, repository?: string): Promise<ContentSource> {
  const entries = await readLayoutIndex(tree, repository);
  const manifestBytes = async (digest: Digest) => {
    const path = blobPath(digest);
    const size = tree.paths.get(path);
    if (size === undefined || size > MANIFEST_BYTES) throw new Error(`${tree.location} has no manifest ${digest}`);
    const bytes = await buffer(tree.read(path));
    if (digestOf(bytes, digestAlgorithm(digest)) !== digest) {
      throw new Error(`${tree.location}: the bytes of ${path} have another digest`);
    }
    return bytes;
  };
  return {
    repositories: async function* () {
      yield* new Set(entries.flatMap((entry) => entry.repository ?? []));
    },
    tags: async function* (name) {
      yield* new Set(entries.flatMap((entry) => (entry.repository === name && entry.tag) || []));
    },
    manifest: async (name, reference) => {
      const asked = parseDigest(reference);
      const entry = entries.find((one) =>
        asked ? one.digest === asked : one.repository === name && one.tag === reference,
      );
      const digest = asked ?? entry?.digest;
      if (!digest) throw new Error(`${tree.location} has no image ${name}:${reference}`);
      const bytes = await manifestBytes(digest);
      return { digest, bytes, mediaType: entry?.mediaType ?? declaredType(bytes) };
    },
    referrers: async (_name, subject) => {
      const found: Descriptor[] = [];
      for (const entry of entries) {
        const parsed = parseManifest(await manifestBytes(entry.digest), entry.mediaType);
        if (parsed.ok && parsed.manifest.subject?.digest === subject) found.push(entry);
      }
      return found;
    },
    findBlob: async (_name, digest) => tree.paths.get(blobPath(digest)),
    blob: async (_name, digest) => (tree.paths.has(blobPath(digest)) ? tree.read(blobPath(digest)) : undefined),
  };
}

export const blobPath = (digest: Digest): string => `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;

/** The top entries, with the names that `openOciLayout` gives them. Throws a clause for what is no layout. */
export async function readLayoutIndex(tree: FileTree, repository: string | undefined): Promise<LayoutEntry[]> {
  const size = tree.paths.get('index.json') ?? 0;
  if (!tree.paths.has('oci-layout') || size === 0 || size > INDEX_BYTES) {
    throw new Error(`${tree.location} is no OCI image layout: it has no oci-layout or no index.json`);
  }
  const json = decodeJson(await buffer(tree.read('index.json')));
  const list = 'value' in json && isJsonObject(json.value) ? member(json.value, 'manifests') : undefined;
  if (!Array.isArray(list)) throw new Error(`${tree.location}: index.json lists no manifests`);
  return list.map((value, i) => ({
    ...readDescriptor(value, `manifests[${i}]`),
    ...nameOf(isJsonObject(value) ? member(value, 'annotations') : undefined, repository),
  }));
}

function nameOf(annotations: unknown, fallback: string | undefined): { repository?: string; tag?: string } {
  const at = (name: string) => (isJsonObject(annotations) ? member(annotations, name) : undefined);
  const called = at('io.containerd.image.name') ?? at(LAYOUT_TAG);
  const named = typeof called === 'string' ? parseImageName(called) : undefined;
  if (named) return named;
  const tag = typeof called === 'string' ? parseTagName(called) : undefined;
  return { ...(fallback ? { repository: fallback } : {}), ...(tag && fallback ? { tag } : {}) };
}

/** `host/team/app:1` as repository and tag, without the host; undefined when there is no tag, or no repository before it. */
export function parseImageName(text: string): { repository: string; tag: string } | undefined {
  const [, name = '', tagText = ''] = /^(.+):([^:/]+)$/.exec(text) ?? [];
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = parseRepositoryName(isHost ? rest.join('/') : name);
  const tag = parseTagName(tagText);
  return repository && tag && { repository, tag };
}

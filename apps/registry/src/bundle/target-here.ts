import type { ApplyTarget } from '@holdfast/bundle/apply-bundle';
import { type Digest, parseDigest } from '@holdfast/oci/digest';
import { parseRepositoryName, parseTagName, type RepositoryName } from '@holdfast/oci/reference';
import { isBlobDeleted } from '../content/soft-delete.ts';
import type { Distribution } from '../distribution/context.ts';
import { putManifest } from '../distribution/manifests.ts';
import { mountBlob, uploadMonolithic } from '../distribution/uploads.ts';
import type { RepositoryId } from '../metadata/metadata-store.ts';
import { type BundleCaller, requireRight, type WhoAsks } from './caller.ts';
import { moveTags } from './move-tags.ts';

export interface TargetOptions {
  readonly signal: AbortSignal;
  readonly onSent?: (bytes: number) => void;
  /** What the custody log keeps besides. */
  readonly custody?: { readonly bytes: number; readonly startedMs: number };
}

/**
 * This registry as an apply writes it: each step is a push of the caller, asked for by the same rules at that moment. What a
 * repository has is told to whoever may push to it, as a push would find out.
 */
export function targetHere(d: Distribution, who: WhoAsks, options: TargetOptions): ApplyTarget {
  const { signal, onSent, custody } = options;
  const at = async (name: string) => requireRight(d, await who(), nameOf(name), 'push');
  const rowOf = async ({ registry, repository }: BundleCaller & { repository: RepositoryName }) =>
    d.metadata.read.repositories.find(registry.id, repository);
  return {
    findManifest: async (name, reference) => {
      signal.throwIfAborted();
      const row = await rowOf(await at(name));
      const digest = row && (parseDigest(reference) ?? (await tagged(d, row.id, reference)));
      const found = row && digest && (await d.metadata.read.manifests.find(row.id, digest));
      return found && !found.damagedAt ? found.digest : undefined;
    },
    findBlob: async (name, digest) => {
      signal.throwIfAborted();
      const caller = await at(name);
      const row = await rowOf(caller);
      const link = row && (await d.metadata.read.blobs.linked(row.id, digest));
      return link && !link.damage && !isBlobDeleted(caller.registry, link) ? link.size : undefined;
    },
    mountBlob: async (name, digest, from) => mountBlob(d, await at(name), digest, nameOf(from)),
    pushBlob: async (name, { digest, size, open }) => {
      const body = await open(0);
      try {
        await uploadMonolithic(d, await at(name), digest, { body, length: size, signal });
      } finally {
        body.destroy();
      }
      onSent?.(size);
    },
    putManifest: async (name, reference, mediaType, bytes) => {
      signal.throwIfAborted();
      const digest = parseDigest(reference);
      const tag = digest ? undefined : parseTagName(reference);
      const to = digest ? { digest } : tag && { tag };
      if (!to) throw new Error(`${reference} is neither a tag nor a digest`);
      await putManifest(d, await at(name), { reference: to, contentType: mediaType, bytes, tags: [] });
    },
    moveTags: async ({ tags, ...move }) => {
      signal.throwIfAborted();
      for (const name of new Set(tags.map(({ repository }) => repository))) await at(name);
      const took = custody && {
        bytes: custody.bytes,
        seconds: (d.clock.monotonic() - custody.startedMs) / 1000,
      };
      const moved = tags.map(({ repository, tag, digest }) => ({ repository, tag, digest }));
      const [first, ...rest] = moved;
      if (!first) return [];
      return (await moveTags(d, await who(), { ...move, ...took, tags: [first, ...rest] })).superseded;
    },
  };
}

async function tagged(d: Distribution, repositoryId: RepositoryId, text: string): Promise<Digest | undefined> {
  const tag = parseTagName(text);
  return tag && (await d.metadata.read.tags.find(repositoryId, tag))?.digest;
}

/** A document was parsed before its names come here. */
export function nameOf(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name) return name;
  throw new Error(`${text} is no name of a repository`);
}

import { type Digest, digestAlgorithm, digestOf } from '@holdfast/oci/digest';
import { isImageConfigType, readImagePlatform } from '@holdfast/oci/image-config';
import type { ParsedManifest } from '@holdfast/oci/manifest';
import type { Platform, RepositoryId } from '../metadata/metadata-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import { type Caller, type Distribution, findRepository } from './context.ts';

/** Configs of real images have some kilobytes, those with a long history some hundred. */
const CONFIG_LIMIT = 1024 * 1024;

/** One image goes to several tags and repositories, and an index and its images are pushed again and again: what a config says is true for ever. */
const known = new BoundedCache<Platform>(1000);

/**
 * For what a pushed image is made, by its config. Only of a config that this repository links: the push of a manifest must
 * not tell what is in a blob that somebody else has. Nothing depends on it, so a config that cannot be read is not looked at.
 */
export async function platformOf(d: Distribution, caller: Caller, manifest: ParsedManifest): Promise<Platform> {
  if (!isImageConfigType(manifest.configMediaType)) return {};
  // A manifest whose config the repository does not link is refused anyway, unless the policy lets it in.
  const before = d.policy.sparseManifests ? undefined : knownPlatform(manifest);
  if (before) return before;
  const repository = await findRepository(d, caller);
  return repository ? platformIn(d, repository.id, manifest) : {};
}

function knownPlatform({ references }: ParsedManifest): Platform | undefined {
  const config = references.find(({ kind }) => kind === 'config');
  return config && known.get(config.digest);
}

/** The same of a repository that links the config. */
export async function platformIn(
  d: Distribution,
  repositoryId: RepositoryId,
  manifest: ParsedManifest,
): Promise<Platform> {
  const config = manifest.references.find(({ kind }) => kind === 'config');
  if (!config || !isImageConfigType(manifest.configMediaType)) return {};
  const link = await d.metadata.read.blobs.linked(repositoryId, config.digest);
  if (!link || link.damage || link.size > CONFIG_LIMIT) return {};
  return known.get(config.digest) ?? (await readConfig(d, config.digest));
}

async function readConfig(d: Distribution, digest: Digest): Promise<Platform> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await d.blobs.read(digest)) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const platform = readImagePlatform(bytes);
    // What the disk gave wrong once is not kept.
    if (digestOf(bytes, digestAlgorithm(digest)) === digest) known.set(digest, platform);
    return platform;
  } catch {
    return {};
  }
}

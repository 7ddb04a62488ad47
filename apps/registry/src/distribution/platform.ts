import type { Digest } from '@holdfast/oci/digest';
import { isImageConfigType, readImagePlatform } from '@holdfast/oci/image-config';
import type { ParsedManifest } from '@holdfast/oci/manifest';
import type { Platform, RepositoryId } from '../metadata/metadata-store.ts';
import { type Caller, type Distribution, findRepository } from './context.ts';

/** Configs of real images have some kilobytes, those with a long history some hundred. */
const CONFIG_LIMIT = 1024 * 1024;

/**
 * For what a pushed image is made, by its config. Only of a config that this repository links: the push of a manifest must
 * not tell what is in a blob that somebody else has. Nothing depends on it, so a config that cannot be read is not looked at.
 */
export async function platformOf(
  d: Distribution,
  caller: Caller,
  digest: Digest,
  manifest: ParsedManifest,
): Promise<Platform> {
  if (!isImageConfigType(manifest.configMediaType)) return {};
  const repository = await findRepository(d, caller);
  // Here already: what is known of it stays.
  if (!repository || (await d.metadata.read.listings.manifest(repository.id, digest))) return {};
  return platformIn(d, repository.id, manifest);
}

/** The same of a repository that links the config, whether the manifest is there or not. */
export async function platformIn(
  d: Distribution,
  repositoryId: RepositoryId,
  manifest: ParsedManifest,
): Promise<Platform> {
  const config = manifest.references.find(({ kind }) => kind === 'config');
  if (!config || !isImageConfigType(manifest.configMediaType)) return {};
  const link = await d.metadata.read.blobs.linked(repositoryId, config.digest);
  if (!link || link.damage || link.size > CONFIG_LIMIT) return {};
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await d.blobs.read(config.digest)) chunks.push(chunk as Buffer);
    return readImagePlatform(Buffer.concat(chunks));
  } catch {
    return {};
  }
}

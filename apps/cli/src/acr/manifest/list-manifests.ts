import type { Context } from '../../command.ts';
import { RegistryClient, type RegistryOptions } from '../../site/registry-client.ts';
import { repositoryPath } from '../image-name.ts';
import { topOf } from '../options.ts';

export interface ManifestMetadata {
  readonly digest: string;
  readonly tags?: readonly string[];
  readonly lastUpdateTime?: string;
}

interface ListOptions extends RegistryOptions {
  readonly repository: string;
  readonly top: string | undefined;
  readonly orderby: string | undefined;
}

export async function listManifests(context: Context, options: ListOptions): Promise<ManifestMetadata[]> {
  const registry = await RegistryClient.open(context, options);
  const { repository, top, orderby } = options;
  const path = `/acr/v1/${repositoryPath(repository)}/_manifests`;
  return registry.list(`repository:${repository}:metadata_read`, path, 'manifests', { top: topOf(top), orderby });
}

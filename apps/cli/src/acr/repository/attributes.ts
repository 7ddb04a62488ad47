import type { Context } from '../../command.ts';
import { wrongUsage } from '../../command-error.ts';
import { RegistryClient, type RegistryOptions } from '../../site/registry-client.ts';
import { metadataPath, parseImageName, repositoryPath } from '../image-name.ts';

export const REPOSITORY_OR_IMAGE = {
  repository: { flags: ['--repository'], value: 'NAME', text: 'Name of the repository.' },
  image: {
    flags: ['--image', '-t'],
    value: 'IMAGE',
    text: "Name of the image: 'repository:tag' or 'repository@digest'.",
  },
} as const;

interface Target {
  readonly repository: string | undefined;
  readonly image: string | undefined;
}

export function checkTarget({ repository, image }: Target): void {
  if (Boolean(repository) === Boolean(image)) {
    throw wrongUsage('Usage error: You need to provide either --image IMAGE | --repository REPOSITORY, but not both');
  }
}

/** What a repository, a tag or a manifest says of itself; with changes, after they were made. */
export async function attributesAt(
  context: Context,
  options: RegistryOptions & Target,
  changes: Record<string, boolean> = {},
) {
  checkTarget(options);
  const registry = await RegistryClient.open(context, options);
  const changed = Object.keys(changes).length > 0;
  const call = changed ? { method: 'PATCH', body: changes } : {};
  const rights = changed ? 'metadata_write,metadata_read' : 'metadata_read';
  if (options.image === undefined) {
    const { repository = '' } = options;
    return registry.json(`repository:${repository}:${rights}`, `/acr/v1/${repositoryPath(repository)}`, call);
  }
  const image = parseImageName(options.image);
  const { path, key } = metadataPath(image);
  return (await registry.json<Record<string, unknown>>(`repository:${image.repository}:${rights}`, path, call))[key];
}

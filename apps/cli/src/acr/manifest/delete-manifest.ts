import type { Context } from '../../command.ts';
import { cancelled, confirm } from '../../read-password.ts';
import type { RegistryClient } from '../../site/registry-client.ts';
import { type ImageName, metadataPath, repositoryPath } from '../image-name.ts';

/** Deletes what the image names, after saying which tags go with it. */
export async function deleteManifest(context: Context, registry: RegistryClient, image: ImageName, yes: boolean) {
  const { repository } = image;
  const scope = `repository:${repository}:delete,metadata_read`;
  const digest =
    image.digest ?? (await registry.json<{ tag: { digest: string } }>(scope, metadataPath(image).path)).tag.digest;
  const path = `/acr/v1/${repositoryPath(repository)}/_tags`;
  const tags = await registry.list<{ name: string; digest: string }>(scope, path, 'tags');
  const images = tags.filter((tag) => tag.digest === digest).map(({ name }) => `'${repository}:${name}'`);
  const more = images.length > 0 ? ` and all the following images: ${images.join(', ')}` : '';
  const message = `This operation will delete the manifest '${digest}'${more}`;
  if (yes) context.say(`WARNING: ${message}`);
  if (!(await confirm(context, `${message}.\nAre you sure you want to continue?`, yes))) throw cancelled();
  const manifest = `/v2/${repositoryPath(repository)}/manifests/${digest}`;
  return (await registry.call(scope, manifest, { method: 'DELETE' })).json();
}

import { defineCommand } from '../../command.ts';
import { cancelled, confirm } from '../../read-password.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { parseImageName, repositoryPath } from '../image-name.ts';
import { deleteManifest } from '../manifest/delete-manifest.ts';
import { CONTENT_OPTIONS, YES } from '../options.ts';
import { checkTarget, REPOSITORY_OR_IMAGE } from './attributes.ts';

export const command = defineCommand({
  summary: 'Delete a repository, or an image with all its tags.',
  options: { ...CONTENT_OPTIONS, ...REPOSITORY_OR_IMAGE, yes: YES },
  examples: [
    { text: 'An image:', command: 'holdfast acr repository delete -n myregistry --image team/app:v1 --yes' },
    { text: 'A repository:', command: 'holdfast acr repository delete -n myregistry --repository team/app --yes' },
  ],
  run: async (context, values) => {
    checkTarget(values);
    const registry = await RegistryClient.open(context, values);
    if (values.image !== undefined) return deleteManifest(context, registry, parseImageName(values.image), values.yes);
    const { repository = '' } = values;
    const question = `Are you sure you want to delete the repository '${repository}' and all images under it?`;
    if (!(await confirm(context, question, values.yes))) throw cancelled();
    const path = `/acr/v1/${repositoryPath(repository)}`;
    return registry.json(`repository:${repository}:delete,metadata_read`, path, { method: 'DELETE' });
  },
});

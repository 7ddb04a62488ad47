import { defineCommand } from '../../command.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { parseImageName } from '../image-name.ts';
import { YES } from '../options.ts';
import { deleteManifest } from './delete-manifest.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

export const command = defineCommand({
  summary: 'Delete a manifest with all its tags.',
  options: { ...SPECIFIER_OPTIONS, yes: YES },
  positionals: SPECIFIER,
  examples: [{ text: 'By a tag:', command: 'holdfast acr manifest delete -r myregistry -n team/app:v1 --yes' }],
  run: async (context, values, positionals) => {
    const { registry, name } = specified(values, positionals);
    const client = await RegistryClient.open(context, { ...values, name: registry });
    return deleteManifest(context, client, parseImageName(name), values.yes);
  },
});

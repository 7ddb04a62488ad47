import { defineCommand } from '../../command.ts';
import { LIST_OPTIONS } from '../options.ts';
import { listManifests } from './list-manifests.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

export const command = defineCommand({
  summary: 'List what is known of the manifests of a repository.',
  options: { ...SPECIFIER_OPTIONS, ...LIST_OPTIONS },
  positionals: SPECIFIER,
  examples: [
    {
      text: 'Those that no tag names:',
      command: 'holdfast acr manifest list-metadata -r myregistry -n team/app --query "[?tags[0]==null].digest" -o tsv',
    },
  ],
  run: (context, values, positionals) => {
    const { registry, name: repository } = specified(values, positionals);
    return listManifests(context, { ...values, name: registry, repository });
  },
});

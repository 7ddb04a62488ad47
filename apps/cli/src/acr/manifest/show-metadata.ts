import { defineCommand } from '../../command.ts';
import { attributesAt } from '../repository/attributes.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

export const command = defineCommand({
  summary: 'Show what is known of a tag or a manifest.',
  options: SPECIFIER_OPTIONS,
  positionals: SPECIFIER,
  examples: [
    {
      text: 'The digest of a tag:',
      command: 'holdfast acr manifest show-metadata -r myregistry -n team/app:v1 --query digest -o tsv',
    },
  ],
  run: (context, values, positionals) => {
    const { registry, name: image } = specified(values, positionals);
    return attributesAt(context, { ...values, name: registry, image, repository: undefined });
  },
});

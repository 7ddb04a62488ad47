import { defineCommand } from '../../command.ts';
import { ATTRIBUTE_OPTIONS, attributesOf } from '../options.ts';
import { attributesAt } from '../repository/attributes.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

export const command = defineCommand({
  summary: 'Lock or unlock a tag or a manifest.',
  options: { ...SPECIFIER_OPTIONS, ...ATTRIBUTE_OPTIONS },
  positionals: SPECIFIER,
  examples: [
    {
      text: 'Nobody may delete it:',
      command: 'holdfast acr manifest update-metadata -r myregistry -n team/app:v1 --delete-enabled false',
    },
  ],
  run: (context, values, positionals) => {
    const { registry, name: image } = specified(values, positionals);
    return attributesAt(context, { ...values, name: registry, image, repository: undefined }, attributesOf(values));
  },
});

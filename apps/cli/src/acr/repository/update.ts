import { defineCommand } from '../../command.ts';
import { ATTRIBUTE_OPTIONS, attributesOf, CONTENT_OPTIONS } from '../options.ts';
import { attributesAt, REPOSITORY_OR_IMAGE } from './attributes.ts';

export const command = defineCommand({
  summary: 'Lock or unlock a repository or an image.',
  options: { ...CONTENT_OPTIONS, ...REPOSITORY_OR_IMAGE, ...ATTRIBUTE_OPTIONS },
  examples: [
    {
      text: 'Keep an image as it is:',
      command: 'holdfast acr repository update -n myregistry --image team/app:v1 --write-enabled false',
    },
  ],
  run: (context, values) => attributesAt(context, values, attributesOf(values)),
});

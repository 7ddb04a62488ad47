import { defineCommand } from '../../command.ts';
import { CONTENT_OPTIONS } from '../options.ts';
import { attributesAt, REPOSITORY_OR_IMAGE } from './attributes.ts';

export const command = defineCommand({
  summary: 'Show what a repository or an image says of itself, its locks among it.',
  options: { ...CONTENT_OPTIONS, ...REPOSITORY_OR_IMAGE },
  examples: [
    {
      text: 'What forbids that an image is deleted:',
      command: 'holdfast acr repository show -n myregistry --image team/app:v1 --query changeableAttributes',
    },
    { text: 'A whole repository:', command: 'holdfast acr repository show -n myregistry --repository team/app' },
  ],
  run: (context, values) => attributesAt(context, values),
});

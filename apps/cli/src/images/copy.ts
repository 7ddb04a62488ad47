import { defineCommand } from '../command.ts';
import { COPY_OPTIONS, copyBetween, openSource, openTarget, SOURCE_CREDENTIALS } from './options.ts';

export const command = defineCommand({
  summary: 'Copy an image from one registry to another, with what refers to it; only what is missing is sent.',
  options: {
    ...COPY_OPTIONS,
    ...SOURCE_CREDENTIALS,
  },
  positionals: [
    { name: 'FROM', required: true, text: 'REGISTRY/REPOSITORY[:TAG|@DIGEST], or oci:FOLDER[:TAG].' },
    { name: 'TO', required: true, text: 'Likewise.' },
  ],
  examples: [{ text: 'Between two registries:', command: 'holdfast copy myregistry/team/app:v1 otherregistry/app:v1' }],
  run: async (context, values, [from = '', to = '']) => {
    const source = await openSource(context, from, {
      username: values.sourceUsername,
      password: values.sourcePassword,
    });
    return copyBetween(context, source, await openTarget(context, to, values), values);
  },
});

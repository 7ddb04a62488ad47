import { parseTagName } from '@holdfast/oci/reference';
import { CREDENTIALS } from '../acr/options.ts';
import { defineCommand } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { IMAGE_TEXT, openImage } from './options.ts';

export const command = defineCommand({
  summary: 'Give an image another tag, without pulling or pushing it.',
  options: CREDENTIALS,
  positionals: [
    { name: 'IMAGE', required: true, text: IMAGE_TEXT },
    { name: 'TAG', required: true, many: true, text: 'The new tags.' },
  ],
  examples: [{ text: 'What was tried becomes stable:', command: 'holdfast retag myregistry/team/app:v1 stable' }],
  run: async (context, values, [image = '', ...tags]) => {
    const wrong = tags.find((tag) => parseTagName(tag) === undefined);
    if (wrong !== undefined)
      throw wrongUsage(`'${wrong}' is no tag: letters, digits, '_', '.' and '-', at most 128 of them.`);
    const { store, reference = 'latest' } = await openImage(context, image, values);
    const manifest = await store.manifest(reference);
    for (const tag of tags) await store.putManifest(manifest, tag);
    return { name: store.name, digest: manifest.digest, tags };
  },
});

import { defineCommand } from '../command.ts';
import { COPY_OPTIONS, copyBetween, IMAGE_TEXT, LAYOUT_TEXT, openImage, openLayoutTarget } from './options.ts';

export const command = defineCommand({
  summary: 'Pull an image into a folder, with what refers to it; every byte is verified.',
  options: COPY_OPTIONS,
  positionals: [
    { name: 'IMAGE', required: true, text: IMAGE_TEXT },
    { name: 'LAYOUT', required: true, text: LAYOUT_TEXT },
  ],
  examples: [
    { text: 'As skopeo, crane and podman read it:', command: 'holdfast pull myregistry/team/app:v1 ./layout' },
  ],
  run: async (context, values, [image = '', layout = '']) =>
    copyBetween(context, await openImage(context, image, values), openLayoutTarget(layout), values),
});

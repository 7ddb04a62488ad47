import { defineCommand } from '../command.ts';
import { COPY_OPTIONS, copyBetween, IMAGE_TEXT, LAYOUT_TEXT, openImage, openLayout } from './options.ts';

export const command = defineCommand({
  summary: 'Push an image from a folder, with what refers to it; no daemon is needed.',
  options: COPY_OPTIONS,
  positionals: [
    { name: 'LAYOUT', required: true, text: LAYOUT_TEXT },
    { name: 'IMAGE', required: true, text: IMAGE_TEXT },
  ],
  examples: [{ text: 'Into a registry of the site:', command: 'holdfast push ./layout:v1 myregistry/team/app:v1' }],
  run: async (context, values, [layout = '', image = '']) =>
    copyBetween(context, await openLayout(layout), await openImage(context, image, values), values),
});

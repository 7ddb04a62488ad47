import { defineCommand } from '../../command.ts';
import { wrongUsage } from '../../command-error.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { metadataPath, parseImageName } from '../image-name.ts';
import { CONTENT_OPTIONS } from '../options.ts';

export const command = defineCommand({
  summary: 'Take a tag away; the image stays.',
  options: {
    ...CONTENT_OPTIONS,
    image: { flags: ['--image', '-t'], value: 'IMAGE', required: true, text: "Name of the image: 'repository:tag'." },
  },
  examples: [{ text: 'Take v1 away:', command: 'holdfast acr repository untag -n myregistry --image team/app:v1' }],
  run: async (context, values) => {
    const image = parseImageName(values.image);
    if (image.tag === undefined) throw wrongUsage(`--image names a digest, which is no tag: ${values.image}.`);
    const registry = await RegistryClient.open(context, values);
    await registry.call(`repository:${image.repository}:delete`, metadataPath(image).path, { method: 'DELETE' });
  },
});

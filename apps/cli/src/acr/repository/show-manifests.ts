import { defineCommand } from '../../command.ts';
import { listManifests } from '../manifest/list-manifests.ts';
import { CONTENT_OPTIONS, LIST_OPTIONS } from '../options.ts';

export const command = defineCommand({
  summary: 'List the manifests of a repository in the short form of old; manifest list-metadata tells more.',
  options: {
    ...CONTENT_OPTIONS,
    repository: { flags: ['--repository'], value: 'NAME', required: true, text: 'Name of the repository.' },
    ...LIST_OPTIONS,
    detail: { flags: ['--detail'], text: 'Everything that is known of each manifest.' },
  },
  examples: [
    {
      text: 'Those that no tag names:',
      command:
        'holdfast acr repository show-manifests -n myregistry --repository team/app --query "[?tags[0]==null].digest" -o tsv',
    },
  ],
  run: async (context, values) => {
    const manifests = await listManifests(context, values);
    if (values.detail) return manifests;
    return manifests.map(({ digest, tags = [], lastUpdateTime: timestamp = '' }) => ({ digest, tags, timestamp }));
  },
});

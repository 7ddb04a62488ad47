import { defineCommand } from '../../command.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { repositoryPath } from '../image-name.ts';
import { CONTENT_OPTIONS, LIST_OPTIONS, topOf } from '../options.ts';

export const command = defineCommand({
  summary: 'List the tags of a repository.',
  options: {
    ...CONTENT_OPTIONS,
    repository: { flags: ['--repository'], value: 'NAME', required: true, text: 'Name of the repository.' },
    ...LIST_OPTIONS,
    detail: { flags: ['--detail'], text: 'Everything that is known of each tag, not only its name.' },
  },
  examples: [
    {
      text: 'The newest three:',
      command:
        'holdfast acr repository show-tags -n myregistry --repository team/app --orderby time_desc --top 3 -o tsv',
    },
  ],
  run: async (context, values) => {
    const registry = await RegistryClient.open(context, values);
    const { repository, orderby, detail } = values;
    const path = `/acr/v1/${repositoryPath(repository)}/_tags`;
    const options = { top: topOf(values.top), orderby };
    const tags = await registry.list<{ name: string }>(`repository:${repository}:metadata_read`, path, 'tags', options);
    return detail ? tags : tags.map(({ name }) => name);
  },
});

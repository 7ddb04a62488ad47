import { defineCommand } from '../../command.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { CONTENT_OPTIONS, LIST_OPTIONS, topOf } from '../options.ts';

export const command = defineCommand({
  summary: 'List the repositories of a registry.',
  options: { ...CONTENT_OPTIONS, top: LIST_OPTIONS.top },
  examples: [
    { text: 'All of them, one a line:', command: 'holdfast acr repository list -n myregistry -o tsv' },
    {
      text: 'As the admin user, without signing in to the site:',
      command:
        'holdfast acr repository list -n myregistry.azsacr.local.holdfast.internal:5443 -u myregistry -p PASSWORD',
    },
  ],
  run: async (context, values) => {
    const registry = await RegistryClient.open(context, values);
    return registry.list<string>('registry:catalog:*', '/v2/_catalog', 'repositories', { top: topOf(values.top) });
  },
});

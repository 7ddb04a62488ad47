import { defineCommand } from '../../command.ts';
import { CommandError } from '../../command-error.ts';
import { REGISTRY_NAME, RESOURCE_GROUP } from '../options.ts';
import { RegistryAtSite } from '../registry-resource.ts';
import { type AdminCredentials, credentialRows } from './credentials.ts';

export const command = defineCommand({
  summary: 'Show name and passwords of the admin user.',
  options: { name: REGISTRY_NAME, group: RESOURCE_GROUP },
  examples: [
    {
      text: 'The first password:',
      command: "holdfast acr credential show -n myregistry --query 'passwords[0].value' -o tsv",
    },
  ],
  table: credentialRows,
  run: async (context, values) => {
    const registry = await RegistryAtSite.open(context, values);
    const { properties } = await registry.get();
    if (!properties.adminUserEnabled) {
      throw new CommandError(`Run 'holdfast acr update -n ${values.name} --admin-enabled true' to enable admin first.`);
    }
    return registry.call<AdminCredentials>('POST', '/listCredentials');
  },
});

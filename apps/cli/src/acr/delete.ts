import { defineCommand } from '../command.ts';
import { cancelled, confirm } from '../read-password.ts';
import { REGISTRY_NAME, RESOURCE_GROUP, YES } from './options.ts';
import { RegistryAtSite } from './registry-resource.ts';

export const command = defineCommand({
  summary: 'Delete a registry with all that is in it.',
  options: { name: REGISTRY_NAME, group: RESOURCE_GROUP, yes: YES },
  examples: [{ text: 'Without being asked:', command: 'holdfast acr delete -n myregistry --yes' }],
  run: async (context, values) => {
    const registry = await RegistryAtSite.open(context, values);
    if (!(await confirm(context, `Are you sure you want to delete the registry '${values.name}'?`, values.yes)))
      throw cancelled();
    await registry.call('DELETE');
  },
});

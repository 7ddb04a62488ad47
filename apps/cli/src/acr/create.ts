import { defineCommand } from '../command.ts';
import { type RegistryResource, registryId } from '../site/registries.ts';
import { RESOURCES_API, Session } from '../site/session.ts';
import { pairsOf, REGISTRY_NAME, RESOURCE_GROUP } from './options.ts';
import { RegistryAtSite } from './registry-resource.ts';
import { registryRows, registryShape } from './shapes.ts';

export const command = defineCommand({
  summary: 'Create a registry.',
  options: {
    name: REGISTRY_NAME,
    group: { ...RESOURCE_GROUP, required: true, text: 'Name of the resource group.' },
    sku: {
      flags: ['--sku'],
      value: 'SKU',
      choices: ['Basic', 'Standard', 'Premium'],
      required: true,
      text: 'Kept as it is given; limits come from quotas.',
    },
    location: { flags: ['--location', '-l'], value: 'REGION', text: 'Default: the one of the resource group.' },
    adminEnabled: { flags: ['--admin-enabled'], threeState: true, text: 'Whether the admin user may sign in.' },
    tags: { flags: ['--tags'], value: 'NAME=VALUE', many: true, text: 'Tags of the resource.' },
  },
  examples: [
    {
      text: 'With its admin user:',
      command: 'holdfast acr create -n myregistry -g default --sku Standard --admin-enabled true',
    },
  ],
  table: registryRows,
  run: async (context, { name, group, sku, location, adminEnabled = false, tags }) => {
    const session = await Session.open(context);
    const { id } = session.subscription(context.subscription);
    const resourceGroup = `/subscriptions/${id}/resourcegroups/${group}`;
    const region =
      location ?? (await session.arm<{ location: string }>('GET', resourceGroup, { api: RESOURCES_API })).location;
    const registry = new RegistryAtSite(session, await registryId(session, name, group, context.subscription));
    const labels = pairsOf('--tags', tags);
    return registryShape(
      await registry.call<RegistryResource>('PUT', '', {
        location: region,
        sku: { name: sku },
        properties: { adminUserEnabled: adminEnabled },
        ...(labels === undefined ? {} : { tags: labels }),
      }),
    );
  },
});

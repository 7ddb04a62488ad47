import { defineCommand } from '../command.ts';
import type { RegistryResource } from '../site/registries.ts';
import { pairsOf, REGISTRY_NAME, RESOURCE_GROUP } from './options.ts';
import { RegistryAtSite } from './registry-resource.ts';
import { registryRows, registryShape } from './shapes.ts';

export const command = defineCommand({
  summary: 'Change a registry.',
  options: {
    name: REGISTRY_NAME,
    group: RESOURCE_GROUP,
    sku: {
      flags: ['--sku'],
      value: 'SKU',
      choices: ['Basic', 'Standard', 'Premium'],
      text: 'Kept as it is given; limits come from quotas.',
    },
    adminEnabled: { flags: ['--admin-enabled'], threeState: true, text: 'Whether the admin user may sign in.' },
    tags: {
      flags: ['--tags'],
      value: 'NAME=VALUE',
      many: true,
      text: 'Tags of the resource, in place of those it has.',
    },
  },
  examples: [
    { text: 'Let the admin user sign in:', command: 'holdfast acr update -n myregistry --admin-enabled true' },
  ],
  table: registryRows,
  run: async (context, values) => {
    const registry = await RegistryAtSite.open(context, values);
    const { sku, adminEnabled } = values;
    const tags = pairsOf('--tags', values.tags);
    const body = {
      ...(sku === undefined ? {} : { sku: { name: sku } }),
      ...(tags === undefined ? {} : { tags }),
      ...(adminEnabled === undefined ? {} : { properties: { adminUserEnabled: adminEnabled } }),
    };
    return registryShape(await registry.call<RegistryResource>('PATCH', '', body));
  },
});

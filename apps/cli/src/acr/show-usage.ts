import { defineCommand, type TableRows } from '../command.ts';
import { REGISTRY_NAME, RESOURCE_GROUP } from './options.ts';
import { RegistryAtSite } from './registry-resource.ts';

interface Usage {
  readonly name: string;
  readonly limit: number;
  readonly currentValue: number;
  readonly unit: string;
}

export const command = defineCommand({
  summary: 'Show what a registry takes, and its limits.',
  options: { name: REGISTRY_NAME, group: RESOURCE_GROUP },
  examples: [{ text: 'As a table:', command: 'holdfast acr show-usage -n myregistry -o table' }],
  table: (result): TableRows =>
    (result as { value: Usage[] }).value.map(({ name, limit, currentValue, unit }) => ({
      NAME: name,
      LIMIT: limit,
      'CURRENT VALUE': currentValue,
      UNIT: unit,
    })),
  run: async (context, values) => {
    const { value } = await (await RegistryAtSite.open(context, values)).call<{ value: Usage[] }>('GET', '/listUsages');
    return { value: value.map(({ name, limit, currentValue, unit }) => ({ name, limit, currentValue, unit })) };
  },
});

import { defineCommand } from '../command.ts';
import { listRegistries } from '../site/registries.ts';
import { Session } from '../site/session.ts';
import { RESOURCE_GROUP } from './options.ts';
import { registryRows, registryShape } from './shapes.ts';

export const command = defineCommand({
  summary: 'List the registries that you may see.',
  options: { group: { ...RESOURCE_GROUP, text: 'Only those of this resource group.' } },
  examples: [{ text: 'As a table:', command: 'holdfast acr list -o table' }],
  table: registryRows,
  run: async (context, { group }) => {
    const session = await Session.open(context);
    return (await listRegistries(session, group, context.subscription)).map(registryShape);
  },
});

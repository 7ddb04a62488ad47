import { defineCommand } from '../command.ts';
import { getRegistry, registryId } from '../site/registries.ts';
import { Session } from '../site/session.ts';
import { REGISTRY_NAME, RESOURCE_GROUP } from './options.ts';
import { registryRows, registryShape } from './shapes.ts';

export const command = defineCommand({
  summary: 'Show a registry.',
  options: { name: REGISTRY_NAME, group: RESOURCE_GROUP },
  examples: [{ text: 'The login server:', command: 'holdfast acr show -n myregistry --query loginServer -o tsv' }],
  table: registryRows,
  run: async (context, { name, group }) => {
    const session = await Session.open(context);
    return registryShape(await getRegistry(session, await registryId(session, name, group, context.subscription)));
  },
});

import { defineCommand } from '../../command.ts';
import { openRegistry, WEBHOOK_OPTIONS } from './webhooks.ts';

export const command = defineCommand({
  summary: 'Delete a webhook.',
  options: WEBHOOK_OPTIONS,
  examples: [{ text: 'One:', command: 'holdfast acr webhook delete -r myregistry -n hook01' }],
  run: async (context, values) => {
    await (await openRegistry(context, values)).call('DELETE', `/webhooks/${values.name}`);
  },
});

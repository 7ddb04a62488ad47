import { defineCommand } from '../../command.ts';
import { openRegistry, WEBHOOK_OPTIONS } from './webhooks.ts';

export const command = defineCommand({
  summary: 'Let a webhook be called once; list-events says how it went.',
  options: WEBHOOK_OPTIONS,
  examples: [{ text: 'One:', command: 'holdfast acr webhook ping -r myregistry -n hook01' }],
  table: (result) => [{ ID: (result as { id: string }).id }],
  run: async (context, values) => {
    const { id } = await (await openRegistry(context, values)).call<{ id: string }>(
      'POST',
      `/webhooks/${values.name}/ping`,
    );
    return { id };
  },
});

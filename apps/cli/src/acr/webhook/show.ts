import { defineCommand } from '../../command.ts';
import { openRegistry, WEBHOOK_OPTIONS, type WebhookResource, webhookRows, webhookShape } from './webhooks.ts';

export const command = defineCommand({
  summary: 'Show a webhook; get-config has its address and headers.',
  options: WEBHOOK_OPTIONS,
  examples: [{ text: 'One:', command: 'holdfast acr webhook show -r myregistry -n hook01' }],
  table: webhookRows,
  run: async (context, values) => {
    const registry = await openRegistry(context, values);
    return webhookShape(await registry.call<WebhookResource>('GET', `/webhooks/${values.name}`));
  },
});

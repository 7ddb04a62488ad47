import { defineCommand } from '../../command.ts';
import { REGISTRY_API } from '../../site/session.ts';
import { openRegistry, WEBHOOK_OPTIONS, type WebhookResource, webhookRows, webhookShape } from './webhooks.ts';

const { registry, group } = WEBHOOK_OPTIONS;

export const command = defineCommand({
  summary: 'List the webhooks of a registry.',
  options: { registry, group },
  examples: [{ text: 'As a table:', command: 'holdfast acr webhook list -r myregistry -o table' }],
  table: webhookRows,
  run: async (context, values) => {
    const { id, session } = await openRegistry(context, values);
    return (await session.armList<WebhookResource>(`${id}/webhooks`, REGISTRY_API)).map(webhookShape);
  },
});

import { defineCommand } from '../../command.ts';
import { pairsOf } from '../options.ts';
import {
  openRegistry,
  WEBHOOK_OPTIONS,
  WEBHOOK_SETTINGS,
  type WebhookResource,
  webhookRows,
  webhookShape,
} from './webhooks.ts';

export const command = defineCommand({
  summary: 'Change a webhook.',
  options: {
    ...WEBHOOK_OPTIONS,
    uri: { flags: ['--uri'], value: 'URL', text: 'The address that is called.' },
    ...WEBHOOK_SETTINGS,
  },
  examples: [
    { text: 'Let it be silent:', command: 'holdfast acr webhook update -r myregistry -n hook01 --status disabled' },
  ],
  table: webhookRows,
  run: async (context, values) => {
    const registry = await openRegistry(context, values);
    const tags = pairsOf('--tags', values.tags);
    const body = {
      ...(tags === undefined ? {} : { tags }),
      properties: {
        serviceUri: values.uri,
        actions: values.actions,
        status: values.status,
        scope: values.scope,
        customHeaders: pairsOf('--headers', values.headers),
      },
    };
    return webhookShape(await registry.call<WebhookResource>('PATCH', `/webhooks/${values.name}`, body));
  },
});

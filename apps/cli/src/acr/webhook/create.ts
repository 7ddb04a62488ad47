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
  summary: 'Create a webhook: the site calls an address when something happens.',
  options: {
    ...WEBHOOK_OPTIONS,
    uri: { flags: ['--uri'], value: 'URL', required: true, text: 'The address that is called.' },
    ...WEBHOOK_SETTINGS,
    actions: { ...WEBHOOK_SETTINGS.actions, required: true },
    location: { flags: ['--location', '-l'], value: 'REGION', text: 'Default: the one of the registry.' },
  },
  examples: [
    {
      text: 'Tell of pushes and deletions:',
      command:
        'holdfast acr webhook create -r myregistry -n hook01 --uri https://hook.example/x --actions push delete --headers X-Key=1',
    },
  ],
  table: webhookRows,
  run: async (context, values) => {
    const registry = await openRegistry(context, values);
    const { uri, actions, status = 'enabled', scope } = values;
    const headers = pairsOf('--headers', values.headers);
    const tags = pairsOf('--tags', values.tags);
    const body = {
      location: values.location ?? (await registry.get()).location,
      ...(tags === undefined ? {} : { tags }),
      properties: {
        serviceUri: uri,
        actions,
        status,
        ...(headers === undefined ? {} : { customHeaders: headers }),
        ...(scope === undefined ? {} : { scope }),
      },
    };
    return webhookShape(await registry.call<WebhookResource>('PUT', `/webhooks/${values.name}`, body));
  },
});

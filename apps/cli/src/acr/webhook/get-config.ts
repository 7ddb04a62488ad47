import { defineCommand, type TableRows } from '../../command.ts';
import { openRegistry, WEBHOOK_OPTIONS } from './webhooks.ts';

interface Config {
  readonly serviceUri: string;
  readonly customHeaders?: Readonly<Record<string, string>>;
}

export const command = defineCommand({
  summary: 'Show address and headers of a webhook.',
  options: WEBHOOK_OPTIONS,
  examples: [
    {
      text: 'The address:',
      command: 'holdfast acr webhook get-config -r myregistry -n hook01 --query serviceUri -o tsv',
    },
  ],
  table: (result): TableRows => {
    const { serviceUri, customHeaders } = result as Config;
    return [{ 'SERVICE URI': serviceUri, HEADERS: customHeaders }];
  },
  run: async (context, values) => {
    const registry = await openRegistry(context, values);
    const { serviceUri, customHeaders = null } = await registry.call<Config>(
      'POST',
      `/webhooks/${values.name}/getCallbackConfig`,
    );
    return { customHeaders, serviceUri };
  },
});

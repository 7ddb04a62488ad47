import { registryResourceId } from '../../access/scope-path.ts';
import type { RegistryRow } from '../../metadata/metadata-store.ts';
import type { WebhookEventRow, WebhookRow } from '../../metadata/webhooks.ts';

/** A webhook as the resource manager shows it: without address and headers, which only getCallbackConfig tells. */
export function webhookJson(registry: RegistryRow, row: WebhookRow) {
  return {
    id: webhookResourceId(registry, row),
    name: row.name,
    type: 'Microsoft.ContainerRegistry/registries/webhooks',
    location: row.location,
    tags: JSON.parse(row.tags) as Record<string, string>,
    properties: {
      status: row.status,
      scope: row.scope,
      actions: JSON.parse(row.actions) as string[],
      provisioningState: 'Succeeded',
    },
  };
}

export function webhookResourceId(registry: RegistryRow, row: WebhookRow): string {
  return `${registryResourceId(registry)}/webhooks/${row.name}`;
}

/** An event with what became of it; without an answer while it waits. */
export function webhookEventJson(row: WebhookEventRow) {
  const request = row.request === undefined ? {} : (JSON.parse(row.request) as Record<string, unknown>);
  const response = row.response === undefined ? {} : { eventResponseMessage: JSON.parse(row.response) as unknown };
  return { id: row.id, eventRequestMessage: { content: JSON.parse(row.content) as unknown, ...request }, ...response };
}

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

/**
 * An event with what became of it; without an answer while it was not tried. State and attempts stand twice: beside what
 * Azure has, and among the headers, because that is where the unmodified `az` shows them.
 */
export function webhookEventJson(row: WebhookEventRow) {
  const { id, state, attempts } = row;
  const nextAttempt = row.dueAt?.toISOString();
  const request = row.request === undefined ? {} : (JSON.parse(row.request) as { headers?: Record<string, string> });
  const headers = {
    ...request.headers,
    'X-Holdfast-State': state,
    'X-Holdfast-Attempts': String(attempts),
    ...(nextAttempt === undefined ? {} : { 'X-Holdfast-Next-Attempt': nextAttempt }),
  };
  const response = row.response === undefined ? {} : { eventResponseMessage: JSON.parse(row.response) as unknown };
  const eventRequestMessage = { content: JSON.parse(row.content) as unknown, ...request, headers };
  return { id, state, attempts, nextAttempt, eventRequestMessage, ...response };
}

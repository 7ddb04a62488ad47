import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';

/** In the spelling of the resource manager. The last two come from Helm 2 repositories, which no client pushes to any more. */
export const WEBHOOK_ACTIONS = ['push', 'delete', 'quarantine', 'chart_push', 'chart_delete'] as const;
export type WebhookAction = (typeof WEBHOOK_ACTIONS)[number];

/** A chart that is pushed as OCI artifact is a push like any other, on Azure, too. What anybody may pull already is told to scanners, too. */
export function actionsOf(kind: OutboxEvent['kind'], { forScanners = false }: OutboxPayload): WebhookAction[] {
  return kind === 'push' && forScanners ? ['quarantine', 'push'] : [kind];
}

/**
 * What a receiver gets, to the letter of Azure's webhook reference: `length` beside `size`, no tag and no size in what was
 * deleted.
 */
export function eventContent(
  action: WebhookAction,
  { id, time, payload, host }: { id: string; time: Date; payload: OutboxPayload; host: string },
): string {
  const { mediaType, size, digest, repository, tag } = payload.target;
  const target =
    action === 'delete'
      ? { mediaType, digest, repository }
      : { mediaType, size, digest, length: size, repository, tag };
  const method = payload.request?.method ?? (action === 'delete' ? 'DELETE' : 'PUT');
  const request = { id: payload.correlationId, host, method, useragent: payload.request?.userAgent ?? '' };
  return JSON.stringify({ id, timestamp: time.toISOString(), action, target, request });
}

/** What a ping sends. */
export function pingContent(id: string, time: Date): string {
  return JSON.stringify({ id, timestamp: time.toISOString(), action: 'ping' });
}

import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';

/** In the spelling of the resource manager. The last two come from Helm 2 repositories, which no client pushes to any more. */
export const WEBHOOK_ACTIONS = ['push', 'delete', 'quarantine', 'chart_push', 'chart_delete'] as const;
/** `untag` is ours: it is told to who asked for it by a header (options.ts), since `az` refuses the word as an action. */
export type WebhookAction = (typeof WEBHOOK_ACTIONS)[number] | 'untag';

/** A chart that is pushed as OCI artifact is a push like any other, on Azure, too. What anybody may pull already is told to scanners, too. */
export function actionsOf(kind: OutboxEvent['kind'], { forScanners = false }: OutboxPayload): WebhookAction[] {
  return kind === 'push' && forScanners ? ['quarantine', 'push'] : [kind];
}

export interface EventFacts {
  readonly id: string;
  readonly time: Date;
  readonly payload: OutboxPayload;
  readonly host: string;
  /** Whether a deletion names the tags that went with it. */
  readonly deletedTags?: boolean;
}

/**
 * What a receiver gets, to the letter of Azure's webhook reference: `length` beside `size`, no tag and no size in what was
 * deleted.
 */
export function eventContent(action: WebhookAction, facts: EventFacts): string {
  const { id, time, payload, host } = facts;
  const gone = action === 'delete' || action === 'untag';
  const method = payload.request?.method ?? (gone ? 'DELETE' : 'PUT');
  const request = { id: payload.correlationId, host, method, useragent: payload.request?.userAgent ?? '' };
  return JSON.stringify({ id, timestamp: time.toISOString(), action, target: targetOf(action, facts), request });
}

function targetOf(action: WebhookAction, { payload, deletedTags }: EventFacts) {
  const { mediaType, size, digest, repository, tag } = payload.target;
  if (action === 'untag') return { mediaType, digest, repository, tag };
  if (action !== 'delete') return { mediaType, size, digest, length: size, repository, tag };
  return { mediaType, digest, repository, ...(deletedTags ? { tags: payload.tags ?? [] } : {}) };
}

/** What a ping sends. */
export function pingContent(id: string, time: Date): string {
  return JSON.stringify({ id, timestamp: time.toISOString(), action: 'ping' });
}

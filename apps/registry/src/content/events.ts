import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';

export interface EventTarget {
  readonly repository: string;
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size?: number;
  readonly tag?: TagName | undefined;
}

/** Who caused an event, and in which request. */
export interface EventOrigin {
  readonly principal: string;
  readonly correlationId: string;
  readonly request?: OutboxPayload['request'];
  readonly forScanners?: OutboxPayload['forScanners'];
}

/** What happened to content, for whoever listens; appended in the transaction in which it happens. */
export function contentEvent(
  { ids, clock }: { readonly ids: Ids; readonly clock: Clock },
  registryId: string,
  kind: OutboxEvent['kind'],
  target: EventTarget,
  origin: EventOrigin,
  /** Of what was deleted: the tags that went with it, by which it is known who listens. */
  tags?: readonly string[],
): OutboxEvent {
  const payload: OutboxPayload = { target, tags, ...origin };
  return { id: ids.uuid(), time: clock.now(), registryId, kind, payload: JSON.stringify(payload) };
}

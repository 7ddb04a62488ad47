import type { Awaitable } from '../platform/awaitable.ts';

/** An event that waits to be told to whoever asked for it. */
export interface OutboxEvent {
  readonly id: string;
  readonly time: Date;
  readonly registryId: string;
  readonly kind: 'push' | 'delete' | 'quarantine' | 'untag';
  /** JSON of an `OutboxPayload`. */
  readonly payload: string;
}

export interface OutboxPayload {
  readonly target: {
    readonly mediaType: string;
    /** Bytes; not of what was deleted. */
    readonly size?: number | undefined;
    readonly digest: string;
    readonly repository: string;
    readonly tag?: string | undefined;
  };
  /** Of what was deleted: the tags that went with it. */
  readonly tags?: readonly string[] | undefined;
  /** Of a push that anybody may pull already: scanners are told of it all the same. */
  readonly forScanners?: boolean | undefined;
  readonly principal: string;
  readonly correlationId: string;
  /** The request that did it. */
  readonly request?: { readonly method: string; readonly userAgent?: string | undefined } | undefined;
}

/** One that is in the outbox. */
export interface PendingEvent extends OutboxEvent {
  /** Rises in the order of their making. */
  readonly place: number;
}

export interface OutboxReader {
  /** Oldest first; at most `limit`. */
  pending(limit: number): Awaitable<PendingEvent[]>;
}

export interface Outbox extends OutboxReader {
  append(event: OutboxEvent): Awaitable<void>;
  /** Not pending any more; false when it was not. */
  handedOut(place: number): Awaitable<boolean>;
  /** Forgets those handed out of before; at most `limit`. */
  deleteHandedOut(before: Date, limit: number): Awaitable<number>;
}

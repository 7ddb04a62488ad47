import type { Awaitable } from '../platform/awaitable.ts';

/** Events to be handed to webhooks, deliveries to be sent, scans to be asked for. */
export type QueueName = 'events' | 'deliveries' | 'scans';

export interface Queue {
  readonly name: QueueName;
  /** How many wait, as far as they were counted. */
  readonly waiting: number;
  /** Since when the first of them is due; undefined when none waits. */
  readonly due?: Date | undefined;
}

/** What has to be done yet, and what was found wrong: the figures of the site's own check. */
export interface BacklogReader {
  /** Each queue; no more than `most` are counted. */
  queues(most: number): Awaitable<Queue[]>;
  /** Deliveries that were given up and may be replayed. */
  deadDeliveries(): Awaitable<number>;
  /** Blobs and manifests whose stored bytes are known not to be what they should be; no more than `most` of each. */
  damaged(most: number): Awaitable<number>;
}

import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

/** Where a registry tells what happened in it. */
export interface WebhookRow {
  readonly id: string;
  /** Row id. */
  readonly registryId: string;
  /** As its owner spelled it; compared without case. */
  readonly name: string;
  readonly location: string;
  readonly status: 'enabled' | 'disabled';
  /** `repository`, `repository:tag`, `repository:*`; empty or `*` for everything. */
  readonly scope: string;
  /** JSON array of actions. */
  readonly actions: string;
  /** JSON object of strings. */
  readonly tags: string;
  /** Address and headers, which may be secrets: sealed like a password. */
  readonly sealedTarget: Uint8Array;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface WebhookReader {
  find(registryId: string, name: string): Awaitable<WebhookRow | undefined>;
  byId(id: string): Awaitable<WebhookRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(registryId: string, page: PageRequest): Awaitable<WebhookRow[]>;
  /** Those of several registries, by registry and name. */
  ofRegistries(registryIds: readonly string[]): Awaitable<WebhookRow[]>;
  count(registryId: string): Awaitable<number>;
}

export interface WebhookWriter extends WebhookReader {
  /** Creates it, or replaces everything but id, registry, name and time of creation. */
  put(row: WebhookRow): Awaitable<void>;
  /** With its events. False when it was not there. */
  delete(id: string): Awaitable<boolean>;
  deleteOf(registryId: string): Awaitable<number>;
}

export type WebhookEventState = 'waiting' | 'done' | 'dead';

/** One event for one webhook: first to be sent, then the record of what became of it. */
export interface WebhookEventRow {
  readonly id: string;
  readonly webhookId: string;
  /** Events of one webhook and one subject are sent one after the other, in order: the repository, as a rule. */
  readonly subject: string;
  readonly action: string;
  /** The JSON that is told. */
  readonly content: string;
  readonly createdAt: Date;
  /** When a failed attempt was the last one. */
  readonly giveUpAt: Date;
  /** `dead`: given up; it can be replayed. */
  readonly state: WebhookEventState;
  /** Of a waiting one: when it is sent next, or until when it is being sent; undefined while an earlier one is before it. */
  readonly dueAt?: Date | undefined;
  /** How often it was begun to be sent. */
  readonly attempts: number;
  /** JSON of method, address and headers of the last attempt, with what is secret in them masked. */
  readonly request?: string | undefined;
  /** JSON of status, headers and content of the last answer, or why there is none. */
  readonly response?: string | undefined;
}

export type NewWebhookEvent = Pick<
  WebhookEventRow,
  'id' | 'webhookId' | 'subject' | 'action' | 'content' | 'createdAt' | 'giveUpAt'
>;

/** What an attempt ended with: the event is over (`done`, `dead`), or is due again. */
export type WebhookEventOutcome = Required<Pick<WebhookEventRow, 'request' | 'response'>> &
  ({ readonly state: 'done' | 'dead' } | { readonly state: 'waiting'; readonly dueAt: Date });

export interface WebhookEventReader {
  /** Newest first, those behind the event `last`; waiting ones among them. */
  list(webhookId: string, page: PageRequest): Awaitable<WebhookEventRow[]>;
  /** The webhook after `after` (by id) that something is to be sent to, and when the first of it is due. */
  nextDue(after: string): Awaitable<{ webhookId: string; dueAt: Date } | undefined>;
  /** Whether a ping is to be sent to the webhook. */
  pingIsDue(webhookId: string, now: Date): Awaitable<boolean>;
}

export interface WebhookEventWriter extends WebhookEventReader {
  append(row: NewWebhookEvent): Awaitable<void>;
  /**
   * Takes those that are due longest, or pings alone, and counts the attempt. They are due again at `leaseUntil`, unless they
   * are settled.
   */
  claim(
    webhookId: string,
    which: { limit: number; pings?: boolean },
    now: Date,
    leaseUntil: Date,
  ): Awaitable<WebhookEventRow[]>;
  /** False when it waits no more. When it is over, the next one of its subject is due at `now`. */
  settle(id: string, outcome: WebhookEventOutcome, now: Date): Awaitable<boolean>;
  /**
   * Makes events that are over wait again, with the same ids: the one of the id, or the oldest dead ones, at most `limit`.
   * Answers how many.
   */
  replay(webhookId: string, which: { id: string } | { dead: number }, now: Date, giveUpAt: Date): Awaitable<number>;
  /** Of a webhook's events that are done, or that are dead: all but the newest `keep`. */
  trim(webhookId: string, which: 'done' | 'dead', keep: number): Awaitable<number>;
  /** Gives up the oldest waiting ones beyond the newest `keep`; at most `limit`. Answers how many. */
  giveUpOldest(webhookId: string, keep: number, limit: number, response: string, now: Date): Awaitable<number>;
  /** Forgets what was over and is from before; at most `limit`. */
  deleteBefore(before: Date, limit: number): Awaitable<number>;
}

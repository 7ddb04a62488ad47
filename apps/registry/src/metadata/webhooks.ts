import type { Awaitable, PageRequest } from './awaitable.ts';

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

/** One event for one webhook: first to be sent, then the record of what became of it. */
export interface WebhookEventRow {
  readonly id: string;
  readonly webhookId: string;
  readonly action: string;
  /** The JSON that is sent. */
  readonly content: string;
  readonly createdAt: Date;
  readonly attempts: number;
  /** JSON of method, address and headers, with what is secret in them masked; once it was tried. */
  readonly request?: string | undefined;
  /** JSON of status, headers and content of the answer, or why there is none; once it was tried. */
  readonly response?: string | undefined;
}

export interface WebhookEventReader {
  /** Newest first, those behind the event `last`; pending ones among them. */
  list(webhookId: string, page: PageRequest): Awaitable<WebhookEventRow[]>;
  /** The webhook after `after` (by id) that something is to be sent to. */
  nextPending(after: string): Awaitable<string | undefined>;
}

export interface WebhookEventWriter extends WebhookEventReader {
  append(row: Pick<WebhookEventRow, 'id' | 'webhookId' | 'action' | 'content' | 'createdAt'>): Awaitable<void>;
  /** Takes the oldest pending ones that nobody holds a lease on, and counts the attempt. */
  claim(webhookId: string, now: Date, leaseUntil: Date, limit: number): Awaitable<WebhookEventRow[]>;
  /** Not pending any more. False when it is gone. */
  finish(id: string, result: Required<Pick<WebhookEventRow, 'request' | 'response'>>): Awaitable<boolean>;
  /** Of a webhook's events that are pending, or that are done: all but the newest `keep`. */
  trim(webhookId: string, which: 'pending' | 'done', keep: number): Awaitable<number>;
  /** Those from before; at most `limit`. */
  deleteBefore(before: Date, limit: number): Awaitable<number>;
}

import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';
import type { WebhookEventRow, WebhookRow } from '../metadata/webhooks.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  DELIVERY_MS,
  deliver,
  notSent,
  OVERFLOWN,
  outcomeOf,
  type ResponseRecord,
  receiverIsDown,
  UNOPENED,
} from './delivery.ts';
import { actionsOf, eventContent } from './event.ts';
import { composeMessage } from './message.ts';
import { optionsOf, type WebhookOptions } from './options.ts';
import { Receivers, retryDelay, TRIED_MS } from './retry.ts';
import { parseWebhookScope, scopeCovers } from './scope.ts';
import { openTarget, type TargetBox, type WebhookTarget } from './target.ts';

/** Between two looks at the outbox: what a receiver waits at most beyond the push itself. */
const POLL_MS = 200;
/** Handed out in one transaction, for which every push waits: at most so many, and not more rows than take some milliseconds. */
const OUTBOX_BATCH = 50;
const ROWS_TOGETHER = 50;
/** Between two such transactions when there is more: so a full outbox leaves the writer to pushes for most of the time. */
const BREATH_MS = 10;
/** At once to one receiver: one that is slow keeps these places busy, and nobody else's. */
const PER_WEBHOOK = 4;
const TOGETHER = 256;
/** Longer than a delivery takes: a lease that ran out is that of a server that died. */
const LEASE_MS = 2 * DELIVERY_MS;
const KEPT_DONE = 100;
const KEPT_DEAD = 10_000;
/** Of a receiver that does not keep up; the oldest are given up. Some 200 MB. */
const KEPT_WAITING = 200_000;
const KEPT_EVENT_MS = 7 * 86_400_000;
const KEPT_OUTBOX_MS = 86_400_000;
const SWEEP_MS = 600_000;
const SWEEP_BATCH = 1000;

export interface DispatcherDependencies {
  readonly metadata: MetadataStore;
  readonly outbound: Outbound;
  readonly box: TargetBox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'observeWebhook' | 'webhookEventsDead'>;
  /** The host that clients call a registry by. */
  readonly loginServer: (registry: string) => string;
  /** Hears of every event, too, in the transaction in which it is handed out. */
  readonly listener?: ((tx: MetadataTx, event: OutboxEvent) => Promise<void>) | undefined;
}

/**
 * Tells webhooks what happened, at least once each, in order for each repository:
 *
 *     push ──► outbox ──► one event for each webhook that wants it ──► POST ──► 2xx: done
 *             (same transaction)       (one transaction)                ▲  └──► else: due again, later each time,
 *                                                                       └────── for a day; then dead, to be replayed
 *
 * Nothing here is waited for by a push. An event keeps its id however often it is sent. A later event of a repository waits
 * for the earlier one; what waits costs nothing but its row.
 */
export class WebhookDispatcher {
  readonly #d: DispatcherDependencies;
  readonly #stop = new AbortController();
  readonly #inFlight = new Map<string, number>();
  readonly #deliveries = new Set<Promise<void>>();
  readonly #receivers: Receivers;
  #running: Promise<void> = Promise.resolve();
  #nap = new AbortController();
  #sweepAt = 0;
  /** The webhook after which the next round begins, so that no place in the list is served first each time. */
  #turn = '';

  constructor(dependencies: DispatcherDependencies) {
    this.#d = dependencies;
    this.#receivers = new Receivers(dependencies.ids);
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** Ends deliveries under way; they are taken up again after their lease. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the server stops'));
    await this.#running;
    await Promise.all(this.#deliveries);
  }

  async #loop(): Promise<void> {
    const { clock, logger } = this.#d;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const more = await this.round().catch((error: unknown) => {
        logger.error({ err: error }, 'webhook events cannot be read or written');
        return false;
      });
      const awake = more ? signal : AbortSignal.any([signal, this.#nap.signal]);
      await clock.sleep(more ? BREATH_MS : POLL_MS, awake).catch(() => undefined);
      this.#nap = new AbortController();
    }
  }

  /** Hands out some of what is in the outbox, and begins whatever deliveries there is room for. True when there may be more. */
  async round(): Promise<boolean> {
    const more = await this.#handOut();
    await this.#begin();
    await this.#sweep();
    return more;
  }

  async #handOut(): Promise<boolean> {
    const { metadata } = this.#d;
    if ((await metadata.read.outbox.pending(1)).length === 0) return false;
    return metadata.transaction(async (tx) => {
      const events = await tx.outbox.pending(OUTBOX_BATCH);
      const known = new Map<string, Listeners>();
      let rows = 0;
      for (const event of events) {
        if (rows >= ROWS_TOGETHER) return true;
        const listeners = known.get(event.registryId) ?? (await this.#listeners(tx, event.registryId));
        known.set(event.registryId, listeners);
        rows += await this.#enqueue(tx, event, listeners);
        await this.#d.listener?.(tx, event);
        await tx.outbox.handedOut(event.place);
      }
      return events.length === OUTBOX_BATCH;
    });
  }

  /** Who listens to a registry; nobody, once it is deleted. */
  async #listeners(tx: MetadataTx, registryId: string): Promise<Listeners> {
    const registry = await tx.registries.byId(registryId);
    if (!registry) return { host: '', webhooks: [] };
    const rows = await tx.webhooks.list(registryId, {});
    const enabled = rows.filter(({ status }) => status === 'enabled');
    const webhooks = enabled.map((row) => ({ row, options: this.#optionsOf(row) }));
    return { host: this.#d.loginServer(registry.name), webhooks };
  }

  #optionsOf(row: WebhookRow): WebhookOptions {
    return optionsOf(this.#open(row)?.customHeaders ?? {});
  }

  /** One that cannot be opened keeps the others from nothing; its events say what is wrong when they are sent. */
  #open(row: WebhookRow): WebhookTarget | undefined {
    try {
      return openTarget(this.#d.box, row);
    } catch (error) {
      this.#d.logger.error({ err: error, webhook: row.id }, 'the address of a webhook cannot be opened');
      return undefined;
    }
  }

  /** Answers for how many webhooks. */
  async #enqueue(tx: MetadataTx, event: OutboxEvent, { host, webhooks }: Listeners): Promise<number> {
    const { ids, clock } = this.#d;
    const payload = JSON.parse(event.payload) as OutboxPayload;
    const wanting = actionsOf(event.kind, payload).flatMap((action) =>
      webhooks
        .filter(({ row, options }) => wants(row, options, action, payload))
        .map((webhook) => ({ ...webhook, action })),
    );
    for (const { row, options, action } of wanting) {
      const id = ids.uuid();
      const createdAt = clock.now();
      await tx.webhookEvents.append({
        id,
        webhookId: row.id,
        subject: payload.target.repository,
        action,
        content: eventContent(action, { id, time: event.time, payload, host, deletedTags: options.deleteTags }),
        createdAt,
        giveUpAt: new Date(createdAt.getTime() + TRIED_MS),
      });
    }
    return wanting.length;
  }

  async #begin(): Promise<void> {
    const { webhookEvents } = this.#d.metadata.read;
    const from = this.#turn;
    this.#turn = '';
    for (let due = await webhookEvents.nextDue(from); due; due = await webhookEvents.nextDue(due.webhookId)) {
      if (this.#deliveries.size >= TOGETHER) {
        this.#turn = due.webhookId;
        return;
      }
      await this.#beginFor(due);
    }
  }

  async #beginFor({ webhookId, dueAt }: { webhookId: string; dueAt: Date }): Promise<void> {
    const { metadata, clock } = this.#d;
    const now = clock.now();
    if (dueAt > now) return;
    const inFlight = this.#inFlight.get(webhookId) ?? 0;
    const allowed = this.#receivers.room(webhookId, now, PER_WEBHOOK) - inFlight;
    // A ping asks how things are now, and so goes also to a receiver that is left in peace.
    const pings =
      allowed <= 0 && inFlight < PER_WEBHOOK && (await metadata.read.webhookEvents.pingIsDue(webhookId, now));
    const limit = Math.min(pings ? PER_WEBHOOK - inFlight : allowed, TOGETHER - this.#deliveries.size);
    if (limit <= 0) return;
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const which = { limit, pings };
    const claimed = await metadata.transaction((tx) => tx.webhookEvents.claim(webhookId, which, now, leaseUntil));
    for (const event of claimed) this.#track(webhookId, this.#send(event));
  }

  #track(webhookId: string, delivery: Promise<void>): void {
    this.#inFlight.set(webhookId, (this.#inFlight.get(webhookId) ?? 0) + 1);
    const tracked = delivery
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted)
          this.#d.logger.error({ err: error, webhook: webhookId }, 'a webhook event is left');
      })
      .finally(() => {
        this.#deliveries.delete(tracked);
        const left = (this.#inFlight.get(webhookId) ?? 1) - 1;
        if (left > 0) this.#inFlight.set(webhookId, left);
        else this.#inFlight.delete(webhookId);
        this.#nap.abort(); // there is room for the next one
      });
    this.#deliveries.add(tracked);
  }

  async #send(event: WebhookEventRow): Promise<void> {
    const { metadata, clock, logger, metrics } = this.#d;
    const webhook = await metadata.read.webhooks.byId(event.webhookId);
    const registry = webhook && (await metadata.read.registries.byId(webhook.registryId));
    if (!webhook || !registry) return this.#receivers.answered(event.webhookId); // deleted, and its events with it
    const { request, response } = await this.#attempt(webhook, event, this.#d.loginServer(registry.name));
    const now = clock.now();
    if (receiverIsDown(response)) this.#receivers.down(webhook.id, now);
    else this.#receivers.answered(webhook.id);
    const next = this.#next(event, response, now);
    metrics.observeWebhook(outcomeOf(response));
    if (next.state === 'dead') this.#tellDead(webhook, 1);
    const { statusCode, reasonPhrase } = response;
    logger.debug({ webhook: webhook.name, event: event.id, statusCode, reasonPhrase, ...next }, 'webhook event sent');
    const result = { request: JSON.stringify(request), response: JSON.stringify(response) };
    await metadata.transaction(async (tx) => {
      await tx.webhookEvents.settle(event.id, { ...next, ...result }, now);
      if (next.state !== 'waiting')
        await tx.webhookEvents.trim(webhook.id, next.state, next.state === 'done' ? KEPT_DONE : KEPT_DEAD);
    });
  }

  async #attempt(webhook: WebhookRow, { action, content }: WebhookEventRow, host: string) {
    const target = this.#open(webhook);
    if (!target) return { request: {}, response: UNOPENED };
    const message = composeMessage(target, content, host);
    if (webhook.status === 'disabled' && action !== 'ping') return notSent(target, message);
    return deliver(this.#d, target, message, this.#stop.signal);
  }

  /** What becomes of an event after an attempt. A ping asks how things are now, so it has only one. */
  #next({ action, attempts, giveUpAt }: WebhookEventRow, response: ResponseRecord, now: Date) {
    const outcome = outcomeOf(response);
    if (outcome === 'accepted' || action === 'ping') return { state: 'done' } as const;
    if (outcome === 'disabled' || now >= giveUpAt) return { state: 'dead' } as const;
    return { state: 'waiting', dueAt: new Date(now.getTime() + retryDelay(attempts, this.#d.ids)) } as const;
  }

  #tellDead({ id, name, registryId }: WebhookRow, events: number): void {
    this.#d.metrics.webhookEventsDead(events);
    this.#d.logger.warn({ webhook: name, webhookId: id, registryId, events }, 'webhook events were given up');
  }

  async #sweep(): Promise<void> {
    const { metadata, clock } = this.#d;
    const now = clock.now().getTime();
    if (now < this.#sweepAt) return;
    const { events, outbox } = await metadata.transaction(async (tx) => ({
      events: await tx.webhookEvents.deleteBefore(new Date(now - KEPT_EVENT_MS), SWEEP_BATCH),
      outbox: await tx.outbox.deleteHandedOut(new Date(now - KEPT_OUTBOX_MS), SWEEP_BATCH),
    }));
    const overflown = await this.#giveUpOldest();
    // A full batch has more behind it, and the next round goes on.
    if (Math.max(events, outbox, overflown) < SWEEP_BATCH) this.#sweepAt = now + SWEEP_MS;
  }

  /** Of receivers that have been down for so long that their queues grow too large. */
  async #giveUpOldest(): Promise<number> {
    const { metadata, clock } = this.#d;
    const response = JSON.stringify(OVERFLOWN);
    let most = 0;
    const { webhookEvents } = metadata.read;
    for (let due = await webhookEvents.nextDue(''); due; due = await webhookEvents.nextDue(due.webhookId)) {
      const { webhookId } = due;
      const given = await metadata.transaction((tx) =>
        tx.webhookEvents.giveUpOldest(webhookId, KEPT_WAITING, SWEEP_BATCH, response, clock.now()),
      );
      const webhook = given > 0 && (await metadata.read.webhooks.byId(webhookId));
      if (webhook) this.#tellDead(webhook, given);
      most = Math.max(most, given);
    }
    return most;
  }
}

interface Listeners {
  readonly host: string;
  readonly webhooks: readonly { readonly row: WebhookRow; readonly options: WebhookOptions }[];
}

function wants(webhook: WebhookRow, options: WebhookOptions, action: string, payload: OutboxPayload): boolean {
  const asked = action === 'untag' ? options.untag : (JSON.parse(webhook.actions) as string[]).includes(action);
  if (!asked) return false;
  const scope = parseWebhookScope(webhook.scope);
  const { repository, tag } = payload.target;
  return scope !== undefined && scopeCovers(scope, repository, tag === undefined ? (payload.tags ?? []) : [tag]);
}

import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { OutboxEvent, OutboxPayload } from '../metadata/outbox.ts';
import type { WebhookEventRow, WebhookRow } from '../metadata/webhooks.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { DELIVERY_MS, deliver, notSent, outcomeOf } from './delivery.ts';
import { actionsOf, eventContent } from './event.ts';
import { parseWebhookScope, scopeCovers } from './scope.ts';
import { openTarget, type TargetBox } from './target.ts';

/** Between two looks at the outbox: what a receiver waits at most beyond the push itself. */
const POLL_MS = 200;
const OUTBOX_BATCH = 100;
/** At once to one receiver: one that is slow keeps these places busy, and nobody else's. */
const PER_WEBHOOK = 4;
const TOGETHER = 256;
/** Longer than a delivery takes: a lease that ran out is that of a server that died. */
const LEASE_MS = 2 * DELIVERY_MS;
const KEPT_DONE = 100;
/** Of a receiver that does not keep up; the oldest are given up. */
const KEPT_PENDING = 10_000;
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
  readonly metrics: Pick<Metrics, 'observeWebhook'>;
  /** The host that clients call a registry by. */
  readonly loginServer: (registry: string) => string;
}

/**
 * Tells webhooks what happened:
 *
 *     push ──► outbox ──► one event for each webhook that wants it ──► POST ──► its result, for listEvents
 *             (same transaction)       (one transaction)                        (one attempt)
 *
 * Nothing here is waited for by a push. An event is sent again only when the server died before it knew the result; it has
 * the same id then.
 */
export class WebhookDispatcher {
  readonly #d: DispatcherDependencies;
  readonly #stop = new AbortController();
  readonly #inFlight = new Map<string, number>();
  readonly #deliveries = new Set<Promise<void>>();
  #running: Promise<void> = Promise.resolve();
  #nap = new AbortController();
  #sweepAt = 0;

  constructor(dependencies: DispatcherDependencies) {
    this.#d = dependencies;
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
      try {
        await this.round();
      } catch (error) {
        logger.error({ err: error }, 'webhook events cannot be read or written');
      }
      await clock.sleep(POLL_MS, AbortSignal.any([signal, this.#nap.signal])).catch(() => undefined);
      this.#nap = new AbortController();
    }
  }

  /** Hands out what is in the outbox, and begins whatever deliveries there is room for. */
  async round(): Promise<void> {
    while (!this.#stop.signal.aborted && (await this.#handOut()));
    await this.#begin();
    await this.#sweep();
  }

  /** True when there may be more. */
  async #handOut(): Promise<boolean> {
    const { metadata } = this.#d;
    if ((await metadata.read.outbox.pending(1)).length === 0) return false;
    const handed = await metadata.transaction(async (tx) => {
      const events = await tx.outbox.pending(OUTBOX_BATCH);
      const known = new Map<string, Listeners>();
      for (const event of events) {
        const listeners = known.get(event.registryId) ?? (await this.#listeners(tx, event.registryId));
        known.set(event.registryId, listeners);
        await this.#enqueue(tx, event, listeners);
        await tx.outbox.handedOut(event.id);
      }
      return events.length;
    });
    return handed === OUTBOX_BATCH;
  }

  /** Who listens to a registry; nobody, once it is deleted. */
  async #listeners(tx: MetadataTx, registryId: string): Promise<Listeners> {
    const registry = await tx.registries.byId(registryId);
    if (!registry) return { host: '', webhooks: [] };
    const rows = await tx.webhooks.list(registryId, {});
    const webhooks = rows.filter(({ status }) => status === 'enabled');
    return { host: this.#d.loginServer(registry.name), webhooks };
  }

  async #enqueue(tx: MetadataTx, event: OutboxEvent, { host, webhooks }: Listeners): Promise<void> {
    const { ids, clock } = this.#d;
    const payload = JSON.parse(event.payload) as OutboxPayload;
    for (const webhook of webhooks) {
      for (const action of actionsOf(event.kind, payload)) {
        if (!wants(webhook, action, payload)) continue;
        const id = ids.uuid();
        const content = eventContent(action, { id, time: event.time, payload, host });
        await tx.webhookEvents.append({ id, webhookId: webhook.id, action, content, createdAt: clock.now() });
        await tx.webhookEvents.trim(webhook.id, 'pending', KEPT_PENDING);
      }
    }
  }

  async #begin(): Promise<void> {
    const { metadata } = this.#d;
    const { read } = metadata;
    for (let id = await read.webhookEvents.nextPending(''); id; id = await read.webhookEvents.nextPending(id)) {
      const webhookId = id;
      const room = Math.min(PER_WEBHOOK - (this.#inFlight.get(webhookId) ?? 0), TOGETHER - this.#deliveries.size);
      if (room <= 0) continue;
      const now = this.#d.clock.now();
      const leaseUntil = new Date(now.getTime() + LEASE_MS);
      const claimed = await metadata.transaction((tx) => tx.webhookEvents.claim(webhookId, now, leaseUntil, room));
      for (const event of claimed) this.#track(webhookId, this.#send(event));
    }
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
    const { metadata, box, logger, metrics } = this.#d;
    const webhook = await metadata.read.webhooks.byId(event.webhookId);
    if (!webhook) return; // deleted, and its events with it
    const target = openTarget(box, webhook);
    const silent = webhook.status === 'disabled' && event.action !== 'ping';
    const { request, response } = silent
      ? notSent(target)
      : await deliver(this.#d, target, event.content, this.#stop.signal);
    const { statusCode, reasonPhrase } = response;
    metrics.observeWebhook(outcomeOf(response));
    logger.debug({ webhook: webhook.name, event: event.id, statusCode, reasonPhrase }, 'webhook event sent');
    await metadata.transaction(async (tx) => {
      await tx.webhookEvents.finish(event.id, { request: JSON.stringify(request), response: JSON.stringify(response) });
      await tx.webhookEvents.trim(webhook.id, 'done', KEPT_DONE);
    });
  }

  async #sweep(): Promise<void> {
    const { metadata, clock } = this.#d;
    const now = clock.now().getTime();
    if (now < this.#sweepAt) return;
    const { events, outbox } = await metadata.transaction(async (tx) => ({
      events: await tx.webhookEvents.deleteBefore(new Date(now - KEPT_EVENT_MS), SWEEP_BATCH),
      outbox: await tx.outbox.deleteHandedOut(new Date(now - KEPT_OUTBOX_MS), SWEEP_BATCH),
    }));
    // A full batch has more behind it, and the next round goes on.
    if (events < SWEEP_BATCH && outbox < SWEEP_BATCH) this.#sweepAt = now + SWEEP_MS;
  }
}

interface Listeners {
  readonly host: string;
  readonly webhooks: readonly WebhookRow[];
}

function wants(webhook: WebhookRow, action: string, payload: OutboxPayload): boolean {
  if (!(JSON.parse(webhook.actions) as string[]).includes(action)) return false;
  const scope = parseWebhookScope(webhook.scope);
  const { repository, tag } = payload.target;
  return scope !== undefined && scopeCovers(scope, repository, tag === undefined ? (payload.tags ?? []) : [tag]);
}

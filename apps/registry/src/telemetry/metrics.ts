import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type RequestFact, RequestMetrics } from './request-metrics.ts';

export interface Metrics {
  observeRequest(fact: RequestFact): void;
  requestStarted(): void;
  requestEnded(): void;
  observeJob(kind: string, outcome: 'done' | 'failed', seconds: number): void;
  /** Something stored that a scrub has read. Bytes. */
  observeScrubbed(what: 'blob' | 'manifest', bytes: number): void;
  /** Damage that nobody knew before. */
  observeDamage(what: 'blob' | 'manifest', kind: string): void;
  /** One attempt to tell a webhook what happened. */
  observeWebhook(outcome: WebhookOutcome): void;
  /** Events that are not tried any more. */
  webhookEventsDead(events: number): void;
  logLineLost(): void;
  /** Prometheus text. */
  text(): Promise<{ contentType: string; body: string }>;
}

/** Answered with 2xx, or with something else; no answer; an address that is not called; not sent since it was disabled. */
export type WebhookOutcome = 'accepted' | 'rejected' | 'failed' | 'refused' | 'disabled';

export function createMetrics(): Metrics {
  const registry = new Registry();
  const shared = { registers: [registry] };
  collectDefaultMetrics({ register: registry });
  const requests = new RequestMetrics(registry);
  const jobs = new Histogram({
    name: 'holdfast_job_duration_seconds',
    help: 'Time that background jobs took, seconds',
    labelNames: ['kind', 'outcome'] as const,
    ...shared,
  });
  const lost = new Counter({
    name: 'holdfast_log_lines_lost_total',
    help: 'Log lines lost because the log could not be written',
    ...shared,
  });
  const webhooks = new Counter({
    name: 'holdfast_webhook_events_total',
    help: 'Attempts to tell webhooks of an event, by what became of them: accepted (2xx), rejected (another status), failed, refused, disabled',
    labelNames: ['outcome'] as const,
    ...shared,
  });
  const dead = new Counter({
    name: 'holdfast_webhook_events_dead_total',
    help: 'Events that webhooks were not told, because the attempts failed for a day or the webhook was disabled',
    ...shared,
  });
  return {
    observeRequest: (fact) => requests.observe(fact),
    requestStarted: () => requests.started(),
    requestEnded: () => requests.ended(),
    observeJob: (kind, outcome, seconds) => jobs.observe({ kind, outcome }, seconds),
    ...integrityMetrics(registry),
    observeWebhook: (outcome) => webhooks.inc({ outcome }),
    webhookEventsDead: (events) => dead.inc(events),
    logLineLost: () => lost.inc(),
    text: async () => {
      requests.publish();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function integrityMetrics(registry: Registry): Pick<Metrics, 'observeScrubbed' | 'observeDamage'> {
  const shared = { registers: [registry] };
  const scrubbed = new Counter({
    name: 'holdfast_scrubbed_total',
    help: 'Blobs and manifests that scrubs have read and checked',
    labelNames: ['what'] as const,
    ...shared,
  });
  const bytesRead = new Counter({
    name: 'holdfast_scrubbed_bytes_total',
    help: 'Bytes that scrubs have read, bytes',
    ...shared,
  });
  const damage = new Counter({
    name: 'holdfast_damage_found_total',
    help: 'Blobs and manifests whose stored bytes were found damaged, by scrubs and by reads; each once until it is healed',
    labelNames: ['what', 'kind'] as const,
    ...shared,
  });
  return {
    observeScrubbed: (what, bytes) => {
      scrubbed.inc({ what });
      bytesRead.inc(bytes);
    },
    observeDamage: (what, kind) => damage.inc({ what, kind }),
  };
}

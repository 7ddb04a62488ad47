import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** One finished request. Seconds, bytes. */
  observeRequest(fact: { route: string; method: string; status: number; seconds: number; bytesSent: number }): void;
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
  const requests = new Counter({
    name: 'holdfast_http_requests_total',
    help: 'Requests answered, by route, method and status',
    labelNames: ['route', 'method', 'status'] as const,
    ...shared,
  });
  const duration = new Histogram({
    name: 'holdfast_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer, seconds',
    labelNames: ['route'] as const,
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300],
    ...shared,
  });
  const sent = new Counter({ name: 'holdfast_http_sent_bytes_total', help: 'Body bytes sent', ...shared });
  const open = new Gauge({ name: 'holdfast_http_requests_open', help: 'Requests being answered now', ...shared });
  const jobs = new Histogram({
    name: 'holdfast_job_duration_seconds',
    help: 'Time that background jobs took, seconds',
    labelNames: ['kind', 'outcome'] as const,
    ...shared,
  });
  // The label sets are few, and looking one up by its labels costs more than counting.
  const counters = new Map<string, Counter.Internal>();
  const durations = new Map<string, Histogram.Internal<'route'>>();
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
    observeRequest: ({ route, method, status, seconds, bytesSent }) => {
      kept(counters, `${route} ${method} ${status}`, () => requests.labels(route, method, String(status))).inc();
      kept(durations, route, () => duration.labels(route)).observe(seconds);
      sent.inc(bytesSent);
    },
    requestStarted: () => open.inc(),
    requestEnded: () => open.dec(),
    observeJob: (kind, outcome, seconds) => jobs.observe({ kind, outcome }, seconds),
    ...integrityMetrics(registry),
    observeWebhook: (outcome) => webhooks.inc({ outcome }),
    webhookEventsDead: (events) => dead.inc(events),
    logLineLost: () => lost.inc(),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
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

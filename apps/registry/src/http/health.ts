import { createHash, timingSafeEqual } from 'node:crypto';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Exchange } from './exchange.ts';

export interface HealthDependencies {
  /** Why the server should get no requests now; empty when it is ready. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly metrics: Metrics;
  /** Lets scrapers from elsewhere than loopback read /metrics. */
  readonly metricsToken: string | undefined;
}

/** `/livez`, `/readyz`, `/metrics` on every host; undefined when the request is none of them. */
export function answerHealth(health: HealthDependencies, exchange: Exchange): Promise<void> | undefined {
  const answer = answerOf(health, exchange);
  if (answer) exchange.routeName = exchange.facts.target.path.slice(1);
  return answer?.(health, exchange);
}

function answerOf(health: HealthDependencies, exchange: Exchange) {
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return undefined;
  switch (exchange.facts.target.path) {
    case '/livez':
      return answerAlive;
    case '/readyz':
      return answerReady;
    case '/metrics':
      return mayReadMetrics(health, exchange) ? answerMetrics : undefined;
    default:
      return undefined;
  }
}

async function answerAlive(_: HealthDependencies, exchange: Exchange): Promise<void> {
  exchange.sendJson(200, {}, { status: 'ok' });
}

async function answerReady(health: HealthDependencies, exchange: Exchange): Promise<void> {
  const reasons = await health.notReady();
  if (reasons.length === 0) return exchange.sendJson(200, {}, { status: 'ready' });
  exchange.sendJson(503, { 'Retry-After': 5 }, { status: 'not ready', reasons });
}

/** For others than loopback without the token there is no such path: the answer is that of any unknown one. */
function mayReadMetrics(health: HealthDependencies, exchange: Exchange): boolean {
  const token = /^bearer +(.+)$/i.exec(exchange.header('authorization') ?? '')?.[1];
  if (exchange.facts.local) return true;
  return health.metricsToken !== undefined && token !== undefined && sameText(token, health.metricsToken);
}

async function answerMetrics(health: HealthDependencies, exchange: Exchange): Promise<void> {
  const { contentType, body } = await health.metrics.text();
  exchange.send(200, { 'Content-Type': contentType }, body);
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

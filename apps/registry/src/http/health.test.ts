import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError } from '../distribution/test-content.ts';
import type { Exchange } from './exchange.ts';
import { answerHealth, type HealthDependencies } from './health.ts';

let registry: TestRegistry;
beforeAll(async () => {
  // With loopback as a proxy, X-Forwarded-For says where a scraper comes from.
  registry = await startRegistry({ config: 'proxies: [127.0.0.1]' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

describe.each(['/livez', '/readyz'])('%s', (path) => {
  it('is 200 without sign-in, on every host, to GET and HEAD', async () => {
    const host = `registry.azsacr.${registry.bootstrap.domain}`;
    for (const headers of [{}, { Host: host }, { Host: `portal.${registry.bootstrap.domain}` }]) {
      const answer = await registry.ask('GET', path, { as: 'none', headers });
      expect([answer.status, answer.json()]).toEqual([200, { status: path === '/livez' ? 'ok' : 'ready' }]);
      expect(answer.header('X-Ms-Correlation-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    const head = await registry.ask('HEAD', path, { as: 'none' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it('is nothing for other methods', async () => {
    expectError(await registry.ask('POST', path), 404, 'UNSUPPORTED');
  });
});

describe('/metrics', () => {
  it('is for loopback, and not for a proxy that does not say whose request it is', async () => {
    expect((await registry.ask('GET', '/metrics', { as: 'none' })).status).toBe(404);
    const headers = { 'X-Forwarded-For': '127.0.0.1' };
    const answer = await registry.ask('GET', '/metrics', { as: 'none', headers });
    expect(answer.status).toBe(200);
    expect(answer.header('Content-Type')).toMatch(/^text\/plain/);
    expect(answer.text).toContain('# TYPE');
  });

  it('does not exist for anybody else, token or not', async () => {
    for (const as of ['none', 'admin', 's3cret']) {
      const headers = { 'X-Forwarded-For': '203.0.113.1' };
      const answer = await registry.ask('GET', '/metrics', { as, headers });
      expect([answer.status, answer.text.includes('# TYPE')]).toEqual([404, false]);
    }
  });
});

/** What the answer to this request would be, without a server. */
async function answered(path: string, health: Partial<HealthDependencies>, more: Record<string, unknown> = {}) {
  let answer: { status: number; headers: unknown; body: unknown } | undefined;
  const take = (status: number, headers: unknown, body: unknown) => {
    answer = { status, headers, body };
  };
  const exchange = {
    method: 'GET',
    facts: { target: { path }, clientAddress: '203.0.113.1' },
    header: () => undefined,
    send: take,
    sendJson: take,
    ...more,
  };
  const metrics = { text: async () => ({ contentType: 'text/plain', body: 'metrics' }) };
  const dependencies = { notReady: async () => [], metrics, metricsToken: undefined, ...health };
  await answerHealth(dependencies as unknown as HealthDependencies, exchange as unknown as Exchange);
  return answer;
}

describe('a server that is not ready', () => {
  it('is 503 with its reasons', async () => {
    const answer = await answered('/readyz', { notReady: async () => ['the disk is full'] });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'Retry-After': 5 },
      body: { status: 'not ready', reasons: ['the disk is full'] },
    });
    expect(await answered('/livez', { notReady: async () => ['the disk is full'] })).toMatchObject({ status: 200 });
  });
});

describe('the metrics token', () => {
  const bearing = (text: string | undefined) => ({ header: () => text });
  it('opens /metrics to other machines', async () => {
    const health = { metricsToken: 'right' };
    expect(await answered('/metrics', health, bearing('Bearer right'))).toMatchObject({ status: 200, body: 'metrics' });
    for (const text of ['Bearer wrong', 'Bearer ', 'Basic right', 'right', undefined]) {
      // Not answered here, so that it is the 404 of any unknown path.
      expect(await answered('/metrics', health, bearing(text))).toBeUndefined();
    }
    expect(await answered('/metrics', {}, bearing('Bearer undefined'))).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import type { RequestFact } from './request-metrics.ts';

type Metrics = ReturnType<typeof createMetrics>;

async function values(metrics: Metrics): Promise<Map<string, number>> {
  const { body } = await metrics.text();
  const lines = body.split('\n').filter((line) => line.startsWith('holdfast_http_'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const fact: fc.Arbitrary<RequestFact> = fc.record({
  route: fc.constantFrom('manifest.get', 'blob.get'),
  method: fc.constantFrom('GET', 'HEAD'),
  status: fc.constantFrom(200, 404),
  seconds: fc.nat(4000).map((n) => n / 1000),
  bytesSent: fc.nat(1000),
});

describe('metrics of requests', () => {
  it('count each request once, however many there are between two looks', async () => {
    const looks = fc.array(fc.array(fact, { maxLength: 600, size: 'max' }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(looks, async (all) => {
        const metrics = createMetrics();
        const seen: RequestFact[] = [];
        for (const facts of all) {
          for (const each of facts) metrics.observeRequest(each);
          seen.push(...facts);
          const told = await values(metrics);
          for (const route of ['manifest.get', 'blob.get']) {
            const of = seen.filter((each) => each.route === route);
            for (const method of ['GET', 'HEAD'])
              for (const status of [200, 404]) {
                const name = `holdfast_http_requests_total{route="${route}",method="${method}",status="${status}"}`;
                const count = of.filter((each) => each.method === method && each.status === status).length;
                expect(told.get(name) ?? 0).toBe(count);
              }
            const histogram = (suffix: string, le = '') =>
              told.get(`holdfast_http_request_duration_seconds_${suffix}{${le}route="${route}"}`) ?? 0;
            expect(histogram('count')).toBe(of.length);
            expect(histogram('bucket', 'le="0.1",')).toBe(of.filter((each) => each.seconds <= 0.1).length);
            expect(histogram('sum')).toBeCloseTo(
              of.reduce((sum, each) => sum + each.seconds, 0),
              6,
            );
          }
          expect(told.get('holdfast_http_sent_bytes_total')).toBe(seen.reduce((sum, each) => sum + each.bytesSent, 0));
        }
      }),
      { numRuns: 20, endOnFailure: true }, // to make thousands of requests fewer takes minutes
    );
  });

  it.each([255, 256, 257, 600])('lose none of %i of one route', async (count) => {
    const metrics = createMetrics();
    const one = { route: 'blob.get', method: 'GET', status: 200, seconds: 0.01, bytesSent: 3 };
    for (let n = 0; n < count; n++) metrics.observeRequest(one);
    const told = await values(metrics);
    expect(told.get('holdfast_http_request_duration_seconds_count{route="blob.get"}')).toBe(count);
    expect(told.get('holdfast_http_sent_bytes_total')).toBe(3 * count);
  });

  it('know how many requests are open now', async () => {
    const metrics = createMetrics();
    metrics.requestStarted();
    metrics.requestStarted();
    expect((await values(metrics)).get('holdfast_http_requests_open')).toBe(2);
    metrics.requestEnded();
    expect((await values(metrics)).get('holdfast_http_requests_open')).toBe(1);
  });
});

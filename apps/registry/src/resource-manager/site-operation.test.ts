import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { jobState } from './routes/site-operation.ts';

interface Job {
  name: string;
  properties: { kind: string; state: string; nextRun: string; everySeconds: number; pausedSince?: string };
}

it.each([
  [undefined, undefined, 'waiting'],
  [9, undefined, 'running'],
  [9, 1, 'pausing'],
  [4, 1, 'paused'],
  [undefined, 1, 'paused'],
])('a job leased until %s and paused since %s is %s at 5', (until, since, state) => {
  const at = (seconds: number | undefined) => seconds && new Date(seconds * 1000);
  expect(jobState({ leaseUntil: at(until) || undefined, pausedAt: at(since) || undefined }, new Date(5000))).toBe(
    state,
  );
});

let site: AzureSite;
let operator: string;
let at: string;
beforeAll(async () => {
  site = await startAzureSite({ https: true });
  operator = await site.operator();
  at = await site.administration();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const ask = (method: string, path: string, as = operator) => site.arm(method, `${at}${path}`, { as });
const find = async (kind: string) =>
  valuesOf<Job>(await ask('GET', '/jobs')).find(({ properties }) => properties.kind === kind);

describe('the operator', () => {
  it('sees every job with when it runs next, pauses and resumes it, and lets it run now', async () => {
    expect(await find('sweep-blobs')).toMatchObject({ properties: { state: 'waiting' } });
    const paused = await ask('POST', '/jobs/sweep-blobs/pause');
    expect([paused.status, paused.json<Job>().properties.state]).toEqual([200, 'paused']);
    expect((await find('sweep-blobs'))?.properties.pausedSince).toMatch(/^20/);
    expect((await ask('POST', '/jobs/sweep-blobs/resume')).json<Job>().properties.state).toBe('waiting');
    const before = Date.now();
    const run = (await ask('POST', '/jobs/scrub/run')).json<Job>();
    expect(Date.parse(run.properties.nextRun)).toBeLessThanOrEqual(before + 5000);
    expect((await ask('POST', '/jobs/nothing/run')).status).toBe(404);
  });

  it('sees what was stored over time', async () => {
    await ask('POST', '/jobs/sample-capacity/run');
    expect(valuesOf(await ask('GET', `/capacitySamples?from=${new Date(Date.now() + 1000).toISOString()}`))).toEqual(
      [],
    );
    expect(codeOf(await ask('GET', '/capacitySamples?from=yesterday'))).toBe('InvalidRequestContent');
  });

  it('sees the health of the site, and each certificate with its chain', async () => {
    const checks = valuesOf<{ name: string; state: string; text: string }>(await ask('GET', '/health'));
    expect(checks.find(({ name }) => name === 'database')).toMatchObject({ state: 'good' });
    expect(checks.find(({ name }) => name === 'clock')?.text).toMatch(/20\d\d-/);
    const certificates = valuesOf<{ name: string; properties: object }>(await ask('GET', '/certificates'));
    const [server, authority] = certificates;
    expect(certificates).toHaveLength(2);
    expect(server?.properties).toMatchObject({ use: 'server', state: 'good', renewsItself: true });
    expect(server?.properties).toHaveProperty('chain.0.subject', expect.stringContaining('Holdfast site CA'));
    expect(authority?.properties).toMatchObject({ use: 'authority', state: 'good', renewsItself: false, chain: [] });
  });

  it('is alone in all of it: an owner of the tenant is refused', async () => {
    const asked = [
      ['GET', '/jobs'],
      ['POST', '/jobs/scrub/pause'],
      ['GET', '/capacitySamples'],
      ['GET', '/health'],
      ['GET', '/certificates'],
    ] as const;
    for (const [method, path] of asked) expect((await ask(method, path, site.owner)).status, path).toBe(403);
    expect((await find('scrub'))?.properties.state).not.toBe('paused');
  });
});

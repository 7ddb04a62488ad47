import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { checkHealth, type HealthPlan, type Report } from './check-health.ts';
import { type Misbehaviour, startRelay } from './test-relay.ts';
import type { Identity } from './tokens.ts';

// Whole sites in which somebody lacks a right, or content is closed; by plain HTTP over loopback, as Holdfast takes it.

let site: AzureSite;
let admin: Identity;
let registryId: string;

beforeAll(async () => {
  site = await startAzureSite();
  admin = { kind: 'password', username: site.username, password: site.password };
  registryId = `${site.group}/${REGISTRIES}/${site.bootstrap.registry.name}`;
}, 60_000);

afterAll(() => site?.stop(), 60_000);

const look = (plan: Partial<HealthPlan>): Promise<Report> =>
  checkHealth({
    host: new URL(site.http).host,
    plain: true,
    identity: admin,
    repository: 'team/check',
    bytes: 200_000,
    resolve: async () => ['127.0.0.1'],
    now: Date.now,
    folder: site.dataDir,
    // How fast a busy machine is, is not what is asked here.
    limits: { connectMs: 5_000, buffersMs: 6_000, slowMbPerSecond: 0 },
    ...plan,
  });
const faultsOf = ({ findings }: Report) => findings.map(({ fault }) => fault);
const robotAs = async (role: string): Promise<Identity> => {
  const { appId, secret } = await site.robot(role, registryId);
  return { kind: 'password', username: appId, password: secret };
};

/** Behind a relay that answers some requests itself, in the registry's words. */
async function behind(answer: Misbehaviour['answer']): Promise<Report> {
  const relay = await startRelay(site.http, { ...(answer ? { answer } : {}), changeRequest: forget });
  try {
    return await look({ host: `127.0.0.1:${relay.port}` });
  } finally {
    await relay.stop();
  }
}

/** Of a proxy that nobody configured the site takes no password; this one is a wire. */
function forget(headers: Record<string, unknown>): void {
  delete headers['x-forwarded-proto'];
  delete headers['x-forwarded-for'];
}

it('pushes, pulls and deletes, and leaves nothing behind', { timeout: 30_000 }, async () => {
  const report = await look({});
  expect(faultsOf(report)).toEqual([]);
  const parts = ['network', 'tls', 'hash', 'disk', 'server'];
  for (const speed of [report.speed?.pull, report.speed?.push]) {
    expect(Object.keys(speed?.split ?? {})).toEqual(parts);
    expect(speed?.split.tls).toBe(0);
    expect(speed?.mbPerSecond).toBeGreaterThan(0);
    expect(parts).toContain(speed?.bottleneck);
  }
  const { tags } = (await site.ask('GET', '/v2/team/check/tags/list')).json<{ tags?: string[] }>();
  expect(tags ?? []).toEqual([]);
});

it('names the rights that AcrPull lacks, and pushes nothing', async () => {
  const report = await look({ identity: await robotAs('AcrPull') });
  expect(faultsOf(report)).toEqual(['rights.lacking']);
  expect(report.findings[0]?.seen).toMatch(/^team\/check: you have .*pull.*; you lack push, delete/);
  expect(report.findings[0]?.code).toBe('CONNECTIVITY_ACCESS_TOKEN_ERROR');
  expect(report.checks.find(({ check }) => check === 'transfer')?.state).toBe('skipped');
});

it('says that a lock refuses the push, in the registry’s words', { timeout: 30_000 }, async () => {
  const report = await behind((request, response) => {
    if (request.method !== 'PUT' || !request.url?.includes('/manifests/')) return false;
    response.writeHead(405, { 'Docker-Distribution-Api-Version': 'registry/2.0' });
    response.end('{"errors":[{"code":"REGISTRY_DISALLOWED_OPERATION","message":"the repository is locked"}]}');
    return true;
  });
  expect(faultsOf(report)).toEqual(['push.refused']);
  expect(report.findings[0]?.seen).toContain('the repository is locked');
});

it('says that a pull is refused', { timeout: 30_000 }, async () => {
  const report = await behind((request, response) => {
    if (request.method !== 'GET' || !request.url?.includes('/blobs/')) return false;
    response.writeHead(405).end('{"errors":[{"code":"REGISTRY_DISALLOWED_OPERATION","message":"in quarantine"}]}');
    return true;
  });
  expect(faultsOf(report)).toEqual(['pull.refused']);
});

it('says that a deletion is refused', { timeout: 30_000 }, async () => {
  const report = await behind((request, response) => {
    if (request.method !== 'DELETE') return false;
    response.writeHead(405).end('{"errors":[{"code":"REGISTRY_DISALLOWED_OPERATION","message":"locked"}]}');
    return true;
  });
  expect(faultsOf(report)).toEqual(['delete.refused']);
});

it('follows blobs to the data host without a token, and says when that cannot be reached', {
  timeout: 30_000,
}, async () => {
  const seen: (string | undefined)[] = [];
  let to = 'http://127.0.0.1:1/blob';
  const redirect: Misbehaviour['answer'] = (request, response) => {
    if (request.url?.startsWith('/elsewhere')) {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
      return true;
    }
    if (request.method !== 'GET' || !request.url?.includes('/blobs/')) return false;
    response.writeHead(307, { Location: to.replace('SELF', request.headers.host ?? '') }).end();
    return true;
  };
  expect(faultsOf(await behind(redirect))).toEqual(['pull.data-host']);
  to = 'http://SELF/elsewhere';
  expect(faultsOf(await behind(redirect))).toEqual(['pull.refused']);
  expect(seen).toEqual([undefined]);
});

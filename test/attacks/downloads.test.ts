import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, newBytes, pushBlob, pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import { redactUrl } from '../../apps/registry/src/telemetry/logger.ts';
import { type AzureSite, REGISTRIES, startAzureSite } from '../support/azure-site.ts';
import { envelopeOf } from './support/answers.ts';
import { sendRaw } from './support/raw.ts';

// A31, our half: we redirect only to addresses that we signed, and what they open is one blob, for a while, as long as it could
// still be pulled. Tricks with the text of an address are in download-address.test.ts.

const clock = new FakeClock(new Date('2026-05-01T00:00:00Z'));
let site: AzureSite;
let other: AzureSite;
beforeAll(async () => {
  site = await startAzureSite({ clock, config: 'distribution: { redirect: signed }\n' });
  other = await startAzureSite({ clock, config: 'distribution: { redirect: signed }\n' });
});
afterAll(async () => {
  for (const one of [site, other]) {
    expect(one.problems.filter((line) => !line.includes('wrong-size'))).toEqual([]); // which one test below causes
    await one.stop();
  }
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const HOST = 'data.local.holdfast.internal';
const get = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
  site.ask(method, target, { as: 'none', headers: { Host: HOST, ...headers } });
async function targetOf(repository: string, digest: string, headers: Record<string, string> = {}, at = site) {
  const answer = await at.ask('GET', `/v2/${repository}/blobs/${digest}`, { headers });
  expect(answer.status, answer.text).toBe(307);
  const { pathname, search } = new URL(answer.header('Location') ?? '');
  return `${pathname}${search}`;
}
let serial = 0;
const fresh = () => `downloads/app${++serial}`;

describe('the data host', () => {
  it('gives nothing without a signed address, and says nothing of what is there', async () => {
    const repository = fresh();
    const { digest } = await pushBlob(site, repository);
    const target = await targetOf(repository, digest);
    const unsigned = target.replace(/&sig=.*/, `&sig=${'A'.repeat(43)}`);
    const there = await get(unsigned);
    const nowhere = await get(unsigned.replace(digest, `sha256:${'0'.repeat(64)}`));
    const text = (answer: typeof there) => answer.text.replace(/correlation id [0-9a-f-]{36}/, '');
    expectError(there, 403, 'DENIED');
    expect([nowhere.status, text(nowhere)]).toEqual([there.status, text(there)]);
    for (const path of [
      '/',
      '/v2/',
      '/v2/_catalog',
      `/v2/${repository}/blobs/${digest}`,
      '/acr/v1/_catalog',
      '/oauth2/token',
      '/subscriptions?api-version=2019-05-01',
      '/metadata/endpoints?api-version=2022-09-01',
      '/adfs/oauth2/token',
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/blobs/sha256/',
      `${target.split('?')[0]}`,
      `${target.split('?')[0]}?`,
    ]) {
      const answer = await get(path, { Authorization: site.basic });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(envelopeOf(answer)).toBe('DENIED');
      expect(answer.text).not.toMatch(/ at .*\.ts|node_modules|holdfast-test/);
    }
  });

  it('answers GET and HEAD only, and nothing at all where downloads are not redirected', async () => {
    const repository = fresh();
    const { digest } = await pushBlob(site, repository);
    const target = await targetOf(repository, digest);
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect([method, (await get(target, {}, method)).status]).toEqual([method, 405]);
    }
    const plain = await startAzureSite();
    try {
      const answer = await plain.ask('GET', target, { as: 'none', headers: { Host: HOST } });
      expect([answer.status, envelopeOf(answer)]).toEqual([404, 'UNSUPPORTED']);
    } finally {
      await plain.stop();
    }
  });

  it('is the only host on which an address opens something', async () => {
    const repository = fresh();
    const { digest } = await pushBlob(site, repository);
    const target = await targetOf(repository, digest);
    for (const host of ['localhost', 'registry.azsacr.local.holdfast.internal', 'management.local.holdfast.internal']) {
      expect([host, (await get(target, { Host: host })).status >= 400]).toEqual([host, true]);
    }
    expect((await get(target, { Host: HOST.toUpperCase() })).status).toBe(200);
  });

  it('takes an address in absolute form as what it is, and no second Host', async () => {
    const repository = fresh();
    const bytes = newBytes(64);
    const { digest } = await pushBlob(site, repository, bytes);
    const target = await targetOf(repository, digest);
    const whole = await sendRaw(
      site.http,
      `GET http://${HOST}${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(whole.statuses).toEqual([200]);
    const two = `GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect((await sendRaw(site.http, two)).statuses).toEqual([400]);
  });

  it('believes no other site, though its keys have the same names', async () => {
    const repository = fresh();
    const bytes = newBytes();
    for (const one of [site, other]) await pushBlob(one, repository, bytes);
    const { digest } = await pushBlob(site, repository, bytes);
    expectError(await get(await targetOf(repository, digest, {}, other)), 403, 'DENIED');
  });
});

describe('an address opens no more than could be pulled now', () => {
  it.each<[string, (repository: string, digest: string) => Promise<unknown>, number]>([
    ['the blob was deleted', (r, digest) => site.ask('DELETE', `/v2/${r}/blobs/${digest}`), 404],
    ['the repository was deleted', (r) => site.ask('DELETE', `/acr/v1/${r}`), 404],
    ['reading was locked', (r) => site.ask('PATCH', `/acr/v1/${r}`, { body: '{"readEnabled":false}' }), 405],
    [
      'its bytes were damaged',
      async (_, digest) => {
        const path = join(site.dataDir, 'blobs/sha256', digest.slice(7, 9), digest.slice(7));
        await unlink(path);
        await writeFile(path, 'rotten');
      },
      404,
    ],
    [
      'the policy of the quarantine was switched on',
      () =>
        site.arm('PATCH', registry(), {
          body: { properties: { policies: { quarantinePolicy: { status: 'enabled' } } } },
        }),
      405,
    ],
    [
      'the network rules let nobody in any more',
      () =>
        site.arm('PATCH', registry(), {
          body: { properties: { networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '10.9.9.9' }] } } },
        }),
      403,
    ],
  ])('when meanwhile %s', async (_, happen, status) => {
    const repository = fresh();
    await pushImage(site, repository, { tag: 'v1' });
    const { digest } = await pushBlob(site, repository, newBytes(100));
    const target = await targetOf(repository, digest);
    expect((await get(target)).status).toBe(200);
    await happen(repository, digest);
    for (const method of ['GET', 'HEAD'])
      expect([method, (await get(target, {}, method)).status]).toEqual([method, status]);
    expect(envelopeOf(await get(target))).toMatch(/^[A-Z_]+$/);
    await site.arm('PATCH', registry(), {
      body: {
        properties: {
          policies: { quarantinePolicy: { status: 'disabled' } },
          networkRuleSet: { defaultAction: 'Allow', ipRules: [] },
        },
      },
    });
  });

  it('when a repository was made again under the name, with the same blob', async () => {
    const repository = fresh();
    const bytes = newBytes(100);
    await pushImage(site, repository, { tag: 'v1' });
    const { digest } = await pushBlob(site, repository, bytes);
    const target = await targetOf(repository, digest);
    await site.ask('DELETE', `/acr/v1/${repository}`);
    await pushBlob(site, repository, bytes);
    expectError(await get(target), 404, 'BLOB_UNKNOWN');
    expect((await get(await targetOf(repository, digest))).status).toBe(200);
  });

  it('of what is in quarantine, only as given to who may read it', async () => {
    const scanner = await site.robot('AcrQuarantineReader', registry());
    const basic = `Basic ${Buffer.from(`${scanner.appId}:${scanner.secret}`).toString('base64')}`;
    const policy = (status: string) =>
      site.arm('PATCH', registry(), { body: { properties: { policies: { quarantinePolicy: { status } } } } });
    const repository = fresh();
    const { layers } = await pushImage(site, repository, { tag: 'v1' });
    const digest = layers[0]?.digest ?? '';
    await policy('enabled');
    try {
      expectError(await site.ask('GET', `/v2/${repository}/blobs/${digest}`), 405, 'REGISTRY_DISALLOWED_OPERATION');
      const target = await targetOf(repository, digest, { Authorization: basic });
      expect((await get(target)).status).toBe(200);
      expectError(await get(target.replace('sp=rq', 'sp=r')), 403, 'DENIED');
    } finally {
      await policy('disabled');
    }
  });
});

describe('the log', () => {
  it('has no signature of an address in it', async () => {
    const repository = fresh();
    const { digest } = await pushBlob(site, repository);
    const target = await targetOf(repository, digest);
    expect(redactUrl(target)).toContain('&sig=[redacted]');
    expect(redactUrl(target)).not.toContain(target.slice(-43));
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectError, pushImage, type TestImage } from '../../apps/registry/src/distribution/test-content.ts';
import { startReceiver, type TestReceiver } from '../../apps/registry/src/outbound/test-receiver.ts';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import { METADATA, reportOf } from '../../apps/registry/src/scanner/test-scanner.ts';
import { type AzureSite, REGISTRIES, startAzureSite } from '../support/azure-site.ts';

// The scanner that the operator registered, on a whole site: what it is let do, and what it cannot be made to do.

interface ScanRequest {
  readonly registry: { readonly url: string; readonly authorization: string };
  readonly artifact: { readonly repository: string; readonly digest: string };
}
interface Scan {
  readonly state: string;
  readonly reason?: string;
  readonly severity?: string;
  readonly report?: unknown;
}

const clock = new FakeClock();
let adapter: TestReceiver;
let site: AzureSite;
let severity = 'Low';
let requests: ScanRequest[];

beforeAll(async () => {
  adapter = await startReceiver(({ method, url, body }, response) => {
    const json = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value));
    if (url === '/api/v1/metadata') return void json(200, METADATA);
    if (method === 'POST' && url === '/api/v1/scan') {
      requests.push(JSON.parse(body) as ScanRequest);
      return void json(202, { id: String(requests.length - 1) });
    }
    const scanned = requests[Number(/^\/api\/v1\/scan\/(\d+)\/report$/.exec(url)?.[1])];
    return void (scanned ? json(200, reportOf(scanned.artifact.digest, severity)) : json(404, {}));
  });
  site = await startSite(`outbound: { allow: [127.0.0.1] }\n`);
});
beforeEach(() => {
  requests = [];
  severity = 'Low';
});
afterAll(async () => {
  await adapter.stop();
  expect(site.problems).toEqual([]);
  await site.stop();
});

async function startSite(more: string): Promise<AzureSite> {
  const scanner = `scanner: { url: "http://127.0.0.1:${adapter.port}/", passBelow: High, timeoutMinutes: 10 }\n`;
  const started = await startAzureSite({ clock, config: `${scanner}${more}` });
  const properties = { policies: { quarantinePolicy: { status: 'enabled' } } };
  const registry = `${started.group}/${REGISTRIES}/registry`;
  expect((await started.arm('PATCH', registry, { body: { properties } })).status).toBe(200);
  return started;
}

const path = (repository: string, { digest }: TestImage) => `/v2/${repository}/manifests/${digest}`;
const scanPath = (repository: string, { digest }: TestImage) => `/acr/v1/${repository}/_manifests/${digest}/_scan`;
const scanOf = async (repository: string, image: TestImage, at = site) =>
  (await at.ask('GET', scanPath(repository, image))).json<{ scan: Scan }>().scan;

/** Lets a second pass at a time until it is so. */
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 600; n++) {
    if (await what()) return;
    clock.advance(1000);
    await pause(5);
  }
  throw new Error('it never came to that');
}

/** What the scanner was given for the image, while it has it. */
async function credentials(repository: string, image: TestImage): Promise<string> {
  await until(() => requests.some(({ artifact }) => artifact.digest === image.digest));
  const request = requests.find(({ artifact }) => artifact.digest === image.digest);
  expect(request?.artifact.repository).toBe(repository);
  return request?.registry.authorization ?? '';
}

describe('the scanner that the operator registered', () => {
  it('opens what it finds good, fails what it finds bad, and both have its report', async () => {
    const good = await pushImage(site, 'scan/good', { tag: 'v1' });
    expectError(await site.ask('GET', path('scan/good', good)), 405, 'REGISTRY_DISALLOWED_OPERATION');
    await until(async () => (await scanOf('scan/good', good)).state === 'done');
    expect((await site.ask('GET', '/v2/scan/good/manifests/v1')).status).toBe(200);
    expect(await scanOf('scan/good', good)).toMatchObject({ severity: 'Low', report: reportOf(good.digest, 'Low') });
    severity = 'Critical';
    const bad = await pushImage(site, 'scan/bad', { tag: 'v1' });
    await until(async () => (await scanOf('scan/bad', bad)).state === 'done');
    expectError(await site.ask('GET', path('scan/bad', bad)), 405, 'REGISTRY_DISALLOWED_OPERATION');
    const shown = (await site.ask('GET', `/acr/v1/scan/bad/_manifests/${bad.digest}`)).json<{
      manifest: { changeableAttributes: { quarantineState: string; quarantineDetails: string } };
    }>().manifest.changeableAttributes;
    expect(shown.quarantineState).toBe('Failed');
    expect(JSON.parse(shown.quarantineDetails)).toMatchObject({ scanner: 'Fake 1.0', severity: 'Critical' });
  });

  it('pulls what is closed in that repository with what it was given, in both schemes, and can do nothing else', async () => {
    const other = await pushImage(site, 'scan/other', { tag: 'v1' });
    const image = await pushImage(site, 'scan/mine', { tag: 'v1' });
    const basic = await credentials('scan/mine', image);
    const token = Buffer.from(basic.slice('Basic '.length), 'base64').toString().split(':')[1] ?? '';
    const blob = (repository: string, { layers }: TestImage) => `/v2/${repository}/blobs/${layers[0]?.digest}`;
    const exchanged = await site.ask(
      'GET',
      '/oauth2/token?service=x&scope=repository:scan/mine:pull,push,delete&scope=repository:scan/other:pull',
      {
        as: 'none',
        headers: { Authorization: basic },
      },
    );
    const { access_token: traded, scope } = exchanged.json<{ access_token: string; scope: string }>();
    expect(scope).toBe('repository:scan/mine:pull');
    for (const authorization of [basic, `Bearer ${token}`, `Bearer ${traded}`]) {
      const ask = (method: string, target: string, body?: string) =>
        site.ask(method, target, {
          as: 'none',
          headers: { Authorization: authorization, 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body }),
        });
      expect((await ask('GET', path('scan/mine', image))).status).toBe(200);
      expect((await ask('GET', blob('scan/mine', image))).status).toBe(200);
      const refused: [string, string, string?][] = [
        ['GET', path('scan/other', other)],
        ['GET', blob('scan/other', other)],
        ['GET', '/v2/_catalog'],
        ['DELETE', path('scan/mine', image)],
        ['POST', '/v2/scan/mine/blobs/uploads/'],
        ['PATCH', `/acr/v1/scan/mine/_manifests/${image.digest}`, '{"quarantineState":"Passed"}'],
        ['POST', scanPath('scan/mine', image)],
      ];
      for (const [method, target, body] of refused) {
        expect((await ask(method, target, body)).status, `${method} ${target}`).toBe(401);
      }
      expect((await ask('GET', `${site.group}/${REGISTRIES}/registry?api-version=2019-05-01`)).status).toBe(401);
    }
    clock.advance(11 * 60_000);
    for (const authorization of [basic, `Bearer ${token}`, `Bearer ${traded}`]) {
      const late = await site.ask('GET', path('scan/mine', image), {
        as: 'none',
        headers: { Authorization: authorization },
      });
      expect(late.status).toBe(401);
    }
    await until(async () => (await scanOf('scan/mine', image)).state === 'done');
  });

  it('is not called where the guard of outgoing calls refuses its address, and nothing opens', async () => {
    const guarded = await startSite('');
    try {
      const image = await pushImage(guarded, 'scan/guarded', { tag: 'v1' });
      const heard = adapter.received.length;
      await until(async () => (await scanOf('scan/guarded', image, guarded)).reason !== undefined);
      const scan = await scanOf('scan/guarded', image, guarded);
      expect(scan).toMatchObject({ state: 'waiting', reason: expect.stringContaining('outbound.allow') });
      expect(adapter.received.length).toBe(heard);
      expectError(await guarded.ask('GET', path('scan/guarded', image)), 405, 'REGISTRY_DISALLOWED_OPERATION');
    } finally {
      await guarded.stop();
    }
  });

  it('cannot be stood in for: a report that was pushed, or brought along, says nothing', async () => {
    severity = 'Critical';
    const image = await pushImage(site, 'scan/evidence', { tag: 'v1' });
    await until(async () => (await scanOf('scan/evidence', image)).state === 'done');
    const annotations = { report: JSON.stringify(reportOf(image.digest, 'Unknown')) };
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.size };
    severity = 'Low';
    const brought = await pushImage(site, 'scan/evidence', { members: { subject, annotations } });
    await until(async () => (await scanOf('scan/evidence', brought)).state === 'done');
    expectError(await site.ask('GET', path('scan/evidence', image)), 405, 'REGISTRY_DISALLOWED_OPERATION');
    expect((await scanOf('scan/evidence', image)).report).toEqual(reportOf(image.digest, 'Critical'));
  });

  it('looks again when it is asked to, by who may write metadata', async () => {
    severity = 'High';
    const image = await pushImage(site, 'scan/again', { tag: 'v1' });
    await until(async () => (await scanOf('scan/again', image)).state === 'done');
    severity = 'Medium';
    const asked = await site.ask('POST', scanPath('scan/again', image));
    expect([asked.status, asked.json<{ scan: Scan }>().scan.state]).toEqual([202, 'waiting']);
    await until(async () => (await scanOf('scan/again', image)).state === 'done');
    expect((await site.ask('GET', '/v2/scan/again/manifests/v1')).status).toBe(200);
    const nobody = `sha256:${'0'.repeat(64)}`;
    for (const method of ['GET', 'POST']) {
      const answer = await site.ask(method, `/acr/v1/scan/again/_manifests/${nobody}/_scan`);
      expectError(answer, 404, 'MANIFEST_UNKNOWN');
    }
  });
});

describe('a site without a scanner', () => {
  it('says so to whoever asks for a scan', async () => {
    const plain = await startAzureSite();
    try {
      const image = await pushImage(plain, 'scan/none', { tag: 'v1' });
      const { message } = expectError(await plain.ask('POST', scanPath('scan/none', image)), 405, 'UNSUPPORTED');
      expect(message).toContain('scanner.url');
      expect(await scanOf('scan/none', image, plain)).toEqual({ digest: image.digest, state: 'none' });
    } finally {
      await plain.stop();
    }
  });
});

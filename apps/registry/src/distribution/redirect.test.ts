import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { FakeClock } from '../platform/clock.ts';
import { expectError, newBytes, pushBlob, pushImage } from './test-content.ts';

const clock = new FakeClock(new Date('2026-05-01T00:00:00Z'));
const sites: TestRegistry[] = [];
async function start(config: string): Promise<TestRegistry> {
  const site = await startRegistry({ clock, config });
  sites.push(site);
  return site;
}
let signed: TestRegistry;
let azure: TestRegistry;
beforeAll(async () => {
  signed = await start('distribution: { redirect: signed, redirectSeconds: 60 }\n');
  azure = await start('distribution: { redirect: azure }\n');
});
afterAll(async () => {
  for (const site of sites) {
    expect(site.problems).toEqual([]);
    await site.stop();
  }
});
afterEach(() => expect(sites.flatMap((site) => site.problems)).toEqual([]));

const DATA = 'data.local.holdfast.internal';
/** Follows as a client does: to the host of the address, without credentials unless it forwards them. */
function follow(site: TestRegistry, location: string, method = 'GET', headers: Record<string, string> = {}) {
  const { host, pathname, search } = new URL(location);
  return site.ask(method, `${pathname}${search}`, { as: 'none', headers: { Host: host, ...headers } });
}
async function addressOf(site: TestRegistry, repository: string, digest: string): Promise<string> {
  const answer = await site.ask('GET', `/v2/${repository}/blobs/${digest}`);
  expect([answer.status, answer.body.length]).toEqual([307, 0]);
  return answer.header('Location') ?? '';
}
/** What is said of the bytes; the rest differs from one answer to the next. */
const said = (answer: Answer) => [
  answer.status,
  ...[
    'Content-Type',
    'Content-Length',
    'Content-Range',
    'Accept-Ranges',
    'ETag',
    'Docker-Content-Digest',
    'Cache-Control',
  ].map((name) => answer.header(name)),
  answer.body.toString('hex'),
];

describe('with signed redirects', () => {
  it('GET of a blob is 307 to the data host, its header spelled so that the script of the FAQ finds it', async () => {
    const bytes = newBytes();
    const { digest } = await pushBlob(signed, 'app', bytes);
    const answer = await signed.ask('GET', `/v2/app/blobs/${digest}`);
    expect(answer.names).toContain('Location');
    expect(answer.header('Cache-Control')).toBe('private, no-store');
    const location = answer.header('Location') ?? '';
    expect(location).toMatch(new RegExp(`^http://${DATA}:\\d+/[0-9a-f-]{36}/app/blobs/${digest}\\?se=\\d+&`));
    const data = await follow(signed, location);
    expect([data.status, data.body]).toEqual([200, bytes]);
  });

  it('a forwarded Authorization header is not looked at, whatever it says', async () => {
    const { digest } = await pushBlob(signed, 'app');
    const location = await addressOf(signed, 'app', digest);
    for (const Authorization of [signed.basic, 'Basic eDp5', 'Bearer a.b.c', 'Negotiate YII=', '']) {
      expect((await follow(signed, location, 'GET', { Authorization })).status).toBe(200);
    }
  });

  it('ranges, HEAD, If-Range and If-None-Match are answered as on the direct path', async () => {
    const direct = await start('{}\n');
    const bytes = newBytes(5000);
    for (const site of [direct, signed]) await pushBlob(site, 'same', bytes);
    const { digest } = await pushBlob(direct, 'same', bytes);
    const location = await addressOf(signed, 'same', digest);
    for (const method of ['GET', 'HEAD']) {
      for (const headers of [
        {},
        { Range: 'bytes=0-0' },
        { Range: 'bytes=4990-' },
        { Range: 'bytes=-10' },
        { Range: 'bytes=5000-' },
        { Range: 'bytes=0-1,3-4' },
        { Range: 'bytes=10-19', 'If-Range': `"${digest}"` },
        { Range: 'bytes=10-19', 'If-Range': '"other"' },
        { 'If-None-Match': `"${digest}"` },
        { 'If-None-Match': '"other"' },
      ] as Record<string, string>[]) {
        const here = await direct.ask(method, `/v2/same/blobs/${digest}`, { headers });
        const there = await follow(signed, location, method, headers);
        const without = (answer: Answer) => (answer.status >= 400 ? said(answer).slice(0, 2) : said(answer));
        expect([method, headers, ...without(there)]).toEqual([method, headers, ...without(here)]);
      }
    }
  });

  it('HEAD of a blob and what the client has already are answered at once', async () => {
    const { digest, size } = await pushBlob(signed, 'app');
    const head = await signed.ask('HEAD', `/v2/app/blobs/${digest}`);
    expect([head.status, head.header('Content-Length')]).toEqual([200, String(size)]);
    const cached = await signed.ask('GET', `/v2/app/blobs/${digest}`, { headers: { 'If-None-Match': `"${digest}"` } });
    expect(cached.status).toBe(304);
  });

  it('an address lives as long as it is configured', async () => {
    const { digest } = await pushBlob(signed, 'app');
    const location = await addressOf(signed, 'app', digest);
    clock.advance(59_999);
    expect((await follow(signed, location)).status).toBe(200);
    clock.advance(1);
    expect(expectError(await follow(signed, location), 403, 'DENIED').message).toContain(
      'time of this address is over',
    );
  });

  it('outlives a restart, and the renewal of the key', async () => {
    const { digest } = await pushBlob(signed, 'app');
    const before = await addressOf(signed, 'app', digest);
    await signed.restart();
    expect((await follow(signed, before)).status).toBe(200);
    clock.advance(24 * 3_600_000 - 90_000); // the key is a minute old by now
    const old = await addressOf(signed, 'app', digest);
    clock.advance(30_000);
    const next = await addressOf(signed, 'app', digest);
    const kid = (address: string) => new URL(address).searchParams.get('kid');
    expect(kid(next)).not.toBe(kid(old));
    for (const address of [old, next]) expect((await follow(signed, address)).status).toBe(200);
  });

  it('an image is pulled whole by whoever follows', async () => {
    const image = await pushImage(signed, 'whole/image', { tag: 'v1' });
    const manifest = await signed.ask('GET', '/v2/whole/image/manifests/v1');
    expect(manifest.header('Content-Type')).toBe(MEDIA_TYPE.ociImage);
    const { config, layers } = manifest.json<{ config: { digest: string }; layers: { digest: string }[] }>();
    for (const { digest } of [config, ...layers]) {
      expect((await follow(signed, await addressOf(signed, 'whole/image', digest))).status).toBe(200);
    }
    expect(image.bytes).toEqual(manifest.body);
  });
});

describe('with redirects as Azure has them', () => {
  it('a forwarded Authorization header is answered to the letter of its storage, with or without a good address', async () => {
    const { digest } = await pushBlob(azure, 'app');
    const location = await addressOf(azure, 'app', digest);
    expect((await follow(azure, location)).status).toBe(200);
    for (const address of [location, location.slice(0, -1), `http://${DATA}/`]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await follow(azure, address, method, { Authorization: azure.basic });
        expect([answer.status, answer.header('Content-Type')]).toEqual([400, 'application/xml']);
        if (method === 'HEAD') continue;
        const id = answer.header('X-Ms-Correlation-Request-Id');
        expect(answer.text).toBe(
          `<?xml version="1.0" encoding="utf-8"?>\n<Error><Code>InvalidAuthenticationInfo</Code><Message>Authentication information is not given in the correct format. Check the value of Authorization header.\nRequestId:${id}\nTime:${clock.now().toISOString().replace('Z', '0000Z')}</Message></Error>`,
        );
      }
    }
  });
});

describe('behind a proxy that sends files itself', () => {
  it('says where the file is, to the proxy only, and only of bytes that may be sent', async () => {
    const site = await start('distribution: { accelLocation: /holdfast-blobs/ }\nproxies: [127.0.0.1]\n');
    const { digest } = await pushBlob(site, 'app');
    const hex = digest.slice(7);
    const headers = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' };
    const answer = await site.ask('GET', `/v2/app/blobs/${digest}`, { headers });
    expect([answer.status, answer.body.length, answer.header('X-Accel-Redirect')]).toEqual([
      200,
      0,
      `/holdfast-blobs/sha256/${hex.slice(0, 2)}/${hex}`,
    ]);
    expect([answer.header('Docker-Content-Digest'), answer.header('Content-Type')]).toEqual([
      digest,
      'application/octet-stream',
    ]);
    const anonymous = await site.ask('GET', `/v2/app/blobs/${digest}`, { as: 'none', headers });
    expect([anonymous.status, anonymous.header('X-Accel-Redirect')]).toEqual([401, undefined]);
  });

  it('sends the bytes itself to whoever did not come through it, though it be from the same machine', async () => {
    for (const proxies of ['10.9.9.9', '127.0.0.1']) {
      const site = await start(`distribution: { accelLocation: /holdfast-blobs/ }\nproxies: [${proxies}]\n`);
      const bytes = newBytes();
      const { digest } = await pushBlob(site, 'app', bytes);
      const answer = await site.ask('GET', `/v2/app/blobs/${digest}`);
      expect([answer.body, answer.header('X-Accel-Redirect')]).toEqual([bytes, undefined]);
    }
  });
});

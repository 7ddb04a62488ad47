import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { fakeExchange } from '../http/test-exchange.ts';
import { systemIds } from '../platform/ids.ts';
import { PortalFiles } from './portal-files.ts';
import { matchPortal, portalRoutes } from './routes.ts';

const ENDPOINTS = {
  management: 'https://management.local.test',
  graph: 'https://graph.local.test',
  data: 'https://data.local.test',
  portal: 'https://portal.local.test',
  authority: 'https://adfs.local.test/adfs',
  loginServerSuffix: '.azsacr.local.test',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-portal-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function ask(target: string, headers: Record<string, string> = {}, host = 'portal') {
  const portal = {
    files: new PortalFiles(folder),
    endpoints: () => ENDPOINTS,
    ids: systemIds,
    defaultRegistry: 'registry',
    tenantId: () => 't',
  };
  const hostRoute = host === 'portal' ? ({ kind: 'plane', plane: 'portal' } as const) : ({ kind: 'any' } as const);
  const { exchange, answer } = fakeExchange({ target, headers, facts: { hostRoute, host } });
  exchange.plane = 'portal';
  const segments = exchange.facts.target.segments;
  const match = matchPortal(portalRoutes(portal), host === 'portal' ? segments : segments.slice(1));
  const reference = match?.reference ?? '';
  await match?.routes[0]?.handle(exchange, { repository: '' as never, reference, values: {} });
  return answer();
}

describe('the portal, before it is built', () => {
  it('says so, and when to come again', async () => {
    await expect(ask('/')).rejects.toMatchObject({ code: 'server.unavailable', retryAfter: 5 });
  });
});

describe('the portal, once it is built', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<base href="__BASE__"><script nonce="__NONCE__"></script>');
    await writeFile(join(folder, 'assets', 'main-A1.js'), 'let x = 1;');
    await writeFile(join(folder, 'secret.txt'), 'secret');
  });

  it('is a page with a new nonce each time, under a policy of this site alone', async () => {
    const [first, second] = [await ask('/'), await ask('/r/contoso/repo/team/tags/~/tags')];
    const nonce = /nonce="([\w-]{24})"/.exec(first.body)?.[1] ?? '';
    expect(nonce).not.toBe('');
    expect(second.body).not.toContain(nonce);
    expect(first.headers['Content-Security-Policy']).toBe(
      `default-src 'self'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; ` +
        "connect-src 'self' https://management.local.test https://graph.local.test https://data.local.test https://adfs.local.test https://*.azsacr.local.test; " +
        "img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(first.headers).toMatchObject({ 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY' });
    expect(first.body).toContain('<base href="/">');
  });

  it('is below /portal/ on the own machine, and elsewhere leads to its own host', async () => {
    expect((await ask('/portal/r/x', {}, 'localhost:5000')).body).toContain('<base href="/portal/">');
    expect((await ask('/portal', {}, 'localhost:5000')).headers.Location).toBe('/portal/');
    expect(await ask('/portal/', {}, '10.1.2.3:5000')).toMatchObject({
      status: 307,
      headers: { Location: 'https://portal.local.test/' },
    });
  });

  it('has assets that never change, smaller for whom can unzip them', async () => {
    const plain = await ask('/assets/main-A1.js');
    expect(plain).toMatchObject({ status: 200, body: 'let x = 1;' });
    expect(plain.headers).toMatchObject({
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Type': 'text/javascript; charset=utf-8',
      Vary: 'Accept-Encoding',
    });
    expect(plain.headers).not.toHaveProperty('Pragma');
    const zipped = await ask('/assets/main-A1.js', { 'accept-encoding': 'br, gzip' });
    expect(zipped.headers['Content-Encoding']).toBe('gzip');
    expect(gunzipSync((await new PortalFiles(folder).asset('main-A1.js'))?.gzipped ?? '').toString()).toBe(
      'let x = 1;',
    );
  });

  it.each([
    '..%2fsecret.txt',
    '..%2f..%2fetc%2fpasswd',
    'main-A1.js%00',
    '.env',
    'main-B2.js',
    'secret.txt',
    '%2fetc%2fpasswd',
  ])('has no asset "%s"', async (name) => {
    await expect(ask(`/assets/${name}`)).rejects.toMatchObject({ code: 'route.unknown' });
  });

  it('tells where the planes are: on their hosts, or all by path', async () => {
    expect(JSON.parse((await ask('/settings.json')).body)).toMatchObject({
      byPath: false,
      management: ENDPOINTS.management,
    });
    expect(JSON.parse((await ask('/portal/settings.json', {}, 'localhost')).body)).toMatchObject({
      byPath: true,
      management: '',
      managementAudience: 'https://management.local.test/audience',
    });
  });
});

describe('requests of the portal from its own host to the others (A36)', () => {
  let registry: TestRegistry;
  let portal: string;
  beforeAll(async () => {
    registry = await startRegistry();
    portal = registry.bootstrap.endpoints.portal;
  });
  afterAll(() => registry.stop());
  const preflight = (origin: string, target: string) =>
    registry.ask('OPTIONS', target, {
      as: 'none',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'authorization',
      },
    });

  it.each(['/subscriptions', '/v2/_catalog', '/acr/v1/_catalog', '/oauth2/token', '/adfs/oauth2/token', '/v1.0/me'])(
    'are allowed by a preflight that is good for ten minutes: %s',
    async (target) => {
      const answer = await preflight(portal, target);
      expect(answer.status).toBe(204);
      expect(answer.header('Access-Control-Allow-Origin')).toBe(portal);
      for (const header of ['Authorization', 'Content-Range'])
        expect(answer.header('Access-Control-Allow-Headers')).toContain(header);
      expect(answer.header('Access-Control-Max-Age')).toBe('600');
      expect(answer.header('Access-Control-Allow-Credentials')).toBeUndefined();
    },
  );

  it('may be read whatever the answer, refusals too', async () => {
    for (const target of ['/livez', '/subscriptions', '/v2/', '/acr/v1/a/_tags', '/nowhere']) {
      const answer = await registry.ask('GET', target, { as: 'none', headers: { Origin: portal } });
      expect(answer.header('Access-Control-Allow-Origin'), target).toBe(portal);
      expect(answer.header('Access-Control-Expose-Headers'), target).toContain('WWW-Authenticate');
    }
  });

  it.each(['https://evil.example', 'null', 'https://portal.local.holdfast.internal.evil.example', ''])(
    'are nobody else’s: %s',
    async (origin) => {
      const refused = await preflight(origin, '/subscriptions');
      expect(refused.status).toBeGreaterThanOrEqual(400);
      for (const answer of [refused, await registry.ask('GET', '/v2/', { headers: { Origin: origin } })]) {
        expect(answer.header('Access-Control-Allow-Origin')).toBeUndefined();
      }
    },
  );
});

import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushImage, startUpload } from '../distribution/test-content.ts';

let registry: TestRegistry;
let secure: HttpClient;
let ca: string;
let domain: string;

beforeAll(async () => {
  registry = await startRegistry({ https: true, config: 'limits: { drainSeconds: 5 }' });
  domain = registry.bootstrap.domain;
  ca = await readFile(join(registry.dataDir, registry.bootstrap.caCertificate ?? ''), 'utf8');
  secure = new HttpClient(registry.https ?? '', { headers: { Authorization: registry.basic }, ca });
  await pushImage(registry, 'site/app', { tag: 'v1' });
});
afterAll(async () => {
  await secure.close();
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const as = (host: string, target = '/v2/site/app/manifests/v1', more: Record<string, string> = {}) =>
  registry.ask('GET', target, { headers: { Host: host, ...more } });
const challengeOf = async (host: string, client?: HttpClient) => {
  const headers = { Host: host, Authorization: '' };
  const answer = client
    ? await client.request('GET', '/v2/', { headers })
    : await registry.ask('GET', '/v2/', { as: 'none', headers: { Host: host } });
  return answer.header('WWW-Authenticate');
};

describe('the host of a request', () => {
  it.each(['localhost', '127.0.0.1:5000', '[::1]:5000', 'whatever.example', 'registry'])(
    '%s leads to the default registry, and the challenge stays there',
    async (host) => {
      expect((await as(host)).status).toBe(200);
      expect(await challengeOf(host)).toBe(`Bearer realm="http://${host}/oauth2/token",service="${host}"`);
    },
  );

  it('names a registry, whatever its case and port; the challenge names its login server', async () => {
    const { loginServer } = registry.bootstrap.registry;
    expect(loginServer).toBe(`registry.azsacr.${domain}:${new URL(registry.https ?? '').port}`);
    const challenge = `Bearer realm="https://${loginServer}/oauth2/token",service="${loginServer}"`;
    for (const host of [loginServer, `registry.azsacr.${domain}`, `REGISTRY.azsacr.${domain.toUpperCase()}:1`]) {
      expect((await as(host)).status).toBe(200);
      expect(await challengeOf(host)).toBe(challenge);
      expect(await challengeOf(host, secure)).toBe(challenge);
    }
  });

  it('written with capitals is answered with the hint to write it small', async () => {
    const answer = await registry.ask('GET', '/v2/', { as: 'none', headers: { Host: `Registry.azsacr.${domain}` } });
    expect(expectError(answer, 401, 'UNAUTHORIZED').message).toContain(`registry.azsacr.${domain}`);
  });

  it('of no registry is 404', async () => {
    expectError(await as(`other.azsacr.${domain}`), 404, 'NAME_UNKNOWN');
    const token = await as(`other.azsacr.${domain}`, '/oauth2/token?service=x');
    expectError(token, 404, 'NAME_UNKNOWN');
  });

  it.each(['management', 'portal', 'data', 'login'])('of another plane (%s) has no /v2', async (plane) => {
    expect((await as(`${plane}.${domain}`)).status).toBe(404);
  });

  it('in an absolute target counts instead of the header', async () => {
    const target = `http://other.azsacr.${domain}/v2/site/app/manifests/v1`;
    expectError(await as('localhost', target), 404, 'NAME_UNKNOWN');
    expect((await as(`other.azsacr.${domain}`, 'http://localhost/v2/site/app/manifests/v1')).status).toBe(200);
  });

  it('forwarded by nobody that was configured does not count', async () => {
    const more = { 'X-Forwarded-Host': `other.azsacr.${domain}`, 'X-Forwarded-Proto': 'https' };
    const answer = await registry.ask('GET', '/v2/', { as: 'none', headers: { Host: 'localhost', ...more } });
    expect(answer.header('WWW-Authenticate')).toBe('Bearer realm="http://localhost/oauth2/token",service="localhost"');
  });

  it('forwarded by nobody that was configured makes the request one from elsewhere', async () => {
    const more = { 'X-Forwarded-For': '203.0.113.9' };
    const refused = await as('localhost', undefined, more);
    expect([refused.status, refused.body.toString()]).toEqual([401, expect.stringContaining('plain HTTP')]);
    expect((await registry.ask('GET', '/metrics', { as: 'none' })).status).toBe(200);
    expect((await registry.ask('GET', '/metrics', { as: 'none', headers: more })).status).toBe(404);
  });
});

describe('HTTPS', () => {
  it('serves the API under the certificate of the site, with HSTS on its own names only', async () => {
    const answer = await secure.request('GET', '/v2/site/app/manifests/v1');
    expect(answer.status).toBe(200);
    expect(answer.header('Strict-Transport-Security')).toBeUndefined();
    const Host = registry.bootstrap.registry.loginServer;
    const named = await secure.request('GET', '/v2/site/app/manifests/v1', { headers: { Host } });
    expect(named.header('Strict-Transport-Security')).toBe('max-age=31536000; includeSubDomains');
    const bytes = newBytes(3_000_000);
    const digest = digestOf(bytes);
    const pushed = await secure.request('POST', `/v2/site/app/blobs/uploads/?digest=${digest}`, { body: bytes });
    expect([pushed.status, pushed.header('Location')]).toEqual([201, `/v2/site/app/blobs/${digest}`]);
    expect((await secure.request('GET', pushed.header('Location') ?? '')).body.equals(bytes)).toBe(true);
  });

  it('sends to a token endpoint of its own scheme', async () => {
    const { host } = new URL(registry.https ?? '');
    expect(await challengeOf(host, secure)).toBe(`Bearer realm="https://${host}/oauth2/token",service="${host}"`);
  });

  it.each(['localhost', '127.0.0.1', 'registry.azsacr', 'portal', 'anything'])('is trusted for %s', async (name) => {
    const servername = name.includes('azsacr') ? `${name}.${domain}` : /^[pa]/.test(name) ? `${name}.${domain}` : name;
    const { port } = new URL(registry.https ?? '');
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      ca,
      ...(name === '127.0.0.1' ? {} : { servername }),
    });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(['TLSv1.2', 'TLSv1.3']).toContain(socket.getProtocol());
    socket.destroy();
  });

  it('is not trusted without its CA, and speaks nothing older than TLS 1.2', async () => {
    const stranger = new HttpClient(registry.https ?? '');
    await expect(stranger.request('GET', '/v2/')).rejects.toThrow(/certificate/);
    const { port } = new URL(registry.https ?? '');
    const old = connect({
      host: '127.0.0.1',
      port: Number(port),
      ca,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'ALL@SECLEVEL=0',
    });
    await expect(
      new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject)),
    ).rejects.toThrow(/protocol|alert|unsupported|version/i);
  });
});

describe('behind a configured proxy', () => {
  it('the scheme and host that the client sees stand in the challenge', async () => {
    const proxied = await startRegistry({ config: 'proxies: [127.0.0.1]\npublicPort: 443' });
    try {
      const ask = (headers: Record<string, string>) => proxied.ask('GET', '/v2/', { as: 'none', headers });
      const plain = await ask({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'images.example' });
      expect(plain.header('WWW-Authenticate')).toBe(
        'Bearer realm="https://images.example/oauth2/token",service="images.example"',
      );
      const host = `registry.azsacr.${proxied.bootstrap.domain}`;
      const named = await ask({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': host });
      expect(named.header('WWW-Authenticate')).toBe(`Bearer realm="https://${host}/oauth2/token",service="${host}"`);
      expect(named.header('Strict-Transport-Security')).toContain('max-age');
      expect(proxied.bootstrap.registry.loginServer).toBe(host);
      // Else redirects, and all that az is told, would lead to port 80.
      expect(proxied.bootstrap.endpoints.management).toBe(`https://management.${proxied.bootstrap.domain}`);
    } finally {
      await proxied.stop();
    }
  });
});

describe('stopping', () => {
  it('lets a request under way end, and takes no new ones', async () => {
    const stopping = await startRegistry();
    const location = await startUpload(stopping, 'site/app');
    const body = new PassThrough();
    body.write('first ');
    const chunk = stopping.ask('PATCH', location, { body });
    await sleep(50);
    const { http } = stopping;
    let stopped = false;
    const begun = performance.now();
    const end = stopping.restart().then(() => {
      stopped = true;
    });
    await sleep(50);
    const { hostname, port } = new URL(http);
    const refused = new Promise((resolve) => request({ hostname, port }).on('error', resolve).end());
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect(stopped).toBe(false);
    body.end('second');
    const answer = await chunk;
    expect([answer.status, answer.header('Connection')]).toEqual([202, 'close']);
    await end;
    expect(performance.now() - begun).toBeLessThan(5000); // the connection was not kept alive until the drain time was over
    expect((await stopping.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe('12');
    await stopping.stop();
  });
});

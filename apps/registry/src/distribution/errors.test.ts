import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, pushImage } from './test-content.ts';

let registry: TestRegistry;
const digest = digestOf('x');

beforeAll(async () => {
  registry = await startRegistry();
  await pushImage(registry, 'errors/app', { tag: 'v1' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

/** Every route of /v2, with the scope that it asks for. */
const ROUTES: [method: string, target: string, scope: string | undefined][] = [
  ['GET', '/v2/', undefined],
  ['HEAD', '/v2/', undefined],
  ['GET', '/v2/_catalog', 'registry:catalog:*'],
  ['GET', '/v2/errors/app/tags/list', 'repository:errors/app:pull'],
  ['GET', '/v2/errors/app/manifests/v1', 'repository:errors/app:pull'],
  ['HEAD', '/v2/errors/app/manifests/v1', 'repository:errors/app:pull'],
  ['PUT', '/v2/errors/app/manifests/v1', 'repository:errors/app:pull,push'],
  ['DELETE', '/v2/errors/app/manifests/v1', 'repository:errors/app:delete'],
  ['GET', `/v2/errors/app/blobs/${digest}`, 'repository:errors/app:pull'],
  ['HEAD', `/v2/errors/app/blobs/${digest}`, 'repository:errors/app:pull'],
  ['DELETE', `/v2/errors/app/blobs/${digest}`, 'repository:errors/app:delete'],
  ['GET', `/v2/errors/app/referrers/${digest}`, 'repository:errors/app:pull'],
  ['POST', '/v2/errors/app/blobs/uploads/', 'repository:errors/app:pull,push'],
  ['POST', '/v2/errors/app/blobs/uploads', 'repository:errors/app:pull,push'],
  ['GET', '/v2/errors/app/blobs/uploads/x', 'repository:errors/app:pull,push'],
  ['PATCH', '/v2/errors/app/blobs/uploads/x', 'repository:errors/app:pull,push'],
  ['PUT', '/v2/errors/app/blobs/uploads/x', 'repository:errors/app:pull,push'],
  ['DELETE', '/v2/errors/app/blobs/uploads/x', 'repository:errors/app:pull,push'],
];

describe('whoever did not sign in', () => {
  it.each(ROUTES)('gets 401 and the challenge from %s %s', async (method, target, scope) => {
    const answer = await registry.ask(method, target, { as: 'none' });
    if (method === 'HEAD') expect([answer.status, answer.body.length]).toEqual([401, 0]);
    else expectError(answer, 401, 'UNAUTHORIZED');
    const service = new URL(registry.http).host;
    // The first upload also offers the scope for mounts without a source.
    const offered = method === 'POST' ? ' registry:blobs:mount' : '';
    const wanted = scope === undefined ? '' : `,scope="${scope}${offered}"`;
    const challenge = `Bearer realm="${registry.http}/oauth2/token",service="${service}"${wanted}`;
    expect(answer.header('WWW-Authenticate')).toBe(challenge);
  });

  it('gets the same answer for what is there and what is not', async () => {
    const there = await registry.ask('GET', '/v2/errors/app/manifests/v1', { as: 'none' });
    const absent = await registry.ask('GET', '/v2/errors/none/manifests/v1', { as: 'none' });
    const plain = (text: string) =>
      text.replaceAll('errors/none', 'errors/app').replace(/\(correlation id [0-9a-f-]{36}\)/, '');
    expect([absent.status, plain(absent.text)]).toEqual([there.status, plain(there.text)]);
    expect(absent.names).toEqual(there.names);
  });
});

describe('whose credentials are not valid', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each([
    ['a wrong password', () => basic('registry:wrong'), undefined],
    ['a wrong name', () => basic(`someone:${registry.password}`), undefined],
    ['no colon', () => basic('registry'), undefined],
    ['no token', () => 'Bearer nothing', 'invalid_token'],
    ['an unknown scheme', () => 'Negotiate abc', undefined],
    ['an empty header', () => '', undefined],
  ])('(%s) gets 401', async (_, authorization, error) => {
    const headers = { Authorization: authorization() };
    const answer = await registry.ask('GET', '/v2/errors/app/manifests/v1', { as: 'none', headers });
    expectError(answer, 401, 'UNAUTHORIZED');
    expect(answer.header('WWW-Authenticate')?.endsWith(error ? `,error="${error}"` : ':pull"')).toBe(true);
  });
});

describe('whose token is for something else', () => {
  it.each(ROUTES.filter(([, , scope]) => scope !== undefined))(
    'gets 401 and insufficient_scope from %s %s',
    async (method, target, scope) => {
      const token = await registry.token(
        'repository:errors/other:*',
        'repository:errors:*',
        'repository:errors/app/deeper:*',
      );
      const answer = await registry.ask(method, target, { as: token });
      expect(answer.status).toBe(401);
      expect(answer.header('WWW-Authenticate')).toContain(`scope="${scope}",error="insufficient_scope"`);
    },
  );

  it('may not delete with a right to push, nor push with one to pull', async () => {
    const pusher = await registry.token('repository:errors/app:pull,push');
    expect((await registry.ask('DELETE', '/v2/errors/app/manifests/v1', { as: pusher })).status).toBe(401);
    const puller = await registry.token('repository:errors/app:pull');
    expect((await registry.ask('GET', '/v2/errors/app/manifests/v1', { as: puller })).status).toBe(200);
    expect((await registry.ask('POST', '/v2/errors/app/blobs/uploads/', { as: puller })).status).toBe(401);
  });
});

describe('a method that a path does not have', () => {
  it.each([
    ['POST', '/v2/', 'GET, HEAD'],
    ['POST', '/v2/_catalog', 'GET'],
    ['PUT', '/v2/errors/app/tags/list', 'GET'],
    ['POST', '/v2/errors/app/manifests/v1', 'GET, HEAD, PUT, DELETE'],
    ['PUT', `/v2/errors/app/blobs/${digest}`, 'GET, HEAD, DELETE'],
    ['GET', '/v2/errors/app/blobs/uploads/', 'POST'],
    ['POST', '/v2/errors/app/blobs/uploads/x', 'GET, PATCH, PUT, DELETE'],
    ['DELETE', `/v2/errors/app/referrers/${digest}`, 'GET'],
    ['OPTIONS', '/v2/', 'GET, HEAD'],
  ])('%s %s is 405 and tells which ones it has', async (method, target, allow) => {
    const answer = await registry.ask(method, target);
    expectError(answer, 405, 'UNSUPPORTED');
    expect(answer.header('Allow')).toBe(allow);
  });
});

describe('every answer', () => {
  const CASES: [string, string][] = [
    ['GET', '/v2/'],
    ['GET', '/v2/errors/app/manifests/v1'],
    ['GET', '/v2/errors/app/manifests/v9'],
    ['GET', '/v2/ERRORS/manifests/v1'],
    ['GET', '/nowhere'],
    ['POST', '/v2/errors/app/blobs/uploads/'],
    ['DELETE', '/v2/'],
  ];
  it.each(CASES)(
    '(%s %s) carries the headers that ACR sends, spelled as clients look for them',
    async (method, target) => {
      const answer = await registry.ask(method, target);
      expect(answer.names).toEqual(
        expect.arrayContaining([
          'Docker-Distribution-Api-Version',
          'X-Ms-Correlation-Request-Id',
          'X-Content-Type-Options',
          'Content-Length',
          'Date',
        ]),
      );
      for (const name of answer.names) expect(answer.names.filter((other) => other === name)).toHaveLength(1);
      expect(answer.header('Docker-Distribution-Api-Version')).toBe('registry/2.0');
      expect(answer.header('X-Content-Type-Options')).toBe('nosniff');
      expect(answer.header('Strict-Transport-Security')).toBeUndefined();
      expect(answer.header('X-Powered-By')).toBeUndefined();
    },
  );

  it('carries the correlation id of its request, if that is one', async () => {
    const id = '0123abcd-0000-4000-8000-0123456789ab';
    const ask = (sent: string) => registry.ask('GET', '/v2/', { headers: { 'x-ms-correlation-request-id': sent } });
    expect((await ask(id)).header('X-Ms-Correlation-Request-Id')).toBe(id);
    const own = (await ask(`${id}"injected`)).header('X-Ms-Correlation-Request-Id');
    expect(own).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await ask('x')).header('X-Ms-Correlation-Request-Id')).not.toBe(own);
  });
});

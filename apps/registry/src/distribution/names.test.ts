import { digestOf } from '@holdfast/oci/digest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushImage, startUpload } from './test-content.ts';

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({ config: 'uploads: { perPrincipal: 2000 }' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

describe('a repository may be called', () => {
  it.each([
    '1gb',
    'a',
    '0',
    'a/b/manifests/c',
    'a/blobs/uploads',
    'tags/list/x',
    'tags/list',
    'blobs/uploads',
    'manifests',
    'a/manifests',
    'a/tags',
    'x/referrers',
    'referrers/y/blobs',
    'v2',
    'v2/_x'.replace('_', ''),
    'a/catalog',
    'a.b_c__d---e/f',
    'localhost/app',
    `${'a'.repeat(127)}/${'b'.repeat(127)}`,
  ])('%s, and everything works below it', async (name) => {
    const image = await pushImage(registry, name, { tag: 'list' });
    for (const reference of ['list', image.digest])
      expect((await registry.ask('GET', `/v2/${name}/manifests/${reference}`)).status).toBe(200);
    expect((await registry.ask('GET', `/v2/${name}/tags/list`)).json()).toEqual({ name, tags: ['list'] });
    expect((await registry.ask('GET', `/v2/${name}/referrers/${image.digest}`)).status).toBe(200);
    const bytes = newBytes();
    const location = await startUpload(registry, name);
    expect(location.startsWith(`/v2/${name}/blobs/uploads/`)).toBe(true);
    expect((await registry.ask('PATCH', location, { body: bytes })).status).toBe(202);
    expect((await registry.ask('GET', location)).status).toBe(204);
    const put = await registry.ask('PUT', `${location}?digest=${digestOf(bytes)}`);
    expect(put.header('Location')).toBe(`/v2/${name}/blobs/${digestOf(bytes)}`);
    const head = await registry.ask('HEAD', put.header('Location') ?? '');
    expect(head.status).toBe(200);
    expect((await registry.ask('DELETE', `/v2/${name}/blobs/${digestOf(bytes)}`)).status).toBe(202);
    expect(
      (await registry.ask('GET', '/v2/_catalog?n=1000')).json<{ repositories: string[] }>().repositories,
    ).toContain(name);
  });
});

describe('a repository may not be called', () => {
  it.each([
    ['A', 'a'],
    ['My/App', 'my/app'],
    ['a_/b', 'a/b'],
    ['a..b', 'a-b'],
    ['a___b', 'a-b'],
    ['-a', 'a'],
    ['a//b', 'a/b'],
    ['/a', 'a'],
    ['a/', 'a'],
    ['..', undefined],
    ['a/../b', 'a/b'],
    ['./a', 'a'],
    ['a/./b', 'a/b'],
    ['a%20b', 'a-b'],
    ['%C3%A4', 'a'],
    ['a%00', 'a'],
    ['a:b', 'a-b'],
    ['_catalog', 'catalog'],
    ['a'.repeat(256), undefined],
  ])('%s: 400 with the reason and a name that would do', async (name, suggestion) => {
    const targets: [string, string][] = [
      ['GET', 'manifests/v1'],
      ['PUT', 'manifests/v1'],
      ['GET', 'tags/list'],
      ['POST', 'blobs/uploads/'],
      ['GET', `blobs/${digestOf('x')}`],
      ['GET', `referrers/${digestOf('x')}`],
      ['DELETE', 'manifests/v1'],
    ];
    for (const [method, rest] of targets) {
      const answer = await registry.ask(method, `/v2/${name}/${rest}`);
      const { message, detail } = expectError(answer, 400, 'NAME_INVALID');
      expect(message).toContain('invalid repository name');
      expect(detail).toMatchObject(suggestion === undefined ? {} : { suggestion });
    }
  });
});

describe('a slash that is written %2F', () => {
  // As the Azure SDKs write names: https://github.com/Azure/azure-sdk-for-js, sdk/containerregistry
  it.each(['%2F', '%2f'])('(%s) separates the components of a name, openly: every answer says a/b', async (slash) => {
    const image = await pushImage(registry, 'enc/app', { tag: 'v1' });
    const name = `enc${slash}app`;
    expect((await registry.ask('GET', `/v2/${name}/manifests/v1`)).header('Docker-Content-Digest')).toBe(image.digest);
    expect((await registry.ask('GET', `/v2/${name}/tags/list`)).json()).toEqual({ name: 'enc/app', tags: ['v1'] });
    const session = await registry.ask('POST', `/v2/${name}/blobs/uploads/`);
    expect(session.header('Location')).toMatch(/^\/v2\/enc\/app\/blobs\/uploads\//);
    const anonymous = await registry.ask('GET', `/v2/${name}/manifests/v1`, { as: 'none' });
    expect(anonymous.header('WWW-Authenticate')).toContain('scope="repository:enc/app:pull"');
  });

  it('needs the right of the name that it means, no other', async () => {
    await pushImage(registry, 'enc/app', { tag: 'v1' });
    for (const scope of ['repository:enc:pull', 'repository:enc%2Fapp:pull', 'repository:app:pull']) {
      const token = await registry.token(scope);
      expectError(await registry.ask('GET', '/v2/enc%2Fapp/manifests/v1', { as: token }), 401, 'UNAUTHORIZED');
    }
    const token = await registry.token('repository:enc/app:pull');
    expect((await registry.ask('GET', '/v2/enc%2Fapp/manifests/v1', { as: token })).status).toBe(200);
  });

  it('never makes a route: behind manifests it is part of a tag, which it may not be', async () => {
    await pushImage(registry, 'enc/app', { tag: 'v1' });
    expectError(await registry.ask('GET', '/v2/enc%2Fapp%2Fmanifests%2Fv1'), 404, 'UNSUPPORTED');
    expectError(await registry.ask('GET', '/v2/enc/app/manifests%2Fv1'), 404, 'UNSUPPORTED');
    expectError(await registry.ask('GET', '/v2/enc/manifests/app%2Fmanifests%2Fv1'), 400, 'TAG_INVALID');
    expectError(await registry.ask('GET', '/v2%2Fenc/app/manifests/v1'), 404, 'UNSUPPORTED');
    expectError(await registry.ask('GET', '/v2/enc/..%2F..%2Fenc/app/manifests/v1'), 400, 'NAME_INVALID');
  });
});

describe('a path that is no path of the API', () => {
  it.each([
    '/',
    '/v1/',
    '/v2/a',
    '/v2/a/b',
    '/v2/tags/list',
    '/v2/manifests/v1',
    '/v2/a/tags/list/',
    '/v2/a/tags',
    '/v2/_catalog/',
    '/v2/a/blobs/uploads/x/y',
    '/v3/a/manifests/v1',
  ])('%s is 404', async (path) => {
    expectError(await registry.ask('GET', path), 404, 'UNSUPPORTED');
  });

  it.each(['/v2/%', '/v2/%zz/manifests/v1', '/v2/%ff/tags/list', '*'])('%s is 400', async (path) => {
    expectError(await registry.ask('GET', path), 400, 'UNSUPPORTED');
  });

  it('is answered, whatever it is', async () => {
    const piece = fc.constantFrom(
      'a',
      'v2',
      'manifests',
      'blobs',
      'uploads',
      'tags',
      'list',
      'referrers',
      '_catalog',
      '',
      '.',
      '..',
      '%2F',
      '%2e%2e',
      '%00',
      '%',
      '?',
      '&',
      '=',
      ':',
      'sha256:',
      '@',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS'),
        fc.array(piece, { maxLength: 9 }),
        async (method, pieces) => {
          const answer = await registry.ask(method, `/v2/${pieces.join('/')}`);
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400 && method !== 'HEAD') expect(answer.json()).toHaveProperty('errors.0.code');
        },
      ),
      { numRuns: 150 },
    );
  });
});

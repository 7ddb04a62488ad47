import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { FakeClock } from '../../apps/registry/src/platform/clock.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

// A09: a token of before a repository was deleted does not open the next one of its name.

let registry: TestRegistry;
const clock = new FakeClock();
beforeAll(async () => {
  registry = await startRegistry({ clock });
});
afterAll(() => registry.stop());

const ALL = 'pull,push,delete,metadata_read,metadata_write';
const pull = (name: string, token: string) => registry.ask('GET', `/v2/${name}/manifests/v1`, { as: token });
const inForm = (form: Record<string, string>) =>
  registry.ask('POST', '/oauth2/token', {
    as: 'none',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ service: 'test', ...form }).toString(),
  });

/** The ways in which a repository goes. */
const WAYS: Readonly<Record<string, (name: string, digest: string) => Promise<unknown>>> = {
  'as a whole': (name) => registry.ask('DELETE', `/acr/v1/${name}`),
  'with its last manifest': (name, digest) => registry.ask('DELETE', `/v2/${name}/manifests/${digest}`),
};

describe.each(Object.entries(WAYS))('a repository that is deleted %s', (way, remove) => {
  const name = `deleted/${way.replaceAll(' ', '-')}`;

  it('is not opened again by a token of before, on any way', async () => {
    const image = await pushImage(registry, name, { tag: 'v1' });
    const old = await registry.token(`repository:${name}:${ALL}`, `repository:${name}-thief:${ALL}`);
    const other = await registry.token(`repository:${name}/other:${ALL}`, 'registry:catalog:*');
    expect((await pull(name, old)).status).toBe(200);
    clock.advance(10);
    await remove(name, image.digest);
    const gone = await pull(name, old);
    expectError(gone, 401, 'UNAUTHORIZED');
    const inTheSameMoment = await registry.token(`repository:${name}:${ALL}`);
    clock.advance(10);
    const next = await pushImage(registry, name, { tag: 'v1' });
    for (const [method, target] of [
      ['GET', `/v2/${name}/manifests/v1`],
      ['GET', `/v2/${name}/tags/list`],
      ['POST', `/v2/${name}/blobs/uploads/`],
      ['PUT', `/v2/${name}/manifests/v2`],
      ['DELETE', `/v2/${name}/manifests/v1`],
      ['GET', `/acr/v1/${name}`],
      ['PATCH', `/acr/v1/${name}`],
      ['DELETE', `/acr/v1/${name}/_tags/v1`],
      ['DELETE', `/acr/v1/${name}`],
    ] as const) {
      for (const as of [old, inTheSameMoment])
        expectError(await registry.ask(method, target, { as }), 401, 'UNAUTHORIZED');
    }
    // The token may push to the thief's repository, but not take from this one what came after it.
    const mount = `/v2/${name}-thief/blobs/uploads/?mount=${next.layers[0]?.digest}&from=${name}`;
    expect((await registry.ask('POST', mount, { as: old })).status).toBe(202);
    expect((await registry.ask('POST', mount)).status).toBe(201);
    expect((await registry.ask('GET', `/v2/${name}/other/tags/list`, { as: other })).status).toBe(404); // let in
    expect((await registry.ask('GET', '/v2/_catalog', { as: other })).status).toBe(200);
    expect((await registry.ask('GET', `/v2/${name}/manifests/v1`)).status).toBe(200); // a direct sign-in is of now
  });

  it('is opened by a token of after, also one that was got with a refresh token of before', async () => {
    const image = await pushImage(registry, `${name}/2`, { tag: 'v1' });
    const { username, password } = registry;
    const answer = await inForm({ grant_type: 'password', username, password, access_type: 'offline' });
    const { refresh_token } = answer.json<{ refresh_token: string }>();
    expect(refresh_token).toBeDefined();
    clock.advance(10);
    await remove(`${name}/2`, image.digest);
    clock.advance(10);
    await pushImage(registry, `${name}/2`, { tag: 'v1' });
    const renewed = await inForm({ grant_type: 'refresh_token', refresh_token, scope: `repository:${name}/2:${ALL}` });
    expect((await pull(`${name}/2`, renewed.json<{ access_token: string }>().access_token)).status).toBe(200);
    expect((await pull(`${name}/2`, await registry.token(`repository:${name}/2:pull`))).status).toBe(200);
  });

  it('stays shut to old tokens when the server was started anew', async () => {
    const image = await pushImage(registry, `${name}/3`, { tag: 'v1' });
    const old = await registry.token(`repository:${name}/3:pull`);
    clock.advance(10);
    await remove(`${name}/3`, image.digest);
    clock.advance(10);
    await pushImage(registry, `${name}/3`, { tag: 'v1' });
    await registry.restart();
    expectError(await pull(`${name}/3`, old), 401, 'UNAUTHORIZED');
  });
});

it('a repository that only lost one of its manifests stays open to its tokens', async () => {
  const image = await pushImage(registry, 'deleted/half', { tag: 'old' });
  await pushImage(registry, 'deleted/half', { tag: 'v1' });
  const token = await registry.token('repository:deleted/half:pull');
  clock.advance(10);
  await registry.ask('DELETE', `/v2/deleted/half/manifests/${image.digest}`);
  expect((await pull('deleted/half', token)).status).toBe(200);
});

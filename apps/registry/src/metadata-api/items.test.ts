import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, pushBlob, pushImage, pushIndex, pushManifest } from '../distribution/test-content.ts';

let registry: TestRegistry;
let serial = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/;
const ALL_ON = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
const fresh = () => `meta/r${++serial}`;
const acr = (method: string, path: string, body?: unknown) =>
  registry.ask(method, `/acr/v1/${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
const loginServer = () => new URL(registry.http).host;

/** An image whose config says for what it is made. */
async function pushPlatformImage(repository: string, architecture: string, tag?: string) {
  const config = JSON.stringify({ architecture, os: 'linux', random: ++serial });
  const descriptor = await pushBlob(registry, repository, config, MEDIA_TYPE.ociConfig);
  const image = await pushImage(registry, repository, { ...(tag ? { tag } : {}), members: { config: descriptor } });
  return { ...image, imageSize: descriptor.size + image.layers.reduce((sum, layer) => sum + layer.size, 0) };
}

describe('GET of a repository', () => {
  it('tells its counts, times and attributes, and nothing else', async () => {
    const repository = fresh();
    await pushImage(registry, repository, { tag: 'one' });
    await pushImage(registry, repository, { tag: 'two' });
    await pushImage(registry, repository, { tag: 'two' });
    const answer = await acr('GET', repository);
    expect([answer.status, answer.header('Content-Type')]).toEqual([200, 'application/json; charset=utf-8']);
    const time = expect.stringMatching(TIME);
    expect(answer.json()).toEqual({
      registry: loginServer(),
      imageName: repository,
      createdTime: time,
      lastUpdateTime: time,
      manifestCount: 3,
      tagCount: 2,
      changeableAttributes: ALL_ON,
    });
  });

  it.each(['nothing/here', 'nothing'])('that holds no image is 404: %s', async (name) => {
    expect(expectError(await acr('GET', name), 404, 'NAME_UNKNOWN').detail).toEqual({ name });
    expectError(await acr('PATCH', name, { writeEnabled: false }), 404, 'NAME_UNKNOWN');
    expectError(await acr('DELETE', name), 404, 'NAME_UNKNOWN');
    for (const list of ['_tags', '_manifests', '_tags/v1', `_manifests/${digestOf('x')}`]) {
      expectError(await acr('GET', `${name}/${list}`), 404, 'NAME_UNKNOWN');
    }
    await pushBlob(registry, name); // blobs make no repository
    expectError(await acr('GET', name), 404, 'NAME_UNKNOWN');
  });
});

describe('a path below /acr/v1', () => {
  it('takes the slashes of a name raw or encoded, and words of other paths inside it', async () => {
    for (const repository of ['enc/app', 'enc/manifests/x', 'enc/tags/list', 'enc/blobs/uploads', 'a/b/c/d']) {
      const image = await pushImage(registry, repository, { tag: 'v1' });
      for (const name of [repository, repository.replaceAll('/', '%2F'), repository.replaceAll('/', '%2f')]) {
        expect((await acr('GET', name)).json()).toMatchObject({ imageName: repository, tagCount: 1 });
        expect((await acr('GET', `${name}/_tags/v1`)).json()).toMatchObject({
          imageName: repository,
          tag: { digest: image.digest },
        });
        expect((await acr('GET', `${name}/_manifests/${image.digest}`)).status).toBe(200);
        expect((await acr('GET', `${name}/_manifests/${encodeURIComponent(image.digest)}`)).status).toBe(200);
        expect((await acr('GET', `${name}/_tags`)).status).toBe(200);
      }
    }
  });

  it.each([
    ['GET', '_nothing', 404, 'UNSUPPORTED'],
    ['GET', '_deleted', 404, 'UNSUPPORTED'],
    ['GET', '_deleted/a', 404, 'UNSUPPORTED'],
    ['DELETE', '_deleted/_catalog', 405, 'UNSUPPORTED'],
    ['GET', '_deleted/A/_tags', 400, 'NAME_INVALID'],
    ['GET', '', 404, 'UNSUPPORTED'],
    ['GET', '_tags', 404, 'UNSUPPORTED'],
    ['GET', '/_tags', 404, 'UNSUPPORTED'],
    ['GET', 'a/', 400, 'NAME_INVALID'],
    ['GET', 'a//b', 400, 'NAME_INVALID'],
    ['GET', 'a/_tags/v1/x', 400, 'NAME_INVALID'],
    ['GET', 'a/_other/v1', 400, 'NAME_INVALID'],
    ['GET', 'A/_tags', 400, 'NAME_INVALID'],
    ['GET', 'a%2F..%2Fb', 400, 'NAME_INVALID'],
    ['POST', 'a', 405, 'UNSUPPORTED'],
    ['PUT', 'a/_tags/v1', 405, 'UNSUPPORTED'],
    ['DELETE', 'a/_tags', 405, 'UNSUPPORTED'],
    ['DELETE', '_catalog', 405, 'UNSUPPORTED'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    expectError(await acr(method, path), status, code);
  });

  it('with an empty tag means no repository: nothing is locked, shown or deleted', async () => {
    const repository = fresh();
    await pushImage(registry, repository, { tag: 'v1' });
    for (const tag of ['', '%20']) {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const answer = await acr(method, `${repository}/_tags/${tag}`, { writeEnabled: false });
        expectError(answer, 400, 'TAG_INVALID');
      }
    }
    expectError(await acr('PATCH', `${repository}/_manifests/`, { writeEnabled: false }), 404, 'MANIFEST_UNKNOWN');
    expect((await acr('GET', repository)).json()).toMatchObject({ tagCount: 1, changeableAttributes: ALL_ON });
  });

  it('asks for the scope that leads in', async () => {
    const digest = digestOf('x');
    for (const [method, path, scope] of [
      ['GET', '_catalog', 'registry:catalog:*'],
      ['GET', 'a/b', 'repository:a/b:metadata_read'],
      ['PATCH', 'a%2Fb', 'repository:a/b:metadata_write'],
      ['DELETE', 'a/b', 'repository:a/b:delete'],
      ['GET', 'a/b/_tags', 'repository:a/b:metadata_read'],
      ['GET', 'a/b/_tags/v1', 'repository:a/b:metadata_read'],
      ['PATCH', 'a/b/_tags/v1', 'repository:a/b:metadata_write'],
      ['DELETE', 'a/b/_tags/v1', 'repository:a/b:delete'],
      ['GET', 'a/b/_manifests', 'repository:a/b:metadata_read'],
      ['GET', `a/b/_manifests/${digest}`, 'repository:a/b:metadata_read'],
      ['PATCH', `a/b/_manifests/${digest}`, 'repository:a/b:metadata_write'],
      ['DELETE', `a/b/_manifests/${digest}`, 'repository:a/b:delete'],
    ] as const) {
      const answer = await registry.ask(method, `/acr/v1/${path}?api-version=2021-07-01`, { as: 'none' });
      expectError(answer, 401, 'UNAUTHORIZED');
      expect(answer.header('WWW-Authenticate')).toMatch(new RegExp(`,scope="${scope.replace('*', '\\*')}"$`));
      const token = await registry.token(scope);
      expect((await registry.ask(method, `/acr/v1/${path}`, { as: token })).status).not.toBe(401);
    }
  });
});

describe('GET of a tag', () => {
  it('tells its digest, times and attributes, and nothing else', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'v1' });
    const time = expect.stringMatching(TIME);
    expect((await acr('GET', `${repository}/_tags/v1`)).json()).toEqual({
      registry: loginServer(),
      imageName: repository,
      tag: {
        name: 'v1',
        digest: image.digest,
        createdTime: time,
        lastUpdateTime: time,
        signed: false,
        changeableAttributes: ALL_ON,
      },
    });
  });

  it('that is not there is 404', async () => {
    const repository = fresh();
    await pushImage(registry, repository, { tag: 'v1' });
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const { message } = expectError(await acr(method, `${repository}/_tags/v2`, {}), 404, 'TAG_UNKNOWN');
      expect(message).toContain('the specified tag does not exist');
    }
  });
});

describe('DELETE of a tag', () => {
  it('is 202 without a body, and its manifest stays', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'v1' });
    const answer = await acr('DELETE', `${repository}/_tags/v1`);
    expect([answer.status, answer.body.length]).toEqual([202, 0]);
    expectError(await acr('GET', `${repository}/_tags/v1`), 404, 'TAG_UNKNOWN');
    const { manifest } = (await acr('GET', `${repository}/_manifests/${image.digest}`)).json<{ manifest: object }>();
    expect(manifest).not.toHaveProperty('tags');
    expect((await acr('GET', repository)).json()).toMatchObject({ tagCount: 0, manifestCount: 1 });
  });
});

describe('GET of a manifest', () => {
  it('tells of an image what it is made for and how large it is', async () => {
    const repository = fresh();
    const image = await pushPlatformImage(repository, 'arm64', 'b');
    await pushManifest(registry, repository, image.bytes, image.mediaType, 'a');
    const time = expect.stringMatching(TIME);
    expect((await acr('GET', `${repository}/_manifests/${image.digest}`)).json()).toEqual({
      registry: loginServer(),
      imageName: repository,
      manifest: {
        digest: image.digest,
        imageSize: image.imageSize,
        createdTime: time,
        lastUpdateTime: time,
        architecture: 'arm64',
        os: 'linux',
        mediaType: MEDIA_TYPE.ociImage,
        configMediaType: MEDIA_TYPE.ociConfig,
        tags: ['a', 'b'],
        changeableAttributes: ALL_ON,
      },
    });
  });

  it('tells of an index its children and the sum of their sizes', async () => {
    const repository = fresh();
    const [one, two] = [await pushPlatformImage(repository, 'arm64'), await pushPlatformImage(repository, 'amd64')];
    const manifests = [one, two].map(({ mediaType, digest, size }, i) => ({
      mediaType,
      digest,
      size,
      ...(i === 0 ? { platform: { architecture: 'arm64', os: 'linux' } } : {}),
    }));
    const index = await pushIndex(registry, repository, [], { tag: 'v1', members: { manifests } });
    const { manifest } = (await acr('GET', `${repository}/_manifests/${index.digest}`)).json<{ manifest: object }>();
    expect(manifest).toMatchObject({
      imageSize: one.imageSize + two.imageSize,
      mediaType: MEDIA_TYPE.ociIndex,
      references: [{ digest: one.digest, architecture: 'arm64', os: 'linux' }, { digest: two.digest }],
    });
    for (const absent of ['architecture', 'os', 'configMediaType']) expect(manifest).not.toHaveProperty(absent);
  });

  it('is by digest: a tag is 404, as is a digest that is not there; what is no digest is 400', async () => {
    const repository = fresh();
    await pushImage(registry, repository, { tag: 'v1' });
    expect(expectError(await acr('GET', `${repository}/_manifests/v1`), 404, 'MANIFEST_UNKNOWN').message).toContain(
      '_tags/<tag>',
    );
    expectError(await acr('GET', `${repository}/_manifests/${digestOf('x')}`), 404, 'MANIFEST_UNKNOWN');
    expectError(await acr('DELETE', `${repository}/_manifests/${digestOf('x')}`), 404, 'MANIFEST_UNKNOWN');
    expectError(await acr('GET', `${repository}/_manifests/sha256:x`), 400, 'DIGEST_INVALID');
  });

  it('may be deleted here, too, with its tags', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'v1' });
    await pushImage(registry, repository);
    expect((await acr('DELETE', `${repository}/_manifests/${image.digest}`)).status).toBe(202);
    expect((await acr('GET', repository)).json()).toMatchObject({ tagCount: 0, manifestCount: 1 });
  });
});

describe('PATCH', () => {
  it('answers the object with what was changed; what is not named stays', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'v1' });
    for (const [path, shown] of [
      [repository, (body: object) => body],
      [`${repository}/_tags/v1`, (body: { tag?: object }) => body.tag],
      [`${repository}/_manifests/${image.digest}`, (body: { manifest?: object }) => body.manifest],
    ] as const) {
      const patch = async (change: object) => {
        const answer = await acr('PATCH', path, change);
        expect(answer.status, answer.text).toBe(200);
        expect(answer.json()).toEqual((await acr('GET', path)).json());
        return shown(answer.json<Record<string, object>>()) as { changeableAttributes: object };
      };
      const { changeableAttributes: first } = await patch({ deleteEnabled: false, listEnabled: false });
      expect(first).toEqual({ ...ALL_ON, deleteEnabled: false, listEnabled: false });
      const { changeableAttributes: second } = await patch({
        deleteEnabled: true,
        readEnabled: false,
        listEnabled: null,
      });
      expect(second).toEqual({ ...ALL_ON, listEnabled: false, readEnabled: false });
      const { changeableAttributes: third } = await patch({
        listEnabled: true,
        readEnabled: true,
        teleportEnabled: true,
      });
      expect(third).toEqual(ALL_ON);
      expect((await patch({})).changeableAttributes).toEqual(ALL_ON);
    }
  });

  it('of a tag leaves its manifest as it was, and the other way round', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'v1' });
    await acr('PATCH', `${repository}/_tags/v1`, { writeEnabled: false });
    await acr('PATCH', `${repository}/_manifests/${image.digest}`, { readEnabled: false });
    expect((await acr('GET', `${repository}/_tags/v1`)).json()).toMatchObject({
      tag: { changeableAttributes: { ...ALL_ON, writeEnabled: false } },
    });
    expect((await acr('GET', `${repository}/_manifests/${image.digest}`)).json()).toMatchObject({
      manifest: { changeableAttributes: { ...ALL_ON, readEnabled: false } },
    });
    expect((await acr('GET', repository)).json()).toMatchObject({ changeableAttributes: ALL_ON });
  });

  it.each([
    ['{"writeenabled":false}', 'writeenabled'],
    ['{"writeEnabled":"false"}', 'writeEnabled must be true or false'],
    ['{"writeEnabled":0}', 'writeEnabled'],
    ['{"quarantineState":"Passed"}', 'quarantineState'],
    ['{"__proto__":{"writeEnabled":false}}', '__proto__'],
    ['[]', 'object'],
    ['null', 'object'],
    ['"x"', 'object'],
    ['{', 'JSON'],
    ['\xff', 'JSON'],
  ])('refuses %s and changes nothing', async (body, text) => {
    const repository = fresh();
    await pushImage(registry, repository, { tag: 'v1' });
    const bytes = Buffer.from(body, 'latin1');
    const answer = await registry.ask('PATCH', `/acr/v1/${repository}`, { body: bytes });
    expect(expectError(answer, 400, 'UNSUPPORTED').message).toContain(text);
    expect((await acr('GET', repository)).json()).toMatchObject({ changeableAttributes: ALL_ON });
  });

  it('takes no body of more than 64 KiB', async () => {
    const repository = fresh();
    await pushImage(registry, repository, { tag: 'v1' });
    const body = `{"writeEnabled":false}${' '.repeat(64 * 1024)}`;
    expectError(await registry.ask('PATCH', `/acr/v1/${repository}`, { body }), 413, 'UNSUPPORTED');
    expect((await acr('GET', repository)).json()).toMatchObject({ changeableAttributes: ALL_ON });
  });
});

describe('DELETE of a repository', () => {
  it('is 202 and names what it deleted, the children of indexes, too', async () => {
    const repository = fresh();
    const [one, two] = [await pushImage(registry, repository, { tag: 'b' }), await pushImage(registry, repository)];
    const index = await pushIndex(registry, repository, [one, two], { tag: 'a' });
    const answer = await acr('DELETE', repository);
    expect(answer.status).toBe(202);
    expect(answer.json()).toEqual({
      manifestsDeleted: [one, two, index].map(({ digest }) => digest).sort(),
      tagsDeleted: ['a', 'b'],
    });
    expectError(await acr('GET', repository), 404, 'NAME_UNKNOWN');
    expectError(await acr('DELETE', repository), 404, 'NAME_UNKNOWN');
    for (const path of ['manifests/a', `manifests/${one.digest}`, 'tags/list', `blobs/${one.layers[0]?.digest}`]) {
      expectError(await registry.ask('GET', `/v2/${repository}/${path}`), 404, 'NAME_UNKNOWN');
    }
    const catalog = (await acr('GET', '_catalog?n=1000')).json<{ repositories: string[] }>();
    expect(catalog.repositories).not.toContain(repository);
  });

  it('leaves a free name: what is pushed there is all that is there', async () => {
    const repository = fresh();
    const old = await pushImage(registry, repository, { tag: 'old' });
    await acr('PATCH', repository, { readEnabled: false, listEnabled: false });
    await acr('DELETE', repository);
    await pushImage(registry, repository, { tag: 'new' });
    expect((await acr('GET', repository)).json()).toMatchObject({
      manifestCount: 1,
      tagCount: 1,
      changeableAttributes: ALL_ON,
    });
    expectError(await registry.ask('GET', `/v2/${repository}/manifests/${old.digest}`), 404, 'MANIFEST_UNKNOWN');
    expectError(await registry.ask('GET', `/v2/${repository}/blobs/${old.layers[0]?.digest}`), 404, 'BLOB_UNKNOWN');
  });

  it('of more than one step can carry is gone at once, too', async () => {
    const repository = fresh();
    const other = fresh();
    const type = 'application/vnd.x';
    const bytes = Array.from({ length: 60 }, (_, i) => Buffer.from(`{"n":${i}}`));
    for (const b of bytes) {
      const tags = Array.from({ length: 10 }, (_, i) => `tag=t${digestOf(b).slice(7, 20)}-${i}`).join('&');
      const target = `/v2/${repository}/manifests/${digestOf(b)}?${tags}`;
      expect((await registry.ask('PUT', target, { headers: { 'Content-Type': type }, body: b })).status).toBe(201);
    }
    await pushManifest(registry, other, bytes[0] as Buffer, type, 'v1');
    const answer = (await acr('DELETE', repository)).json<{ manifestsDeleted: string[]; tagsDeleted: string[] }>();
    expect([answer.manifestsDeleted.length, answer.tagsDeleted.length]).toEqual([60, 600]);
    expectError(await acr('GET', repository), 404, 'NAME_UNKNOWN');
    expect((await registry.ask('GET', `/v2/${other}/manifests/v1`)).status).toBe(200);
    await pushManifest(registry, repository, bytes[1] as Buffer, type, 'v1');
    expect((await acr('GET', repository)).json()).toMatchObject({ manifestCount: 1, tagCount: 1 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import {
  expectError,
  newBytes,
  pushBlob,
  pushImage,
  pushIndex,
  type TestDescriptor,
  type TestImage,
} from '../distribution/test-content.ts';
import { FakeClock } from '../platform/clock.ts';

const clock = new FakeClock(new Date('2026-05-01T00:00:00Z'));
let registry: TestRegistry;
let base: TestDescriptor;
let image: TestImage;
let child: TestImage;
let index: TestDescriptor;
let signature: TestImage;

/** `shop/one`: an image on a base layer that the secret repository has, too, an index of it and another, and a signature. */
beforeAll(async () => {
  registry = await startRegistry({ clock });
  base = await pushBlob(registry, 'shop/one', newBytes(4000));
  image = await pushImage(registry, 'shop/one', { tag: 'v1', layers: [base, await layer(500)] });
  child = await pushImage(registry, 'shop/one', { layers: [base, await layer(700)] });
  index = await pushIndex(registry, 'shop/one', [image, child], { tag: 'multi' });
  const { mediaType, digest, size } = image;
  signature = await pushImage(registry, 'shop/one', {
    members: { subject: { mediaType, digest, size }, artifactType: 'application/x.signature' },
  });
  await registry.ask('POST', `/v2/hidden/secret/blobs/uploads/?mount=${base.digest}&from=shop/one`);
  await pushImage(registry, 'hidden/secret', { tag: 'v1', layers: [base] });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const layer = (length: number) => pushBlob(registry, 'shop/one', newBytes(length));
const get = (path: string, as?: string) => registry.ask('GET', `/acr/v1/shop/one/${path}`, as ? { as } : {});

interface Usage {
  storedBytes: number;
  uniqueBytes: number;
  sharedBytes: number;
  logicalBytes: number;
  lastPullTime?: string;
  keptBy?: string;
  deletingFrees: { count: number; bytes: number };
}
interface Explanation {
  digest: string;
  referencedBy: { tags: string[]; indexes: string[]; referrers: string[] };
  subject?: string;
  layers: { digest: string; kind: string; shared: boolean; repositories: string[] }[];
  keptBy?: string;
  lastPullTime?: string;
  deletingFrees: { count: number; bytes: number };
}
const usage = async (repository = 'shop/one') =>
  (await registry.ask('GET', `/acr/v1/${repository}/_usage`)).json<{ usage: Usage }>().usage;
const manifest = async (digest: string) =>
  (await get(`_manifests/${digest}/_explain`)).json<{ manifest: Explanation }>().manifest;
const lock = (path: string, deleteEnabled: boolean) =>
  registry.ask('PATCH', `/acr/v1/shop/one${path}`, { body: JSON.stringify({ deleteEnabled }) });

describe('GET _manifests/<digest>/_explain', () => {
  it('says which tags, indexes and referrers name it, and what would refuse its deletion', async () => {
    expect(await manifest(image.digest)).toMatchObject({
      referencedBy: { tags: ['v1'], indexes: [index.digest], referrers: [signature.digest] },
      keptBy: expect.stringContaining(`the tagged index ${index.digest}`),
    });
    expect(await manifest(signature.digest)).toMatchObject({ subject: image.digest, referencedBy: { tags: [] } });
    expect(await manifest(index.digest)).not.toHaveProperty('keptBy');
    await lock(`/_manifests/${index.digest}`, false);
    expect(await manifest(index.digest)).toMatchObject({
      keptBy: expect.stringContaining('the lock delete on the manifest'),
      lock: { flag: 'delete', kind: 'manifest', name: index.digest },
    });
    await lock(`/_manifests/${index.digest}`, true);
  });

  it('says who else has each layer, and names the repositories to whoever may list them', async () => {
    const asked = await get(
      `_manifests/${image.digest}/_explain`,
      await registry.token('repository:shop/one:metadata_read,pull', 'registry:catalog:*'),
    );
    const { layers } = asked.json<{ manifest: Explanation }>().manifest;
    const [config, shared, own] = layers;
    expect(config).toMatchObject({ kind: 'config', stored: true, shared: false, repositories: [] });
    expect(shared).toMatchObject({ digest: base.digest, size: base.size, manifests: [child.digest], shared: true });
    expect(shared?.repositories).toEqual(['hidden/secret']);
    expect(own).toMatchObject({ kind: 'layer', manifests: [], shared: false });
    const without = await get(
      `_manifests/${image.digest}/_explain`,
      await registry.token('repository:shop/one:pull,metadata_read'),
    );
    expect(without.json<{ manifest: Explanation }>().manifest.layers[1]).toMatchObject({
      shared: true,
      repositories: [],
    });
  });

  it('names no repository that a lock hides from lists', async () => {
    const hide = (listEnabled: boolean) =>
      registry.ask('PATCH', '/acr/v1/hidden/secret', { body: JSON.stringify({ listEnabled }) });
    await hide(false);
    const token = await registry.token('repository:shop/one:metadata_read,pull', 'registry:catalog:*');
    const asked = await get(`_manifests/${image.digest}/_explain`, token);
    expect(asked.json<{ manifest: Explanation }>().manifest.layers[1]).toMatchObject({
      shared: true,
      repositories: [],
    });
    await hide(true);
  });

  it('refuses what is no digest, and what is not there', async () => {
    expectError(await get('_manifests/v1/_explain'), 400, 'DIGEST_INVALID');
    expectError(await get(`_manifests/sha256:${'0'.repeat(64)}/_explain`), 404, 'MANIFEST_UNKNOWN');
    expectError(await registry.ask('GET', '/acr/v1/no/such/_usage'), 404, 'NAME_UNKNOWN');
  });
});

describe('GET _tags/<tag>/_explain', () => {
  it('says that a tag is only a name, and what its manifest would free', async () => {
    const { tag } = (await get('_tags/v1/_explain')).json<{ tag: { manifest: Explanation } }>();
    expect(tag).toMatchObject({ name: 'v1', lastTag: true, deletingFrees: { count: 0, bytes: 0 } });
    expect(tag.manifest).toEqual(await manifest(image.digest));
    expectError(await get('_tags/none/_explain'), 404, 'TAG_UNKNOWN');
  });

  it('is not the last one while another names the manifest', async () => {
    await registry.ask('PUT', '/v2/shop/one/manifests/v2', {
      headers: { 'Content-Type': image.mediaType },
      body: image.bytes,
    });
    expect((await get('_tags/v1/_explain')).json<{ tag: object }>().tag).toMatchObject({ lastTag: false });
    await registry.ask('DELETE', '/acr/v1/shop/one/_tags/v2');
  });
});

describe('GET _blobs/<digest>/_explain', () => {
  const blob = async (digest: string, as?: string) =>
    (await get(`_blobs/${digest}/_explain`, as)).json<{ blob: Record<string, unknown> }>().blob;

  it('says which manifests and tags keep it, and who else has it, to whoever may list them', async () => {
    const token = await registry.token('repository:shop/one:metadata_read,pull', 'registry:catalog:*');
    const told = await blob(base.digest, token);
    expect(told).toMatchObject({ size: base.size, state: 'named', shared: true, repositories: ['hidden/secret'] });
    expect(told).not.toHaveProperty('goesAt');
    expect(told.manifests).toHaveLength(2);
    expect(told.manifests).toContainEqual({ digest: image.digest, tags: expect.arrayContaining(['v1', 'multi']) });
    const narrow = await blob(base.digest, await registry.token('repository:shop/one:metadata_read'));
    expect(narrow).toMatchObject({ shared: true, repositories: [] });
  });

  it('says when it goes, of one that no manifest names', async () => {
    const pushed = await layer(100);
    const { state, since, goesAt } = await blob(pushed.digest);
    expect(state).toBe('pushed');
    expect(new Date(String(goesAt)).getTime() - new Date(String(since)).getTime()).toBe(24 * 3_600_000);
    expect((await registry.ask('DELETE', `/v2/shop/one/blobs/${pushed.digest}`)).status).toBe(202);
  });

  it('tells nothing of what is in other repositories only', async () => {
    const secret = await pushBlob(registry, 'hidden/secret', newBytes(100));
    expectError(await get(`_blobs/${secret.digest}/_explain`), 404, 'BLOB_UNKNOWN');
  });
});

describe('GET _usage', () => {
  it('tells what is stored here alone, what others have, too, and what it would be if nothing were shared', async () => {
    const one = await usage();
    expect(one.storedBytes).toBe(one.uniqueBytes + one.sharedBytes);
    expect(one.sharedBytes).toBe(base.size);
    // The base counts twice, once in each of the images.
    expect(one.logicalBytes).toBe(one.storedBytes + base.size);
    expect(one.deletingFrees.bytes).toBe(one.uniqueBytes);
    expect((await usage('hidden/secret')).sharedBytes).toBe(base.size);
  });

  it('does not count as shared what another repository has only until it is freed', async () => {
    const common = await layer(300);
    await pushImage(registry, 'shop/one', { tag: 'common', layers: [common] });
    await registry.ask('POST', `/v2/other/app/blobs/uploads/?mount=${common.digest}&from=shop/one`);
    const copy = await pushImage(registry, 'other/app', { tag: 'v1', layers: [common] });
    const before = await usage();
    expect(before.sharedBytes).toBe(base.size + common.size);
    await registry.ask('DELETE', `/v2/other/app/manifests/${copy.digest}`);
    expect(await usage()).toMatchObject({
      storedBytes: before.storedBytes,
      sharedBytes: base.size,
      uniqueBytes: before.uniqueBytes + common.size,
    });
  });

  it('tells the last pull, once it is written down', async () => {
    expect(await usage()).not.toHaveProperty('lastPullTime');
    const pulledAt = clock.now();
    await registry.ask('GET', '/v2/shop/one/manifests/v1');
    await expect
      .poll(async () => {
        clock.advance(30_000);
        return (await usage()).lastPullTime;
      })
      .toBe(pulledAt.toISOString().replace('Z', '0000Z'));
    expect((await manifest(image.digest)).lastPullTime).toBeDefined();
  });

  it('says what locks it', async () => {
    expect(await usage()).not.toHaveProperty('keptBy');
    await lock('/_tags/multi', false);
    expect((await usage()).keptBy).toContain('the lock delete on the tag multi');
    await lock('/_tags/multi', true);
  });
});

describe('whoever may read one repository', () => {
  it('learns of no other, not even of those with which it shares', async () => {
    const token = await registry.token('repository:shop/one:metadata_read,pull');
    for (const path of [
      '_usage',
      `_manifests/${image.digest}/_explain`,
      `_blobs/${base.digest}/_explain`,
      '_tags/v1/_explain',
    ]) {
      const answer = await get(path, token);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.text).not.toMatch(/hidden|secret/);
      const other = await registry.ask('GET', `/acr/v1/hidden/secret/${path}`, { as: token });
      expectError(other, 401, 'UNAUTHORIZED');
    }
  });
});

describe('what a deletion was said to free', () => {
  const used = async () => {
    const repositories = await Promise.all(['shop/one', 'hidden/secret'].map((name) => usage(name)));
    return repositories.reduce((sum, each) => sum + each.uniqueBytes, 0) + base.size;
  };

  it('is what it frees: of a manifest, and of the repository', async () => {
    const before = await used();
    const said = (await manifest(signature.digest)).deletingFrees;
    await registry.ask('DELETE', `/acr/v1/shop/one/_manifests/${signature.digest}`);
    expect(before - (await used())).toBe(said.bytes);
    const { deletingFrees, sharedBytes } = await usage();
    const rest = await usage('hidden/secret');
    expect(deletingFrees.bytes).toBe((await used()) - rest.uniqueBytes - base.size);
    await registry.ask('DELETE', '/acr/v1/shop/one');
    await expect
      .poll(async () => {
        clock.advance(60_000);
        return (await usage('hidden/secret')).sharedBytes;
      })
      .toBe(0);
    expect((await usage('hidden/secret')).uniqueBytes).toBe(rest.uniqueBytes + sharedBytes);
  });
});

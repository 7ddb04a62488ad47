import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { expectError, pushImage, pushIndex, pushManifest, type TestImage } from '../distribution/test-content.ts';

// What `az acr manifest list-deleted`, `list-deleted-tags` and `restore` of azure-cli 2.91 send.

let site: AzureSite;
let serial = 0;
beforeAll(async () => {
  site = await startAzureSite();
  await softDelete('enabled');
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registryPath = () => `${site.group}/${REGISTRIES}/registry`;
async function softDelete(status: 'enabled' | 'disabled', retentionDays = 7) {
  const softDeletePolicy = { status, retentionDays };
  const body = { properties: { policies: { softDeletePolicy } } };
  const answer = await site.arm('PATCH', registryPath(), { body, version: '2023-07-01' });
  expect(answer.status, answer.text).toBe(200);
}
const fresh = () => `soft/r${++serial}`;
const get = (path: string, as?: string) => site.ask('GET', path, as === undefined ? {} : { as });
const remove = async (repository: string, reference: string) => {
  const answer = await site.ask('DELETE', `/v2/${repository}/manifests/${reference}`);
  expect(answer.status, answer.text).toBe(202);
};
const restore = (repository: string, digest: string, tag: string | null = null, force = 'False') =>
  site.ask('POST', `/acr/v1/_deleted/${repository}/_manifests/${digest}?force=${force}`, {
    body: JSON.stringify({ tag }),
  });
const deletedManifests = async (repository: string) =>
  (await get(`/acr/v1/_deleted/${repository}/_manifests?n=100`)).json<{
    manifests: { digest: string; deletedAt: string; tags?: string[] }[];
  }>().manifests;
const deletedTags = async (repository: string) =>
  (await get(`/acr/v1/_deleted/${repository}/_tags?n=100`)).json<{ tags: { tag: string; digest: string }[] }>().tags;
const status = async (path: string) => (await get(path)).status;
const layerOf = (image: TestImage) => image.layers[0]?.digest ?? '';
async function mounts(repository: string, image: TestImage, from?: string): Promise<number> {
  const query = `mount=${layerOf(image)}${from ? `&from=${from}` : ''}`;
  return (await site.ask('POST', `/v2/${repository}/blobs/uploads/?${query}`)).status;
}

describe('a manifest that is deleted while soft delete is on', () => {
  it('is behind no door until it is restored, and then behind all of them', async () => {
    const repository = fresh();
    const child = await pushImage(site, repository);
    const index = await pushIndex(site, repository, [child], { tag: 'multi' });
    const signature = await pushImage(site, repository, {
      members: { subject: { mediaType: MEDIA_TYPE.ociIndex, digest: index.digest, size: index.size } },
    });
    await pushImage(site, repository, { tag: 'stays' });
    const doors = async () => ({
      byTag: await status(`/v2/${repository}/manifests/multi`),
      byDigest: await status(`/v2/${repository}/manifests/${index.digest}`),
      child: await status(`/v2/${repository}/manifests/${child.digest}`),
      mountFrom: await mounts(fresh(), child, repository),
      mount: await mounts(fresh(), child),
      referrers: (await get(`/v2/${repository}/referrers/${index.digest}`)).json<{ manifests: unknown[] }>().manifests
        .length,
      signature: await status(`/v2/${repository}/manifests/${signature.digest}`),
      bin: await mounts(fresh(), child, `soft-deleted:${repository}`),
    });
    const open = { byTag: 200, byDigest: 200, child: 200, mountFrom: 201, mount: 201, referrers: 1, signature: 200 };
    expect(await doors()).toEqual({ ...open, bin: 202 });
    await site.ask('DELETE', `/v2/${repository}/manifests/${index.digest}`);
    await remove(repository, child.digest);
    await remove(repository, signature.digest);
    expect(await status(`/v2/${repository}/blobs/${layerOf(child)}`)).toBe(404);
    const closed = { byTag: 404, byDigest: 404, child: 404, mountFrom: 202, referrers: 0, signature: 404, bin: 202 };
    expect(await doors()).toMatchObject(closed);
    expect((await get(`/acr/v1/${repository}/_manifests`)).text).not.toContain(index.digest);
    expect((await restore(repository, index.digest, 'multi')).status).toBe(200);
    expect((await restore(repository, signature.digest)).status).toBe(200);
    expect(await doors()).toMatchObject(open);
    expect(await status(`/v2/${repository}/blobs/${layerOf(child)}`)).toBe(200);
    expect(await deletedManifests(repository)).toEqual([]);
  });

  it('whose blobs are in no other repository can be mounted from nowhere', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    await remove(repository, image.digest);
    expect(await mounts(fresh(), image)).toBe(202);
    // Whoever was told before that its layers are there may still push it, or another image with them.
    expect((await pushManifest(site, repository, image.bytes, MEDIA_TYPE.ociImage, 'again')).status).toBe(201);
    expect(await mounts(fresh(), image)).toBe(201);
  });

  it('is listed with its tags, its time, and page by page', async () => {
    const repository = fresh();
    const images = [await pushImage(site, repository, { tag: 'a' }), await pushImage(site, repository, { tag: 'b' })];
    for (const { digest } of images) await remove(repository, digest);
    const listed = await deletedManifests(repository);
    expect(listed.map(({ digest }) => digest)).toEqual(images.map(({ digest }) => digest).sort());
    expect(listed.flatMap(({ tags }) => tags ?? []).sort()).toEqual(['a', 'b']);
    expect(listed[0]?.deletedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect((await deletedTags(repository)).map(({ tag }) => tag)).toEqual(['a', 'b']);
    const first = await get(`/acr/v1/_deleted/${repository}/_tags?n=1`);
    const next = /<(.*)>/.exec(first.header('Link') ?? '')?.[1] ?? '';
    expect((await get(next)).json<{ tags: { tag: string }[] }>().tags.map(({ tag }) => tag)).toEqual(['b']);
    expect((await get('/acr/v1/_deleted/_catalog?n=100')).json<{ repositories: string[] }>().repositories).toContain(
      repository,
    );
    expect((await get('/v2/_catalog')).text).not.toContain(repository);
    expect(await deletedManifests('soft/never-there')).toEqual([]);
  });

  it('counts for the usage, as on Azure', async () => {
    const usage = async () =>
      (await site.arm('GET', `${registryPath()}/listUsages`, { version: '2023-07-01' }))
        .json<{ value: { name: string; currentValue: number }[] }>()
        .value.find(({ name }) => name === 'Size')?.currentValue;
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    const before = await usage();
    expect(before).toBeGreaterThan(0);
    await remove(repository, image.digest);
    expect(await usage()).toBe(before);
    await restore(repository, image.digest, 'v1');
    expect(await usage()).toBe(before);
  });

  it('is restored without a tag when none is asked for, and each of its tags by name', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'one' });
    await pushManifest(site, repository, image.bytes, MEDIA_TYPE.ociImage, 'two');
    await remove(repository, image.digest);
    expect((await restore(repository, image.digest)).status).toBe(200);
    expect((await get(`/v2/${repository}/tags/list`)).json()).toEqual({ name: repository, tags: [] });
    expect((await restore(repository, image.digest, 'two')).status).toBe(200);
    expect((await get(`/v2/${repository}/tags/list`)).json()).toEqual({ name: repository, tags: ['two'] });
    expect(await deletedTags(repository)).toMatchObject([{ tag: 'one', digest: image.digest }]);
  });
});

describe('a restoration', () => {
  it('of a tag that is on another manifest by now is refused, unless it is forced; what it was on can be restored in turn', async () => {
    const repository = fresh();
    const old = await pushImage(site, repository, { tag: 'v1' });
    await remove(repository, old.digest);
    const now = await pushImage(site, repository, { tag: 'v1' });
    expectError(await restore(repository, old.digest, 'v1'), 409, 'TAG_INVALID');
    expect(await status(`/v2/${repository}/manifests/${old.digest}`)).toBe(404); // all of it or nothing
    expect((await restore(repository, old.digest, 'v1', 'True')).status).toBe(200);
    expect((await get(`/v2/${repository}/manifests/v1`)).header('Docker-Content-Digest')).toBe(old.digest);
    expect(await deletedTags(repository)).toMatchObject([{ tag: 'v1', digest: now.digest }]);
  });

  it('of a tag alone puts it back on its manifest', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    await remove(repository, 'v1');
    expect(await deletedManifests(repository)).toEqual([]);
    expect((await restore(repository, image.digest, 'v1')).status).toBe(200);
    expect(await status(`/v2/${repository}/manifests/v1`)).toBe(200);
  });

  it('says what is not there: no such manifest, no such tag, not a digest, a body that is none', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    const unknown = `sha256:${'0'.repeat(64)}`;
    expectError(await restore(repository, unknown), 404, 'MANIFEST_UNKNOWN');
    expectError(await restore(repository, image.digest, 'v1'), 404, 'MANIFEST_UNKNOWN'); // it was not deleted
    await remove(repository, image.digest);
    const { message } = expectError(await restore(repository, image.digest, 'other'), 404, 'TAG_UNKNOWN');
    expect(message).toContain('deleted from it: v1');
    expectError(await restore(repository, 'v1', 'v1'), 404, 'MANIFEST_UNKNOWN');
    for (const body of ['[]', '{"tag": 7}', 'x']) {
      const path = `/acr/v1/_deleted/${repository}/_manifests/${image.digest}`;
      expectError(await site.ask('POST', path, { body }), 400, 'UNSUPPORTED');
    }
  });

  it('of an index is refused while an image that it contains is nowhere, and brings nothing back then', async () => {
    const repository = fresh();
    const [one, two] = [await pushImage(site, repository), await pushImage(site, repository)];
    const index = await pushIndex(site, repository, [one, two], { tag: 'v1' });
    await remove(repository, index.digest);
    await remove(repository, one.digest);
    await softDelete('disabled');
    await remove(repository, two.digest);
    await softDelete('enabled');
    const { message } = expectError(await restore(repository, index.digest, 'v1'), 409, 'MANIFEST_BLOB_UNKNOWN');
    expect(message).toContain(two.digest);
    expect(await status(`/v2/${repository}/manifests/${one.digest}`)).toBe(404);
    expect(await deletedManifests(repository)).toHaveLength(2);
  });

  it('stops at a lock of the repository', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    await pushImage(site, repository, { tag: 'other' });
    await remove(repository, image.digest);
    const lock = (writeEnabled: boolean) =>
      site.ask('PATCH', `/acr/v1/${repository}`, { body: JSON.stringify({ writeEnabled }) });
    await lock(false);
    for (const tag of ['v1', null]) {
      expectError(await restore(repository, image.digest, tag), 405, 'REGISTRY_DISALLOWED_OPERATION');
    }
    await lock(true);
    expect((await restore(repository, image.digest, 'v1')).status).toBe(200);
  });

  it('is told in the audit log', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    await remove(repository, image.digest);
    await restore(repository, image.digest, 'v1');
    const entries = await site.arm(
      'GET',
      `${site.subscription}/providers/Microsoft.Insights/eventtypes/management/values?$filter=${encodeURIComponent(`eventTimestamp ge '2020-01-01T00:00:00Z'`)}`,
      { version: '2015-04-01' },
    );
    expect(entries.text).toContain('manifest.restore');
  });
});

describe('a restored image', () => {
  it('has to pass the quarantine again, whatever a scanner said of it before', async () => {
    const quarantine = async (status: string) =>
      site.arm('PATCH', registryPath(), { body: { properties: { policies: { quarantinePolicy: { status } } } } });
    const repository = fresh();
    await quarantine('enabled');
    const image = await pushImage(site, repository, { tag: 'v1' });
    const scanner = await site.robot('AcrQuarantineWriter', registryPath());
    const Authorization = `Basic ${Buffer.from(`${scanner.appId}:${scanner.secret}`).toString('base64')}`;
    const passed = await site.ask('PATCH', `/acr/v1/${repository}/_manifests/${image.digest}`, {
      as: 'none',
      headers: { Authorization },
      body: JSON.stringify({ quarantineState: 'Passed' }),
    });
    expect(passed.status, passed.text).toBe(200);
    expect(await status(`/v2/${repository}/manifests/v1`)).toBe(200);
    await remove(repository, image.digest);
    expect((await restore(repository, image.digest, 'v1')).status).toBe(200);
    expect(await status(`/v2/${repository}/manifests/v1`)).toBe(404);
    expect(await status(`/v2/${repository}/manifests/${image.digest}`)).toBe(405);
    expect(await status(`/v2/${repository}/blobs/${layerOf(image)}`)).toBe(405);
    const shown = await get(`/acr/v1/${repository}/_manifests/${image.digest}`);
    expect(shown.json()).toMatchObject({ manifest: { changeableAttributes: { quarantineState: 'Quarantined' } } });
    await quarantine('disabled');
  });
});

describe('a repository that is deleted as a whole', () => {
  it('can be restored image by image', async () => {
    const repository = fresh();
    const one = await pushImage(site, repository, { tag: 'one' });
    const two = await pushImage(site, repository, { tag: 'two' });
    expect((await site.ask('DELETE', `/acr/v1/${repository}`)).status).toBe(202);
    expect(await status(`/v2/${repository}/tags/list`)).toBe(404);
    expect((await deletedTags(repository)).map(({ tag }) => tag).sort()).toEqual(['one', 'two']);
    expect((await restore(repository, one.digest, 'one')).status).toBe(200);
    expect(await status(`/v2/${repository}/manifests/one`)).toBe(200);
    expect(await status(`/v2/${repository}/blobs/${layerOf(one)}`)).toBe(200);
    expect(await status(`/v2/${repository}/manifests/${two.digest}`)).toBe(404);
  });
});

describe('the right', () => {
  it('to see and to restore is one of its own: AcrPush and AcrDelete have it not, Contributor has', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository, { tag: 'v1' });
    await remove(repository, image.digest);
    const token = async (robot: { appId: string; secret: string }) => {
      const scope = `repository:${repository}:deleted_read,deleted_restore`;
      const Authorization = `Basic ${Buffer.from(`${robot.appId}:${robot.secret}`).toString('base64')}`;
      const answer = await site.ask('GET', `/oauth2/token?service=x&scope=${scope}`, {
        as: 'none',
        headers: { Authorization },
      });
      expect(answer.status, answer.text).toBe(200);
      return answer.json<{ access_token: string }>().access_token;
    };
    const path = `/acr/v1/_deleted/${repository}/_manifests/${image.digest}`;
    for (const role of ['AcrPush', 'AcrDelete']) {
      const as = await token(await site.robot(role, registryPath()));
      expect((await get(`/acr/v1/_deleted/${repository}/_manifests`, as)).status).toBe(401);
      expect((await site.ask('POST', path, { as, body: '{}' })).status).toBe(401);
    }
    const reader = await token(await site.robot('Reader', registryPath()));
    expect((await get(`/acr/v1/_deleted/${repository}/_manifests`, reader)).status).toBe(200);
    expect((await site.ask('POST', path, { as: reader, body: '{}' })).status).toBe(401);
    const contributor = await token(await site.robot('Contributor', registryPath()));
    expect((await site.ask('POST', path, { as: contributor, body: '{}' })).status).toBe(200);
  });
});

describe('while soft delete is off', () => {
  it('what is deleted is gone, and what was soft-deleted before can still be restored', async () => {
    const [kept, gone] = [fresh(), fresh()];
    const before = await pushImage(site, kept, { tag: 'v1' });
    await remove(kept, before.digest);
    await softDelete('disabled');
    const image = await pushImage(site, gone, { tag: 'v1' });
    await remove(gone, image.digest);
    expect(await deletedManifests(gone)).toEqual([]);
    expectError(await restore(gone, image.digest, 'v1'), 404, 'MANIFEST_UNKNOWN');
    expect((await restore(kept, before.digest, 'v1')).status).toBe(200);
    await softDelete('enabled');
  });
});

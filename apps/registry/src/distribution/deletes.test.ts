import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, manifestBytes, pushBlob, pushImage, pushIndex, pushManifest } from './test-content.ts';

let registry: TestRegistry;
let serial = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const fresh = () => `deletes/r${++serial}`;
const remove = (repository: string, what: string) => registry.ask('DELETE', `/v2/${repository}/${what}`);
const statusOf = async (repository: string, what: string) =>
  (await registry.ask('HEAD', `/v2/${repository}/${what}`)).status;
const tagsOf = async (repository: string) =>
  (await registry.ask('GET', `/v2/${repository}/tags/list`)).json<{ tags: string[] }>().tags;

describe('an index that no tag holds', () => {
  it('loses its children to whoever deletes them, and gets no tag any more until they are back', async () => {
    const repository = fresh();
    const child = await pushImage(registry, repository);
    const index = await pushIndex(registry, repository, [child]);
    expect((await remove(repository, `manifests/${child.digest}`)).status).toBe(202);
    const again = () => pushManifest(registry, repository, index.bytes, index.mediaType, 'v1');
    expectError(await again(), 400, 'MANIFEST_BLOB_UNKNOWN');
    const bundle = { bundle: digestOf('a bundle'), signer: digestOf('a key') };
    const tags = [{ repository, tag: 'v1', digest: index.digest }];
    const moved = await registry.ask('POST', `/holdfast/v1/${repository}/_tags`, {
      body: JSON.stringify({ ...bundle, tags }),
    });
    expectError(moved, 400, 'MANIFEST_BLOB_UNKNOWN');
    expect(await statusOf(repository, 'manifests/v1')).toBe(404);
    await pushManifest(registry, repository, child.bytes, child.mediaType, child.digest);
    expect((await again()).status).toBe(201);
  });

  it('gets none either when a child of an index in it is gone, nor does a new one over that', async () => {
    const repository = fresh();
    const grandchild = await pushImage(registry, repository);
    const inner = await pushIndex(registry, repository, [grandchild]);
    const outer = await pushIndex(registry, repository, [inner]);
    expect((await remove(repository, `manifests/${grandchild.digest}`)).status).toBe(202);
    const again = () => pushManifest(registry, repository, outer.bytes, outer.mediaType, 'v1');
    const { message } = expectError(await again(), 400, 'MANIFEST_BLOB_UNKNOWN');
    expect(message).toContain(grandchild.digest);
    const over = manifestBytes({
      schemaVersion: 2,
      mediaType: outer.mediaType,
      manifests: [outer, inner].map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    });
    expectError(await pushManifest(registry, repository, over, outer.mediaType, 'v2'), 400, 'MANIFEST_BLOB_UNKNOWN');
    await pushManifest(registry, repository, grandchild.bytes, grandchild.mediaType, grandchild.digest);
    expect((await again()).status).toBe(201);
    expect((await pushManifest(registry, repository, over, outer.mediaType, 'v2')).status).toBe(201);
  });
});

describe('DELETE of a tag', () => {
  it('is 202; the tag is gone at once, its manifest and other tags stay', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'one' });
    await pushManifest(registry, repository, image.bytes, image.mediaType, 'two');
    const answer = await remove(repository, 'manifests/one');
    expect([answer.status, answer.body.length]).toEqual([202, 0]);
    expectError(await registry.ask('GET', `/v2/${repository}/manifests/one`), 404, 'MANIFEST_UNKNOWN');
    expect(await statusOf(repository, 'manifests/two')).toBe(200);
    expect(await statusOf(repository, `manifests/${image.digest}`)).toBe(200);
    expect(await tagsOf(repository)).toEqual(['two']);
  });

  it('that is not there is 404', async () => {
    const repository = fresh();
    expectError(await remove(repository, 'manifests/v1'), 404, 'MANIFEST_UNKNOWN');
    await pushImage(registry, repository, { tag: 'v1' });
    expectError(await remove(repository, 'manifests/v2'), 404, 'MANIFEST_UNKNOWN');
    expect((await remove(repository, 'manifests/v1')).status).toBe(202);
    expectError(await remove(repository, 'manifests/v1'), 404, 'MANIFEST_UNKNOWN');
  });
});

describe('DELETE of a manifest', () => {
  it('is 202 and takes all its tags along', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'one' });
    await pushManifest(registry, repository, image.bytes, image.mediaType, 'two');
    const other = await pushImage(registry, repository, { tag: 'other' });
    const answer = await remove(repository, `manifests/${image.digest}`);
    expect([answer.status, answer.body.length]).toEqual([202, 0]);
    for (const reference of ['one', 'two', image.digest])
      expect(await statusOf(repository, `manifests/${reference}`)).toBe(404);
    expect(await tagsOf(repository)).toEqual(['other']);
    expect(await statusOf(repository, `manifests/${other.digest}`)).toBe(200);
  });

  it('that is not there, or in a repository that is not there, is 404', async () => {
    const repository = fresh();
    expectError(await remove(repository, `manifests/${digestOf('x')}`), 404, 'MANIFEST_UNKNOWN');
    await pushImage(registry, repository);
    expectError(await remove(repository, `manifests/${digestOf('x')}`), 404, 'MANIFEST_UNKNOWN');
    expectError(await remove(repository, 'manifests/sha256:x'), 400, 'DIGEST_INVALID');
  });

  it('leaves the same manifest in another repository, and it may be pushed again', async () => {
    const [repository, other] = [fresh(), fresh()];
    const bytes = Buffer.from('{"any":"thing"}');
    for (const name of [repository, other]) await pushManifest(registry, name, bytes, 'application/vnd.x', 'v1');
    await remove(repository, `manifests/${digestOf(bytes)}`);
    expect(await statusOf(other, 'manifests/v1')).toBe(200);
    expect((await pushManifest(registry, repository, bytes, 'application/vnd.y', 'v1')).status).toBe(201);
    const pulled = await registry.ask('GET', `/v2/${repository}/manifests/v1`);
    expect([pulled.header('Content-Type'), pulled.body.equals(bytes)]).toEqual(['application/vnd.y', true]);
  });

  it('that is a child of a tagged index is 405 with the reason, however deep it lies', async () => {
    const repository = fresh();
    const child = await pushImage(registry, repository, { tag: 'child' });
    const inner = await pushIndex(registry, repository, [child]);
    const outer = await pushIndex(registry, repository, [inner], { tag: 'multi' });
    for (const [what, parent] of [
      [child, outer],
      [inner, outer],
    ] as const) {
      const refused = await remove(repository, `manifests/${what.digest}`);
      const { message, detail } = expectError(refused, 405, 'REGISTRY_DISALLOWED_OPERATION');
      expect(message).toContain('disallowed');
      expect(detail).toEqual({ reason: 'ChildOfTaggedIndex', digest: what.digest, parent: parent.digest });
      expect(await statusOf(repository, `manifests/${what.digest}`)).toBe(200);
    }
    expect((await remove(repository, 'manifests/child')).status).toBe(202);
    expect((await remove(repository, 'manifests/multi')).status).toBe(202);
    expect((await remove(repository, `manifests/${child.digest}`)).status).toBe(202);
  });

  it('goes from the top down', async () => {
    const repository = fresh();
    const child = await pushImage(registry, repository);
    const index = await pushIndex(registry, repository, [child], { tag: 'multi' });
    expect((await remove(repository, `manifests/${index.digest}`)).status).toBe(202);
    expect((await remove(repository, `manifests/${child.digest}`)).status).toBe(202);
    expect(await statusOf(repository, `manifests/${child.digest}`)).toBe(404);
  });

  it('is not held up by a subject', async () => {
    const repository = fresh();
    const image = await pushImage(registry, repository, { tag: 'v1' });
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.size };
    await pushImage(registry, repository, { tag: 'signature', members: { subject } });
    expect((await remove(repository, `manifests/${image.digest}`)).status).toBe(202);
  });
});

describe('DELETE of a blob', () => {
  it('is 202, and the blob is gone from this repository at once', async () => {
    const [repository, other] = [fresh(), fresh()];
    const { digest } = await pushBlob(registry, repository, 'shared bytes');
    await pushBlob(registry, other, 'shared bytes');
    const answer = await remove(repository, `blobs/${digest}`);
    expect([answer.status, answer.body.length]).toEqual([202, 0]);
    expectError(await registry.ask('GET', `/v2/${repository}/blobs/${digest}`), 404, 'BLOB_UNKNOWN');
    expectError(await remove(repository, `blobs/${digest}`), 404, 'BLOB_UNKNOWN');
    expect(await statusOf(other, `blobs/${digest}`)).toBe(200);
    await pushBlob(registry, repository, 'shared bytes');
    expect(await statusOf(repository, `blobs/${digest}`)).toBe(200);
  });

  it('that is not there, or in a repository that is not there, is 404', async () => {
    expectError(await remove(fresh(), `blobs/${digestOf('x')}`), 404, 'BLOB_UNKNOWN');
    expectError(await remove(fresh(), 'blobs/sha256:x'), 400, 'DIGEST_INVALID');
  });

  it('that a manifest names is 405 with the reason, until the manifests are gone', async () => {
    const repository = fresh();
    const layer = await pushBlob(registry, repository);
    const one = await pushImage(registry, repository, { tag: 'one', layers: [layer] });
    const two = await pushImage(registry, repository, { layers: [layer] });
    for (const holder of [one, two]) {
      const refused = await remove(repository, `blobs/${layer.digest}`);
      const { message, detail } = expectError(refused, 405, 'REGISTRY_DISALLOWED_OPERATION');
      expect(message).toContain('disallowed');
      expect(detail).toMatchObject({ reason: 'BlobInUse', digest: layer.digest });
      expect(await statusOf(repository, `blobs/${layer.digest}`)).toBe(200);
      await remove(repository, `manifests/${holder.digest}`);
    }
    expect((await remove(repository, `blobs/${layer.digest}`)).status).toBe(202);
  });

  it('makes a later push of a manifest that names it fail', async () => {
    const repository = fresh();
    const layer = await pushBlob(registry, repository);
    await remove(repository, `blobs/${layer.digest}`);
    const config = await pushBlob(registry, repository, '{}');
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [layer] }));
    expectError(await pushManifest(registry, repository, bytes, MEDIA_TYPE.ociImage), 400, 'MANIFEST_BLOB_UNKNOWN');
  });
});

import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushBlob, pushImage, type TestImage } from './test-content.ts';

let registry: TestRegistry;
let image: TestImage;
const layer = newBytes(5000);
const digest = digestOf(layer);
const blob = `/v2/pull/app/blobs/${digest}`;
const none = digestOf('nobody has this');

beforeAll(async () => {
  registry = await startRegistry();
  image = await pushImage(registry, 'pull/app', { tag: 'v1', layers: [await pushBlob(registry, 'pull/app', layer)] });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

describe('GET /v2/', () => {
  it.each(['/v2/', '/v2'])('%s is 200 and tells the version of the API', async (path) => {
    const answer = await registry.ask('GET', path);
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    expect(answer.header('Docker-Distribution-Api-Version')).toBe('registry/2.0');
    expect(answer.header('Content-Type')).toBe('application/json; charset=utf-8');
  });

  it('is 401 with a challenge for whoever did not sign in', async () => {
    const answer = await registry.ask('GET', '/v2/', { as: 'none' });
    expectError(answer, 401, 'UNAUTHORIZED');
    const host = new URL(registry.http).host;
    expect(answer.header('WWW-Authenticate')).toBe(`Bearer realm="${registry.http}/oauth2/token",service="${host}"`);
  });

  it('is answered to HEAD without a body', async () => {
    const answer = await registry.ask('HEAD', '/v2/');
    expect([answer.status, answer.body.length, answer.header('Content-Length')]).toEqual([200, 0, '2']);
  });
});

describe('a manifest', () => {
  it.each([10, 20_000, 70_000])(
    'is byte for byte what was pushed, with %d characters that are no ASCII',
    async (size) => {
      const note = '存ü🙂'.repeat(size / 5).slice(0, size);
      const { digest, bytes } = await pushImage(registry, 'pull/texts', {
        tag: `n${size}`,
        members: { annotations: { note } },
      });
      for (const reference of [`n${size}`, digest, `n${size}`]) {
        const answer = await registry.ask('GET', `/v2/pull/texts/manifests/${reference}`);
        expect(answer.body.equals(bytes)).toBe(true);
        expect(answer.header('Content-Length')).toBe(String(bytes.length));
        const head = await registry.ask('HEAD', `/v2/pull/texts/manifests/${reference}`);
        expect([head.header('Content-Length'), head.body.length]).toEqual([String(bytes.length), 0]);
      }
    },
  );

  it.each(['tag', 'digest'])('is pulled by its %s, byte for byte, with its type and digest', async (by) => {
    const answer = await registry.ask('GET', `/v2/pull/app/manifests/${by === 'tag' ? 'v1' : image.digest}`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(image.bytes)).toBe(true);
    expect(answer.header('Content-Type')).toBe(MEDIA_TYPE.ociImage);
    expect(answer.header('Docker-Content-Digest')).toBe(image.digest);
    expect(answer.header('Content-Length')).toBe(String(image.size));
    expect(answer.header('ETag')).toBe(`"${image.digest}"`);
  });

  it.each(['v1', 'digest'])('answers HEAD by %s with the headers of GET and no body', async (reference) => {
    const target = `/v2/pull/app/manifests/${reference === 'digest' ? image.digest : reference}`;
    const answer = await registry.ask('HEAD', target);
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.header('Content-Length')).toBe(String(image.size));
    expect(answer.header('Docker-Content-Digest')).toBe(image.digest);
    expect(answer.header('Content-Type')).toBe(MEDIA_TYPE.ociImage);
  });

  it.each([undefined, '*/*', 'text/plain', MEDIA_TYPE.dockerImage, 'application/json;q=0.1'])(
    'is served as stored when Accept is %s',
    async (accept) => {
      const headers = accept === undefined ? {} : { Accept: accept };
      const answer = await registry.ask('GET', '/v2/pull/app/manifests/v1', { headers });
      expect([answer.status, answer.header('Content-Type')]).toEqual([200, MEDIA_TYPE.ociImage]);
      expect(answer.body.equals(image.bytes)).toBe(true);
    },
  );

  it('is not compressed, whatever Accept-Encoding says', async () => {
    const answer = await registry.ask('GET', '/v2/pull/app/manifests/v1', {
      headers: { 'Accept-Encoding': 'gzip, br' },
    });
    expect(answer.header('Content-Encoding')).toBeUndefined();
    expect(answer.body.equals(image.bytes)).toBe(true);
  });

  it('that the client has already is 304 without a body', async () => {
    const headers = { 'If-None-Match': `"${image.digest}"` };
    for (const method of ['GET', 'HEAD']) {
      const answer = await registry.ask(method, '/v2/pull/app/manifests/v1', { headers });
      expect([answer.status, answer.body.length, answer.header('ETag')]).toEqual([304, 0, `"${image.digest}"`]);
      expect(answer.header('Docker-Content-Digest')).toBe(image.digest);
    }
    const other = await registry.ask('GET', '/v2/pull/app/manifests/v1', { headers: { 'If-None-Match': `"${none}"` } });
    expect(other.status).toBe(200);
  });

  it('that is not there is 404', async () => {
    const byTag = await registry.ask('GET', '/v2/pull/app/manifests/v2');
    expect(expectError(byTag, 404, 'MANIFEST_UNKNOWN').detail).toEqual({ Tag: 'v2' });
    const byDigest = await registry.ask('GET', `/v2/pull/app/manifests/${none}`);
    expect(expectError(byDigest, 404, 'MANIFEST_UNKNOWN').detail).toEqual({ Name: 'pull/app', Revision: none });
    const elsewhere = await registry.ask('GET', '/v2/pull/nothing/manifests/v1');
    expect(expectError(elsewhere, 404, 'NAME_UNKNOWN').detail).toEqual({ name: 'pull/nothing' });
  });

  it('is not a blob, nor is a blob a manifest', async () => {
    expectError(await registry.ask('GET', `/v2/pull/app/blobs/${image.digest}`), 404, 'BLOB_UNKNOWN');
    expectError(await registry.ask('GET', `/v2/pull/app/manifests/${digest}`), 404, 'MANIFEST_UNKNOWN');
  });

  it('of one repository is not pulled from another', async () => {
    await pushImage(registry, 'pull/other', { tag: 'v1' });
    expectError(await registry.ask('GET', `/v2/pull/other/manifests/${image.digest}`), 404, 'MANIFEST_UNKNOWN');
    expectError(await registry.ask('GET', `/v2/pull/other/blobs/${digest}`), 404, 'BLOB_UNKNOWN');
  });

  it('that is not there answers HEAD with 404 and no body', async () => {
    const answer = await registry.ask('HEAD', '/v2/pull/app/manifests/v2');
    expect([answer.status, answer.body.length]).toEqual([404, 0]);
  });

  it('is found whatever ns says', async () => {
    expect((await registry.ask('GET', '/v2/pull/app/manifests/v1?ns=docker.io')).status).toBe(200);
  });
});

describe('a blob', () => {
  it('is pulled whole, with its digest and length', async () => {
    const answer = await registry.ask('GET', blob);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(layer)).toBe(true);
    expect(answer.header('Docker-Content-Digest')).toBe(digest);
    expect(answer.header('Content-Length')).toBe('5000');
    expect(answer.header('Content-Type')).toBe('application/octet-stream');
    expect(answer.header('Accept-Ranges')).toBe('bytes');
    expect(answer.header('ETag')).toBe(`"${digest}"`);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const answer = await registry.ask('HEAD', blob);
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.header('Content-Length')).toBe('5000');
    expect(answer.header('Docker-Content-Digest')).toBe(digest);
    const get = await registry.ask('GET', blob);
    expect(answer.names.filter((name) => name !== 'Date')).toEqual(get.names.filter((name) => name !== 'Date'));
  });

  it('that is not there is 404, on HEAD without a body', async () => {
    const get = await registry.ask('GET', `/v2/pull/app/blobs/${none}`);
    expect(expectError(get, 404, 'BLOB_UNKNOWN').detail).toEqual({ digest: none });
    const head = await registry.ask('HEAD', `/v2/pull/app/blobs/${none}`);
    expect([head.status, head.body.length]).toEqual([404, 0]);
    expectError(await registry.ask('GET', `/v2/pull/nothing/blobs/${none}`), 404, 'NAME_UNKNOWN');
  });

  it.each(['GET', 'HEAD'])('that the client has already is 304 to %s', async (method) => {
    const answer = await registry.ask(method, blob, { headers: { 'If-None-Match': `W/"x", "${digest}"` } });
    expect([answer.status, answer.body.length, answer.header('ETag')]).toEqual([304, 0, `"${digest}"`]);
  });

  it('of no bytes is pulled', async () => {
    const empty = await pushBlob(registry, 'pull/app', '');
    const answer = await registry.ask('GET', `/v2/pull/app/blobs/${empty.digest}`);
    expect([answer.status, answer.body.length, answer.header('Content-Length')]).toEqual([200, 0, '0']);
  });

  it('larger than one read of the disk comes whole', async () => {
    const large = newBytes(2 * 1024 * 1024 + 17);
    const pushed = await pushBlob(registry, 'pull/app', large);
    const answer = await registry.ask('GET', `/v2/pull/app/blobs/${pushed.digest}`);
    expect(answer.body.equals(large)).toBe(true);
  });

  it('whose digest is written with %3A is the same blob', async () => {
    const answer = await registry.ask('GET', `/v2/pull/app/blobs/${digest.replace(':', '%3A')}`);
    expect([answer.status, answer.header('Docker-Content-Digest')]).toEqual([200, digest]);
    const manifest = await registry.ask('GET', `/v2/pull/app/manifests/${image.digest.replace(':', '%3a')}`);
    expect([manifest.status, manifest.header('Docker-Content-Digest')]).toEqual([200, image.digest]);
  });
});

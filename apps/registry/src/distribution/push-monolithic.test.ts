import { Readable } from 'node:stream';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushBlob, startUpload } from './test-content.ts';

let registry: TestRegistry;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

beforeAll(async () => {
  registry = await startRegistry({ config: 'uploads: { perPrincipal: 200 }' });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

async function expectPulled(location: string | undefined, bytes: Uint8Array) {
  const answer = await registry.ask('GET', location ?? '');
  expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
}

describe.each(['sha256', 'sha512'] as const)('POST then PUT with %s', (algorithm) => {
  it('opens a session with a UUID, and the PUT is 201 with a pullable location', async () => {
    const bytes = newBytes();
    const digest = digestOf(bytes, algorithm);
    const post = await registry.ask('POST', '/v2/mono/app/blobs/uploads/', { headers: { 'Content-Length': 0 } });
    expect(post.status).toBe(202);
    const location = post.header('Location') ?? '';
    const id = location.slice('/v2/mono/app/blobs/uploads/'.length);
    expect(location.startsWith('/v2/mono/app/blobs/uploads/')).toBe(true);
    expect(id).toMatch(UUID);
    expect(post.header('Docker-Upload-UUID')).toBe(id);
    expect(post.header('Range')).toBe('0-0');
    expect(post.header('Content-Length')).toBe('0');

    const put = await registry.ask('PUT', `${location}?digest=${digest}`, {
      body: bytes,
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    expect(put.status, put.text).toBe(201);
    expect(put.header('Location')).toBe(`/v2/mono/app/blobs/${digest}`);
    expect(put.header('Docker-Content-Digest')).toBe(digest);
    expect(put.header('Content-Length')).toBe('0');
    await expectPulled(put.header('Location'), bytes);
  });

  it('takes a body without a length', async () => {
    const bytes = newBytes(70_000);
    const digest = digestOf(bytes, algorithm);
    const location = await startUpload(registry, 'mono/app', `?digest-algorithm=${algorithm}`);
    const put = await registry.ask('PUT', `${location}?digest=${digest}`, { body: Readable.from([bytes]) });
    expect(put.status).toBe(201);
    await expectPulled(put.header('Location'), bytes);
  });

  it('is one POST with the digest, too', async () => {
    const bytes = newBytes();
    const digest = digestOf(bytes, algorithm);
    const post = await registry.ask('POST', `/v2/mono/app/blobs/uploads/?digest=${digest}`, { body: bytes });
    expect(post.status).toBe(201);
    expect(post.header('Location')).toBe(`/v2/mono/app/blobs/${digest}`);
    expect(post.header('Docker-Content-Digest')).toBe(digest);
    await expectPulled(post.header('Location'), bytes);
  });

  it('stores the empty blob, with and without a body announced', async () => {
    const digest = digestOf('', algorithm);
    const post = await registry.ask('POST', `/v2/mono/empty-${algorithm}/blobs/uploads/?digest=${digest}`);
    expect(post.status).toBe(201);
    const location = await startUpload(registry, 'mono/app');
    const put = await registry.ask('PUT', `${location}?digest=${digest}`, { headers: { 'Content-Length': 0 } });
    expect(put.status).toBe(201);
    await expectPulled(put.header('Location'), Buffer.alloc(0));
  });

  it('refuses bytes that have another digest, and leaves nothing visible', async () => {
    const bytes = newBytes();
    const wrong = digestOf('something else', algorithm);
    const right = digestOf(bytes, algorithm);
    const post = await registry.ask('POST', `/v2/mono/wrong-${algorithm}/blobs/uploads/?digest=${wrong}`, {
      body: bytes,
    });
    expectError(post, 400, 'DIGEST_INVALID');
    const location = await startUpload(registry, `mono/wrong-${algorithm}`);
    const put = await registry.ask('PUT', `${location}?digest=${wrong}`, { body: bytes });
    expectError(put, 400, 'DIGEST_INVALID');
    for (const digest of [wrong, right]) {
      const head = await registry.ask('HEAD', `/v2/mono/wrong-${algorithm}/blobs/${digest}`);
      expect(head.status).toBe(404);
    }
    expectError(await registry.ask('GET', location), 404, 'BLOB_UPLOAD_UNKNOWN');
    const again = await registry.ask('POST', `/v2/mono/wrong-${algorithm}/blobs/uploads/?digest=${right}`, {
      body: bytes,
    });
    expect(again.status).toBe(201);
  });
});

describe('a digest that is no digest', () => {
  const hex = 'a'.repeat(64);
  it.each([
    'sha256:abc',
    `sha256:${hex}0`,
    `sha256:${hex.toUpperCase()}`,
    `md5:${'a'.repeat(32)}`,
    `sha384:${'a'.repeat(96)}`,
    `blake3:${hex}`,
    'nothing',
    '',
    `sha256:..%2f${hex.slice(4)}`,
    `sha256%00:${hex}`,
  ])('%s is 400 to PUT and keeps the session', async (digest) => {
    const location = await startUpload(registry, 'mono/bad');
    const put = await registry.ask('PUT', `${location}?digest=${digest}`, { body: newBytes(10) });
    expectError(put, 400, 'DIGEST_INVALID');
    expect((await registry.ask('GET', location)).status).toBe(204);
    if (digest === '') return; // POST without a digest opens a session
    const post = await registry.ask('POST', `/v2/mono/bad/blobs/uploads/?digest=${digest}`, { body: newBytes(10) });
    expectError(post, 400, 'DIGEST_INVALID');
  });

  it('is missing: the closing PUT needs one', async () => {
    const location = await startUpload(registry, 'mono/bad');
    expectError(await registry.ask('PUT', location, { body: newBytes(10) }), 400, 'DIGEST_INVALID');
  });

  it('is an algorithm that is not supported, to POST', async () => {
    const post = await registry.ask('POST', '/v2/mono/bad/blobs/uploads/?digest-algorithm=md5');
    expectError(post, 400, 'DIGEST_INVALID');
  });
});

describe('the same blob', () => {
  it('may be pushed again, and to another repository', async () => {
    const bytes = newBytes();
    for (const repository of ['mono/app', 'mono/app', 'mono/twin']) await pushBlob(registry, repository, bytes);
  });

  it('may come from many clients at once', async () => {
    const bytes = newBytes(300_000);
    const digest = digestOf(bytes);
    const one = async (i: number) => {
      const repository = `mono/crowd${i % 3}`;
      if (i % 2) return registry.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: bytes });
      const location = await startUpload(registry, repository);
      return registry.ask('PUT', `${location}?digest=${digest}`, { body: bytes });
    };
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => one(i)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
    await expectPulled(`/v2/mono/crowd0/blobs/${digest}`, bytes);
  });
});

describe('the limit of uploads', () => {
  it('is 429 with Retry-After, and cancelling makes room', async () => {
    const limited = await startRegistry({ config: 'uploads: { perPrincipal: 2 }' });
    try {
      const location = await startUpload(limited, 'many');
      await startUpload(limited, 'many');
      for (const query of ['', `?digest=${digestOf('x')}`]) {
        const refused = await limited.ask('POST', `/v2/many/blobs/uploads/${query}`, { body: 'x' });
        expectError(refused, 429, 'TOOMANYREQUESTS');
        expect(refused.header('Retry-After')).toBe('5');
      }
      expect((await limited.ask('DELETE', location)).status).toBe(204);
      await startUpload(limited, 'many');
    } finally {
      await limited.stop();
    }
  });
});

import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushBlob } from './test-content.ts';

let registry: TestRegistry;
let serial = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const mount = (target: string, query: string, as = 'admin') =>
  registry.ask('POST', `/v2/${target}/blobs/uploads/?${query}`, { as });

function fresh() {
  serial++;
  return { source: `mount/source${serial}`, target: `mount/target${serial}` };
}

async function expectMounted(answer: Answer, target: string, digest: string) {
  expect(answer.status, answer.text).toBe(201);
  expect(answer.header('Location')).toBe(`/v2/${target}/blobs/${digest}`);
  expect(answer.header('Docker-Content-Digest')).toBe(digest);
  expect((await registry.ask('GET', answer.header('Location') ?? '')).status).toBe(200);
}

/** Not mounted: an ordinary session that works. */
async function expectSession(answer: Answer, target: string, digest: string) {
  expect(answer.status, answer.text).toBe(202);
  const location = answer.header('Location') ?? '';
  expect(location.startsWith(`/v2/${target}/blobs/uploads/`)).toBe(true);
  expect((await registry.ask('HEAD', `/v2/${target}/blobs/${digest}`)).status).toBe(404);
  const bytes = newBytes();
  expect((await registry.ask('PUT', `${location}?digest=${digestOf(bytes)}`, { body: bytes })).status).toBe(201);
}

describe('a mount', () => {
  it('is 201 with the location of the blob', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    await expectMounted(await mount(target, `mount=${digest}&from=${source}`), target, digest);
    await expectMounted(await mount(target, `mount=${digest}&from=${source}`), target, digest);
  });

  it('takes the digest and the name percent-encoded', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(source)}`;
    await expectMounted(await mount(target, query), target, digest);
  });

  it('of a blob that the source does not have opens a session', async () => {
    const { source, target } = fresh();
    await pushBlob(registry, source);
    const digest = digestOf(newBytes());
    await expectSession(await mount(target, `mount=${digest}&from=${source}`), target, digest);
  });

  it('from a repository that is not there, or is no name, opens a session', async () => {
    const { target } = fresh();
    const { digest } = await pushBlob(registry, fresh().source);
    for (const from of ['mount/nothing', 'NOT%20A%20NAME', '..%2f..'])
      await expectSession(await mount(target, `mount=${digest}&from=${from}`), target, digest);
  });

  it('of something that is no digest is 400', async () => {
    expectError(await mount(fresh().target, 'mount=sha256:abc&from=a'), 400, 'DIGEST_INVALID');
  });

  it('survives that the source lets go of the blob', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    await mount(target, `mount=${digest}&from=${source}`);
    expect((await registry.ask('DELETE', `/v2/${source}/blobs/${digest}`)).status).toBe(202);
    expect((await registry.ask('GET', `/v2/${target}/blobs/${digest}`)).status).toBe(200);
  });
});

describe('an anonymous mount (without from)', () => {
  it('is 201 when the caller may pull the blob somewhere', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    await expectMounted(await mount(target, `mount=${digest}`), target, digest);
  });

  it('of a blob that is nowhere opens a session', async () => {
    const { target } = fresh();
    const digest = digestOf(newBytes());
    await expectSession(await mount(target, `mount=${digest}`), target, digest);
  });
});

describe('a token', () => {
  it('that may pull from the source and push to the target mounts', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    const token = await registry.token(`repository:${target}:pull,push`, `repository:${source}:pull`);
    await expectMounted(await mount(target, `mount=${digest}&from=${source}`, token), target, digest);
  });

  it('that may not pull from the source gets a session, no other than for a blob that is not there', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    const token = await registry.token(`repository:${target}:pull,push`, `repository:${source}:push,delete`);
    const refused = await mount(target, `mount=${digest}&from=${source}`, token);
    const missing = await mount(target, `mount=${digestOf(newBytes())}&from=${source}`, token);
    expect(refused.names).toEqual(missing.names);
    await expectSession(refused, target, digest);
    await expectSession(await mount(target, `mount=${digest}`, token), target, digest);
  });

  it('that may not push to the target is 401, and the challenge names both repositories', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    const token = await registry.token(`repository:${source}:pull`);
    const refused = await mount(target, `mount=${digest}&from=${source}`, token);
    expectError(refused, 401, 'UNAUTHORIZED');
    expect(refused.header('WWW-Authenticate')).toContain(
      `scope="repository:${target}:pull,push repository:${source}:pull"`,
    );
  });
});

describe('the scope for mounts without a source', () => {
  it('opens what the identity may pull, beyond the repositories that the token names', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    const token = await registry.token(`repository:${target}:pull,push`, 'registry:blobs:mount');
    await expectMounted(await mount(target, `mount=${digest}`, token), target, digest);
    expectError(await registry.ask('GET', `/v2/${source}/blobs/${digest}`, { as: token }), 401, 'UNAUTHORIZED');
  });

  it('opens a named source as well, and gives no right to push', async () => {
    const { source, target } = fresh();
    const { digest } = await pushBlob(registry, source);
    const token = await registry.token(`repository:${target}:pull,push`, 'registry:blobs:mount');
    await expectMounted(await mount(target, `mount=${digest}&from=${source}`, token), target, digest);
    const alone = await registry.token('registry:blobs:mount');
    expectError(await mount(fresh().target, `mount=${digest}`, alone), 401, 'UNAUTHORIZED');
  });
});

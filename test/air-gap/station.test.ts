import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Site } from './sites.ts';

// The portal's way over the gap: two servers as processes, the API alone, and a kill -9 wherever it hurts.

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const CHUNK = 400_000;

let folder: string;
let near: Site;
let far: Site;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-station-'));
  [near, far] = [new Site(join(folder, 'near')), new Site(join(folder, 'far'))];
  await Promise.all([near.start(), far.start()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([near.stop(), far.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const basicOf = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

async function ask(site: Site, method: string, path: string, options: RequestInit & { as?: string } = {}) {
  const { username, password } = site.credentials;
  const { as = basicOf(username, password), headers, ...rest } = options;
  return fetch(`http://${site.host}${path}`, { method, headers: { Authorization: as, ...headers }, ...rest });
}

async function json<T>(answer: Promise<Response>): Promise<T> {
  const got = await answer;
  const text = await got.text();
  expect(got.ok, text).toBe(true);
  return JSON.parse(text) as T;
}

async function put(site: Site, repository: string, bytes: Buffer, mediaType: string) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const answer = await ask(site, 'POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: bytes as never });
  expect(answer.status).toBe(201);
  return { mediaType, digest, size: bytes.length };
}

async function pushImage(site: Site, repository: string, tag: string, layers: readonly Buffer[]): Promise<string> {
  const config = await put(
    site,
    repository,
    Buffer.from(JSON.stringify({ tag })),
    'application/vnd.oci.image.config.v1+json',
  );
  const described = [];
  for (const layer of layers)
    described.push(await put(site, repository, layer, 'application/vnd.oci.image.layer.v1.tar'));
  const body = JSON.stringify({ schemaVersion: 2, mediaType: IMAGE, config, layers: described });
  const answer = await ask(site, 'PUT', `/v2/${repository}/manifests/${tag}`, {
    headers: { 'Content-Type': IMAGE },
    body,
  });
  expect(answer.status).toBe(201);
  return answer.headers.get('docker-content-digest') ?? '';
}

interface Operation {
  readonly id: string;
  readonly state: string;
  readonly result?: { readonly bundle: string; readonly volumes: number; readonly state?: string };
  readonly error?: unknown;
}

async function ended(site: Site, id: string): Promise<Operation> {
  for (;;) {
    const operation = await json<Operation>(ask(site, 'GET', `/holdfast/v1/_operations/${id}`));
    if (operation.state !== 'running') return operation;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const begun = (site: Site, path: string, body?: object) =>
  json<Operation>(ask(site, 'POST', `/holdfast/v1${path}`, body ? { body: JSON.stringify(body) } : {}));

/** The owner of the site says that the sender is trusted: the admin user may not. */
async function trust(site: Site, publicKey: string): Promise<void> {
  const { servicePrincipal } = JSON.parse(await readFile(join(site.data, 'bootstrap.json'), 'utf8')) as {
    servicePrincipal: { appId: string; password: string };
  };
  const as = basicOf(servicePrincipal.appId, servicePrincipal.password);
  const scope = encodeURIComponent('registry:bundles:trust');
  const { access_token: token } = await json<{ access_token: string }>(
    ask(site, 'GET', `/oauth2/token?service=x&scope=${scope}`, { as }),
  );
  const body = JSON.stringify({ name: 'near', publicKey });
  await json(ask(site, 'POST', '/holdfast/v1/_signers', { as: `Bearer ${token}`, body }));
}

/** In chunks, with a kill -9 in the middle of one and after another. */
async function upload(site: Site, bytes: Buffer): Promise<void> {
  const { id } = await json<{ id: string }>(
    ask(site, 'POST', '/holdfast/v1/_files', { body: JSON.stringify({ name: 'v.tar', size: bytes.length }) }),
  );
  const address = `/holdfast/v1/_files/${id}`;
  const send = (start: number) => {
    const chunk = bytes.subarray(start, start + CHUNK);
    const headers = { 'Content-Range': `bytes ${start}-${start + chunk.length - 1}/*` };
    return ask(site, 'PATCH', address, { headers, body: chunk as never });
  };
  let acknowledged = 0;
  for (let n = 0; acknowledged < bytes.length; n++) {
    if (n === 1) {
      const sending = send(acknowledged).then(
        (answer) => answer.ok,
        () => false,
      );
      await site.kill();
      const answered = await sending;
      await site.start();
      const { offset } = await json<{ offset: number }>(ask(site, 'GET', address));
      expect(answered ? [acknowledged + CHUNK] : [acknowledged, acknowledged + CHUNK]).toContain(
        Math.min(offset, acknowledged + CHUNK),
      );
      acknowledged = offset;
      continue;
    }
    acknowledged = (await json<{ offset: number }>(send(acknowledged))).offset;
    if (n === 0) await site.killAndStart();
    expect((await json<{ offset: number }>(ask(site, 'GET', address))).offset).toBe(acknowledged);
  }
  expect(await json(ask(site, 'POST', `${address}/_complete`))).toMatchObject({ state: 'ready' });
}

describe('a bundle between two servers, over the API', () => {
  it('is whole at the far side, though both are killed in the middle of their work', async () => {
    const layers = [randomBytes(3_000_000), randomBytes(2_000_000)];
    const tags = new Map<string, string>();
    for (const tag of ['1', '2', '3'])
      tags.set(tag, await pushImage(near, 'team/app', tag, [...layers, randomBytes(500_000)]));
    const made = await begun(near, '/_bundles', { images: ['team/*'], volumeBytes: 2_500_000 });
    await near.killAndStart(); // made anew after it
    const { state, error, result } = await ended(near, made.id);
    expect([state, error]).toEqual(['succeeded', undefined]);
    const { bundle, volumes } = result as NonNullable<Operation['result']>;
    expect(volumes).toBeGreaterThan(2);
    await trust(far, (await json<{ publicKey: string }>(ask(near, 'GET', '/holdfast/v1/_key'))).publicKey);
    for (let number = 1; number <= volumes; number++) {
      const answer = await ask(near, 'GET', `/holdfast/v1/_bundles/${bundle}/_volumes/${number}`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(answer.headers.get('etag')).toBe(`"sha256:${createHash('sha256').update(bytes).digest('hex')}"`);
      await upload(far, bytes);
    }
    const plan = await json(ask(far, 'POST', `/holdfast/v1/_bundles/${bundle}/_plan`));
    expect(plan).toMatchObject({ missingVolumes: [], lacks: [], manifestsToPut: 3, room: { fits: true } });
    const applying = await begun(far, `/_bundles/${bundle}/_apply`);
    await far.killAndStart(); // goes on after it
    const applied = await ended(far, applying.id);
    expect([applied.state, applied.error, applied.result?.state]).toEqual(['succeeded', undefined, 'applied']);
    for (const [tag, digest] of tags) {
      const pulled = await ask(far, 'GET', `/v2/team/app/manifests/${tag}`);
      expect(pulled.headers.get('docker-content-digest')).toBe(digest);
      const { layers: named } = JSON.parse(await pulled.text()) as { layers: { digest: string }[] };
      for (const { digest: layer } of named) {
        const bytes = Buffer.from(await (await ask(far, 'GET', `/v2/team/app/blobs/${layer}`)).arrayBuffer());
        expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(layer);
      }
    }
  }, 300_000);
});

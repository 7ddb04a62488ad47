import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Digest, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterEach, expect, it } from 'vitest';
import { acrossGap, type Gap, holdfast, type Outcome, type Site } from './sites.ts';

// Layers that lie elsewhere (FAQ 15) reach a site that reaches nobody, when whoever makes the bundle says from which hosts.

const LAYER = randomBytes(300_000);

let elsewhere: Server | undefined;
afterEach(() => elsewhere?.close());

/** Somebody's web server. `/moved` leads to `/layer`, which gives `content`; what was asked for is kept. */
async function serve(content: Buffer): Promise<{ host: string; asked: string[] }> {
  const asked: string[] = [];
  elsewhere = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: '/layer' }).end();
    else if (request.url === '/layer') response.writeHead(200, { 'content-length': content.length }).end(content);
    else response.writeHead(410).end();
  });
  await new Promise<void>((resolve) => elsewhere?.listen(0, '127.0.0.1', resolve));
  return { host: `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`, asked };
}

function ask(site: Site, method: string, path: string, body?: Buffer, type = 'application/octet-stream') {
  const { username, password } = site.credentials;
  const headers = {
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    'content-type': type,
  };
  return fetch(`http://${site.directHost}${path}`, {
    method,
    headers,
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
}

/** An image of Windows, as it were: its config is there, its one layer is not. */
async function pushWindows(site: Site, tag: string, host: string, paths: readonly string[]): Promise<void> {
  const config = Buffer.from(JSON.stringify({ os: 'windows', tag }));
  const begun = await ask(site, 'POST', '/v2/windows/blobs/uploads/');
  const place = new URL(begun.headers.get('location') ?? '', `http://${site.directHost}`);
  place.searchParams.set('digest', digestOf(config));
  expect((await ask(site, 'PUT', `${place.pathname}${place.search}`, config)).status).toBe(201);
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.dockerImage,
    config: { mediaType: MEDIA_TYPE.dockerConfig, digest: digestOf(config), size: config.length },
    layers: [
      {
        mediaType: MEDIA_TYPE.dockerForeignLayerGzip,
        digest: digestOf(LAYER),
        size: LAYER.length,
        urls: paths.map((path) => `http://${host}${path}`),
      },
    ],
  };
  const bytes = Buffer.from(JSON.stringify(document));
  expect((await ask(site, 'PUT', `/v2/windows/manifests/${tag}`, bytes, MEDIA_TYPE.dockerImage)).status).toBe(201);
}

const create = ({ near, folder, keys }: Gap, name: string, ...more: string[]) => {
  const args = ['--from', near.directHost, '-d', join(folder, name), '--key', `${keys.near}.key`, ...more];
  const receipt = ['--receipt', join(folder, 'receipt'), '--trust', `${keys.far}.pub`];
  return holdfast(near, ['bundle', 'create', 'windows', ...args, ...(name === 'first' ? [] : receipt)]);
};
const apply = ({ far, folder, keys }: Gap, name: string) =>
  holdfast(far, ['bundle', 'apply', join(folder, name), '--to', far.directHost, '--trust', `${keys.near}.pub`]);
const plan = ({ far, folder, keys }: Gap, name: string) =>
  holdfast(far, ['bundle', 'plan', join(folder, name), '--to', far.directHost, '--trust', `${keys.near}.pub`]);
const receipt = ({ far, folder, keys }: Gap) =>
  holdfast(far, [
    'bundle',
    'receipt',
    '--of',
    far.directHost,
    '--key',
    `${keys.far}.key`,
    '-f',
    join(folder, 'receipt'),
  ]);

function resultOf({ code, stdout, stderr }: Outcome) {
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function farLayer({ far }: Gap): Promise<Digest | number> {
  const answer = await ask(far, 'GET', `/v2/windows/blobs/${digestOf(LAYER)}`);
  return answer.status === 200 ? digestOf(Buffer.from(await answer.arrayBuffer())) : answer.status;
}

it('stay out and are named; are fetched from the hosts that are named, also for images that are there already', {
  timeout: 120_000,
}, async () => {
  const { host, asked } = await serve(LAYER);
  await acrossGap(async (gap) => {
    await pushWindows(gap.near, '1', host, ['/gone', '/moved']);
    const first = await create(gap, 'first', '--foreign-layers-from', 'other.example');
    expect(resultOf(first)).toMatchObject({ manifests: 1, blobs: 1, layersLeftOut: [digestOf(LAYER)] });
    expect(first.stderr).toContain(`--foreign-layers-from ${host}`);
    expect(asked).toEqual([]);
    expect(resultOf(await apply(gap, 'first'))).toMatchObject([{ state: 'applied' }]);
    expect(await farLayer(gap)).toBe(404);

    expect(resultOf(await receipt(gap))).toMatchObject({ manifests: 1, lacks: 1 });
    expect(resultOf(await create(gap, 'unfilled'))).toMatchObject({ manifests: 0, manifestsHeld: 1, blobs: 0 });
    const filled = resultOf(await create(gap, 'filled', '--foreign-layers-from', host));
    expect(filled).toMatchObject({ manifests: 1, blobs: 1, blobsHeld: 1, layersLeftOut: [] });
    expect(resultOf(await plan(gap, 'filled'))).toMatchObject([{ lacks: [], blobsToSend: 1, manifestsToPut: 0 }]);
    expect(resultOf(await apply(gap, 'filled'))).toMatchObject([{ state: 'applied' }]);
    expect(await farLayer(gap)).toBe(digestOf(LAYER));

    await pushWindows(gap.near, '2', host, ['/layer']);
    expect(resultOf(await receipt(gap))).toMatchObject({ manifests: 1, lacks: 0 });
    const last = resultOf(await create(gap, 'last', '--foreign-layers-from', host));
    expect(last).toMatchObject({ manifests: 1, manifestsHeld: 1, blobs: 1, blobsHeld: 1 }); // a config
  });
  expect(new Set(asked)).toEqual(new Set(['/gone', '/moved', '/layer']));
});

it.each([
  ['other bytes', randomBytes(LAYER.length), /have another digest/],
  ['another number of bytes', randomBytes(10), /10 bytes, not 300000/],
])('end the bundle when their host gives %s', { timeout: 60_000 }, async (_, content, why) => {
  const { host } = await serve(content);
  await acrossGap(async (gap) => {
    await pushWindows(gap.near, '1', host, ['/layer', '/gone']);
    const { code, stderr } = await create(gap, 'first', '--foreign-layers-from', host);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(why);
    expect(stderr).toContain(digestOf(LAYER));
    const files = await readdir(join(gap.folder, 'first')).catch(() => []);
    expect(files.filter((name) => name.endsWith('.tar'))).toEqual([]);
  });
});

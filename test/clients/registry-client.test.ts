import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { createFetchTransport } from '@holdfast/oci/registry/fetch-transport';
import { PullClient } from '@holdfast/oci/registry/pull-client';
import { PushClient } from '@holdfast/oci/registry/push-client';
import type { RegistryTransport } from '@holdfast/oci/registry/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBytes, pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { startSource, type TestSource } from '../../apps/registry/src/import/test-source.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

let site: TestRegistry;
let source: TestSource;
beforeAll(async () => {
  site = await startRegistry();
  source = await startSource();
});
afterAll(async () => {
  await source.stop();
  expect(site.problems).toEqual([]);
  await site.stop();
});

const waits: number[] = [];
const common = () => ({
  transport: createFetchTransport(),
  host: site.http.slice('http://'.length),
  plainHttp: true,
  userAgent: 'test',
  sleep: async (ms: number) => {
    waits.push(ms);
    await sleep(0);
  },
});
const signedIn = (more: object = {}) => {
  const { username, password } = site;
  return new PushClient({ ...common(), credentials: { username, password }, ...more });
};
async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const entry of list) found.push(entry);
  return found;
}
const push = (client: PushClient, repository: string, bytes: Buffer, chunkBytes?: number) =>
  client.pushBlob(repository, {
    digest: digestOf(bytes),
    size: bytes.length,
    open: (offset) => Readable.from([bytes.subarray(offset, chunkBytes && offset + chunkBytes)]),
    ...(chunkBytes ? { chunkBytes } : {}),
  });

describe('a client of a registry', () => {
  it.each([undefined, 1000, 999, 1])(
    'pushes a blob whole or in chunks of %s bytes, and pulls it',
    async (chunkBytes) => {
      const client = signedIn();
      const bytes = newBytes(chunkBytes === 1 ? 3 : 5000);
      expect(await client.findBlob('c/app', digestOf(bytes))).toBeUndefined();
      await push(client, 'c/app', bytes, chunkBytes);
      expect(await client.findBlob('c/app', digestOf(bytes))).toBe(bytes.length);
      const pulled = await client.blob('c/app', digestOf(bytes), bytes.length);
      expect((await buffer(pulled as Readable)).equals(bytes)).toBe(true);
    },
  );

  it('mounts what another repository has, and says when the bytes are wanted', async () => {
    const client = signedIn();
    const bytes = newBytes();
    await push(client, 'c/from', bytes);
    expect(await client.mountBlob('c/to', digestOf(bytes), 'c/from')).toBe(true);
    expect(await client.findBlob('c/to', digestOf(bytes))).toBe(bytes.length);
    expect(await client.mountBlob('c/to', digestOf('nothing'), 'c/from')).toBe(false);
  });

  it('pushes manifests, finds them by tag and digest, lists repositories, tags and referrers', async () => {
    const image = await pushImage(site, 'c/listed', { tag: 'v1' });
    const client = signedIn();
    await client.putManifest('c/listed', 'v2', MEDIA_TYPE.ociImage, image.bytes);
    const { digest, mediaType, size } = image;
    const signature = await pushImage(site, 'c/listed', { members: { subject: { digest, mediaType, size } } });
    expect(await all(client.tags('c/listed'))).toEqual(['v1', 'v2']);
    expect(await all(client.tags('c/none'))).toEqual([]);
    expect(await all(client.repositories())).toContain('c/listed');
    expect(await client.findManifest('c/listed', 'v2')).toBe(digest);
    expect(await client.findManifest('c/listed', 'v3')).toBeUndefined();
    expect((await client.manifest('c/listed', digest)).bytes.equals(image.bytes)).toBe(true);
    expect(await client.referrers('c/listed', digest)).toMatchObject([{ digest: signature.digest }]);
  });

  it('without credentials is told what it lacks', async () => {
    const client = new PullClient(common());
    await expect(client.manifest('c/listed', 'v1')).rejects.toThrow(/UNAUTHORIZED|user name/);
  });

  it('finds referrers by their tag where a registry has no list of them', async () => {
    const image = source.image('v1');
    const signature = source.image('sig');
    const manifests = [{ digest: signature.digest, mediaType: MEDIA_TYPE.ociImage, size: signature.size }];
    source.manifest({ schemaVersion: 2, manifests }, MEDIA_TYPE.ociIndex, image.digest.replace(':', '-'));
    const client = new PullClient({ ...common(), host: `127.0.0.1:${source.port}` });
    expect(await client.referrers('app', image.digest as never)).toMatchObject(manifests);
  });

  it('waits as long as it is told, and longer each time that it is not told', async () => {
    waits.splice(0);
    let left = 3;
    const real = createFetchTransport();
    const transport: RegistryTransport = {
      send: async (request) => {
        if (left-- <= 0) return real.send(request);
        if (left === 1) throw new Error('no connection');
        const headers: Record<string, string> = left === 2 ? { 'retry-after': '7' } : {};
        return { status: 503, headers, url: request.url, body: Readable.from([]) };
      },
    };
    expect(await signedIn({ transport, retries: 3 }).findManifest('c/listed', 'v1')).toBeDefined();
    expect(waits).toEqual([7000, 1000, 2000]);
    left = 3;
    await expect(signedIn({ transport, retries: 1 }).findManifest('c/listed', 'v1')).rejects.toThrow('no connection');
  });

  it('takes nothing for a manifest that has another digest than was asked for', async () => {
    const image = source.image('v1');
    source.disturb = ({ url }, response) => {
      if (!url.includes('manifests')) return false;
      response.writeHead(200, { 'Content-Type': MEDIA_TYPE.ociImage }).end('{}');
      return true;
    };
    const client = new PullClient({ ...common(), host: `127.0.0.1:${source.port}` });
    await expect(client.manifest('app', image.digest)).rejects.toThrow(/have the digest/);
    source.disturb = () => false;
  });
});

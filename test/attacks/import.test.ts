import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newBytes, pushBlob, pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { startSource, type TestSource } from '../../apps/registry/src/import/test-source.ts';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite } from '../support/azure-site.ts';

/** A03, A07, A17, A18, A20 and A44 of the attack list, for imports: a source may be anybody, and so may be who orders one. */
let site: AzureSite;
let source: TestSource;
beforeAll(async () => {
  source = await startSource();
  site = await startAzureSite({
    config: `outbound: { allow: [peer.example], plainHttp: ["peer.example:${source.port}"] }\n`,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
});
afterAll(async () => {
  await source.stop();
  expect(site.problems).toEqual([]);
  await site.stop();
});
beforeEach(() => {
  source.disturb = () => false;
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const order = (sourceImage: string, target: string, more: Record<string, unknown> = {}) =>
  site.arm('POST', `${registry()}/importImage`, {
    body: {
      source: { registryUri: `peer.example:${source.port}`, sourceImage },
      targetTags: [target],
      mode: 'Force',
      ...more,
    },
  });
const visible = async (repository: string) => (await site.ask('GET', `/v2/${repository}/tags/list`)).status === 200;
const described = (bytes: Buffer, mediaType: string, size = bytes.length) => ({
  mediaType,
  digest: digestOf(bytes),
  size,
});
const imageOf = (layers: unknown[], config = Buffer.from('{}')) => {
  source.blob(config);
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociImage,
    config: described(config, MEDIA_TYPE.ociConfig),
    layers,
  };
};

describe('A07 a source that names a blob of somebody else by its digest', () => {
  it('does not get it: whoever knows a digest has not the bytes', async () => {
    const secret = newBytes(5000);
    await pushBlob(site, 'private/repo', secret);
    source.manifest(imageOf([described(secret, MEDIA_TYPE.ociLayerGzip)]), undefined, 'steal');
    const answer = await order('a/b:steal', 'mine:v1');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'ImportSourceFailed']);
    expect((await site.ask('GET', `/v2/mine/blobs/${digestOf(secret)}`)).status).toBe(404);
    expect(await visible('mine')).toBe(false);
  });
});

describe('A20 a source whose sizes are lies', () => {
  it.each([
    [0, 400],
    [999, 400],
    [1001, 400],
    [2 ** 52, 405], // more than the registry has room for
  ])('has nothing imported: %s bytes announced, 1000 sent', async (size, status) => {
    const layer = newBytes(1000);
    source.blob(layer);
    source.manifest(imageOf([described(layer, MEDIA_TYPE.ociLayerGzip, size)]), undefined, 'liar');
    expect((await order('a/b:liar', `liar/s${size}:v1`)).status).toBe(status);
    expect(await visible(`liar/s${size}`)).toBe(false);
  });

  it('or which sends without an end has its connection closed at what it announced', async () => {
    const layer = newBytes(1000);
    source.manifest(imageOf([described(layer, MEDIA_TYPE.ociLayerGzip)]), undefined, 'endless');
    let sent = 0;
    source.disturb = ({ url }, response) => {
      if (!url.endsWith(digestOf(layer))) return false;
      const more = (error?: Error | null) => {
        if (error || response.destroyed) return;
        sent += 64 * 1024;
        response.write(Buffer.alloc(64 * 1024), more);
      };
      more();
      return true;
    };
    expect((await order('a/b:endless', 'endless:v1')).status).toBe(400);
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });
});

describe('A18 a source without an end', () => {
  it('of indexes in indexes is left at a depth', async () => {
    let child = source.image(undefined, newBytes(10)) as { digest: string; size: number; mediaType: string };
    for (let depth = 0; depth < 12; depth++) {
      const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [child] };
      child = { ...source.manifest(index, MEDIA_TYPE.ociIndex, 'deep'), mediaType: MEDIA_TYPE.ociIndex };
    }
    const answer = await order('a/b:deep', 'deep:v1');
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('nested more than')]);
    expect(await visible('deep')).toBe(false);
  });

  it('of children is left at a number', async () => {
    const manifests = Array.from({ length: 300 }, (_, i) => source.image(undefined, Buffer.from(`${i}`)));
    source.manifest({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }, MEDIA_TYPE.ociIndex, 'wide');
    const answer = await order('a/b:wide', 'wide:v1');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidParameters']);
    expect(await visible('wide')).toBe(false);
  });

  it('of bytes in a manifest is left at 4 MiB', async () => {
    source.disturb = (_, response) => {
      response.writeHead(200, { 'Content-Type': MEDIA_TYPE.ociImage }).end(Buffer.alloc(5 * 1024 * 1024, ' '));
      return true;
    };
    const answer = await order('a/b:fat', 'fat:v1');
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('4194304 bytes')]);
  });

  it('of redirects is left after some', async () => {
    let redirects = 0;
    source.disturb = ({ url }, response) => {
      redirects += 1;
      response.writeHead(302, { Location: `${url}/x` }).end();
      return true;
    };
    expect((await order('a/b:round', 'round:v1')).status).toBe(400);
    expect(redirects).toBeLessThan(10);
  });
});

describe('A16, A17 a source with documents that are none', () => {
  it.each([
    ['not JSON', Buffer.from('<html>'), MEDIA_TYPE.ociImage],
    [
      'both an image and an index',
      Buffer.from(JSON.stringify({ ...imageOfNothing(), manifests: [] })),
      MEDIA_TYPE.ociImage,
    ],
    [
      'with a digest that climbs',
      Buffer.from(
        JSON.stringify({
          ...imageOfNothing(),
          layers: [{ mediaType: 'a/b', digest: 'sha256:../../etc/passwd', size: 1 }],
        }),
      ),
      MEDIA_TYPE.ociImage,
    ],
    ['of another type than its header says', Buffer.from(JSON.stringify(imageOfNothing())), MEDIA_TYPE.ociIndex],
    ['of Docker schema 1', Buffer.from('{"schemaVersion":1,"fsLayers":[]}'), MEDIA_TYPE.dockerSchema1Signed],
  ])('is refused: %s', async (_, bytes, mediaType) => {
    source.disturb = ({ url }, response) => {
      if (!url.includes('/manifests/')) return false;
      response.writeHead(200, { 'Content-Type': mediaType }).end(bytes);
      return true;
    };
    const answer = await order('a/b:none', 'none:v1');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'ImportSourceFailed']);
    expect(await visible('none')).toBe(false);
  });
});

function imageOfNothing() {
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociImage,
    config: described(Buffer.from('{}'), MEDIA_TYPE.ociConfig),
    layers: [] as unknown[],
  };
}

describe('A03 a tag that is there', () => {
  it('stays as it is for whoever may not move it: by the default, by a wrong mode, in a list with new ones', async () => {
    const before = await pushImage(site, 'kept', { tag: 'v1' });
    source.image('other', newBytes());
    for (const more of [
      { mode: 'NoForce' },
      { mode: undefined },
      { mode: 'noforce', targetTags: ['kept:new', 'kept:v1'] },
    ]) {
      const answer = await order('a/b:other', 'kept:v1', more);
      expect([answer.status, codeOf(answer)]).toEqual([409, 'Conflict']);
    }
    expect((await order('a/b:other', 'kept:v1', { mode: 'force;' })).status).toBe(400);
    const tags = (await site.ask('GET', '/v2/kept/tags/list')).json<{ tags: string[] }>().tags;
    expect(tags).toEqual(['v1']);
    expect((await site.ask('HEAD', '/v2/kept/manifests/v1')).header('Docker-Content-Digest')).toBe(before.digest);
  });
});

describe('A05 what is locked', () => {
  it('is not overwritten by a forced import, not a tag and nothing in a locked repository', async () => {
    const before = await pushImage(site, 'locked', { tag: 'v1' });
    source.image('other', newBytes());
    for (const path of ['locked/_tags/v1', 'locked']) {
      const lock = async (writeEnabled: boolean) => {
        const headers = { 'Content-Type': 'application/json' };
        const answer = await site.ask('PATCH', `/acr/v1/${path}`, { headers, body: JSON.stringify({ writeEnabled }) });
        expect(answer.status, answer.text).toBe(200);
      };
      await lock(false);
      const answer = await order('a/b:other', path === 'locked' ? 'locked:new' : 'locked:v1');
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).toContain('lock');
      expect((await site.ask('HEAD', '/v2/locked/manifests/v1')).header('Docker-Content-Digest')).toBe(before.digest);
      expect((await site.ask('GET', '/v2/locked/manifests/new')).status).toBe(404);
      await lock(true);
    }
    expect((await order('a/b:other', 'locked:v1')).status).toBe(200);
  });
});

describe('A44 an import into a registry', () => {
  it('is not for those who may only push there, nor for its admin user’s registry token', async () => {
    source.image('v1', newBytes());
    const body = {
      source: { registryUri: `peer.example:${source.port}`, sourceImage: 'a/b:v1' },
      targetTags: ['pushed:v1'],
    };
    for (const role of ['AcrPush', 'AcrPull', 'Reader', undefined]) {
      const robot = await site.robot(role, registry());
      const answer = await site.arm('POST', `${registry()}/importImage`, { body, as: robot.token });
      expect([role, answer.status, codeOf(answer)]).toEqual([role, 403, 'AuthorizationFailed']);
    }
    const token = await site.token('repository:pushed:pull,push');
    expect((await site.arm('POST', `${registry()}/importImage`, { body, as: token })).status).toBe(401);
    expect(source.received.filter(({ url }) => url.includes('pushed'))).toEqual([]);
    expect(await visible('pushed')).toBe(false);
  });
});

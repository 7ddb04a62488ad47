import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newBytes, pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { startReceiver, type TestReceiver } from '../../apps/registry/src/outbound/test-receiver.ts';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../support/azure-site.ts';

/**
 * A30, A31, A32, A11 and A46 of the attack list, for what the site calls by itself: webhooks and sources of imports. The
 * receivers are on loopback, which is what must not be reached; names resolve by a table that keeps what was asked.
 */
let site: AzureSite;
let inner: TestReceiver;
let inner6: TestReceiver | undefined;
const asked: string[] = [];
const names: Record<string, string[]> = {
  'named.example': ['127.0.0.1'],
  'inner.example': ['127.0.0.1'],
  'inner6.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'mixed.example': ['10.255.255.1', '127.0.0.1'],
  'metadata.example': ['169.254.169.254'],
};
let rebinding = 0;

beforeAll(async () => {
  inner = await startReceiver((_, response) => void response.end('INNER SECRET'));
  inner6 = await startReceiver(undefined, { host: '::1' }).catch(() => undefined); // not every machine has IPv6
  site = await startAzureSite({
    config: 'outbound: { allow: [named.example] }\n',
    resolve: async (host) => {
      asked.push(host);
      // Outside at first, inside ever after: an attacker's name server with a TTL of 0.
      const addresses = host === 'rebinding.example' ? [rebinding++ === 0 ? '10.255.255.1' : '127.0.0.1'] : names[host];
      if (!addresses) throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
});
afterAll(async () => {
  await inner.stop();
  await inner6?.stop();
  expect(site.problems).toEqual([]);
  await site.stop();
});
beforeEach(() => {
  asked.splice(0);
  inner.received.splice(0);
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const hook = (name: string) => `${registry()}/webhooks/${name}`;
const putHook = (name: string, serviceUri: string, more: Record<string, unknown> = {}) =>
  site.arm('PUT', hook(name), {
    body: { location: 'local', properties: { serviceUri, actions: ['push'], scope: 'nothing:*', ...more } },
  });

interface Event {
  id: string;
  eventResponseMessage?: { reasonPhrase: string; content: string; statusCode?: string };
}

/** Pings the webhook and waits for what became of it. */
async function ping(name: string): Promise<Event['eventResponseMessage']> {
  const { id } = (await site.arm('POST', `${hook(name)}/ping`)).json<{ id: string }>();
  for (let tries = 0; tries < 400; tries++) {
    const events = valuesOf<Event>(await site.arm('POST', `${hook(name)}/listEvents`));
    const found = events.find((event) => event.id === id)?.eventResponseMessage;
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the ping was never sent');
}

/** Ways to write, or to name, what is on this machine or beside it. */
const INNER_HOSTS = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '169.254.169.254',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '[fe80::1]',
  '224.0.0.1',
  '１２７．０．０．１',
  'inner.example',
  'INNER.example.',
  'inner6.example',
  'mapped.example',
  'mixed.example',
  'metadata.example',
];

describe('A30 an address inside', () => {
  it.each(INNER_HOSTS)('is not reached by a webhook to %s, and the ping is answered all the same', async (host) => {
    await putHook('ssrf01', `http://${host}:${inner.port}/`);
    const refused = await ping('ssrf01');
    expect(refused).toMatchObject({
      reasonPhrase: 'Refused',
      content: expect.stringContaining('is not called from this site'),
    });
    expect(refused?.statusCode).toBeUndefined();
    expect([...inner.received, ...(inner6?.received ?? [])]).toEqual([]);
  });

  it.each(INNER_HOSTS.filter((host) => /^[\x20-\x7e]+$/.test(host)))(
    'is not reached by an import from %s',
    async (host) => {
      const answer = await site.arm('POST', `${registry()}/importImage`, {
        body: { source: { registryUri: `${host}:${inner.port}`, sourceImage: 'a/b:c' } },
      });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'OutboundAddressRefused']);
      expect(inner.received).toEqual([]);
    },
  );

  it('is not reached by a name that is outside when it is judged and inside when it is connected to', async () => {
    rebinding = 0;
    await putHook('rebind01', `http://rebinding.example:${inner.port}/`);
    // The judged address is one that nobody answers at: it fails, or is still being tried, but never arrives inside.
    await site.arm('POST', `${hook('rebind01')}/ping`);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(asked.filter((host) => host === 'rebinding.example')).toHaveLength(1);
    expect(inner.received).toEqual([]);
  });

  it('is not reached by a redirect of a receiver that may be called', async () => {
    const outer = await startReceiver((_, response) => {
      response.writeHead(307, { Location: `http://127.0.0.1:${inner.port}/` }).end();
    });
    try {
      await putHook('redir01', `http://named.example:${outer.port}/`);
      expect(await ping('redir01')).toMatchObject({ statusCode: '307' });
      expect(outer.received).toHaveLength(1);
      expect(inner.received).toEqual([]);
    } finally {
      await outer.stop();
    }
  });

  it.each([
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'ftp://x/',
    'unix:/run/docker.sock',
    'javascript:1',
    '//127.0.0.1/',
  ])('is not even kept as a webhook when it is %s', async (uri) => {
    expect((await putHook('scheme01', uri)).status).toBe(400);
  });

  it('is reached when the operator named it', async () => {
    await putHook('named01', `http://named.example:${inner.port}/`);
    expect(await ping('named01')).toMatchObject({ statusCode: '200' });
    expect(inner.received).toHaveLength(1);
  });
});

describe('A31 a source that names another host', () => {
  const source = async (challenge: (port: number) => string) => {
    const started: TestReceiver = await startReceiver((request, response) => {
      if (request.url.startsWith('/token')) return void response.end('{"token":"t"}');
      response.writeHead(401, { 'WWW-Authenticate': challenge(inner.port) }).end();
    });
    return started;
  };

  it('as its token service gets no credentials, not even for a host that may be called', async () => {
    const outer = await source((port) => `Bearer realm="http://sister.example:${port}/token",service="x"`);
    const plain = await startAzureSite({
      config: `outbound: { allow: [127.0.0.1], plainHttp: ["registry.example:${outer.port}"] }\n`,
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    try {
      const answer = await plain.arm('POST', `${plain.group}/${REGISTRIES}/registry/importImage`, {
        body: {
          source: {
            registryUri: `registry.example:${outer.port}`,
            sourceImage: 'a/b:c',
            credentials: { username: 'u', password: 'S3CRET' },
          },
        },
      });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'ImportSourceFailed']);
      expect(answer.text).toContain('to which the credentials given for registry.example');
      expect(inner.received).toEqual([]);
      expect(outer.received.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    } finally {
      await outer.stop();
      await plain.stop();
    }
  });
});

describe('no request leaves for a host that nobody named', () => {
  it('not for a push of foreign layers, a forged token, or anything else of a usual day (A32, A13)', async () => {
    const bytes = newBytes();
    const foreign = {
      mediaType: MEDIA_TYPE.dockerForeignLayerGzip,
      digest: `sha256:${'ab'.repeat(32)}` as never,
      size: bytes.length,
      urls: ['http://layers.example/secret', `http://127.0.0.1:${inner.port}/layer`],
    };
    const image = await pushImage(site, 'foreign', { tag: 'v1', layers: [foreign] });
    await site.ask('GET', `/v2/foreign/manifests/${image.digest}`);
    await site.arm('POST', `${registry()}/importImage`, {
      body: { source: { resourceId: registry(), sourceImage: 'foreign:v1' }, targetTags: ['foreign/copy:v1'] },
    });
    const header = Buffer.from(
      JSON.stringify({ alg: 'RS256', jku: `http://keys.example/`, x5u: 'http://keys.example/' }),
    );
    for (const as of [`${header.toString('base64url')}.e30.c2ln`]) {
      await site.ask('GET', '/v2/', { as });
      await site.arm('GET', '/subscriptions', { as });
    }
    await site.arm('GET', `${site.group}/resources`);
    await site.arm('GET', `${registry()}/listUsages`);
    expect(asked).toEqual([]);
    expect(inner.received).toEqual([]);
  });

  it('and one that was named is the only one that is asked for', async () => {
    await putHook('single01', `http://named.example:${inner.port}/`);
    await ping('single01');
    expect([...new Set(asked)]).toEqual(['named.example']);
  });
});

describe('A46 secrets of webhooks and imports', () => {
  it('are nowhere in the data folder, in no answer but the one that is for them', async () => {
    const secret = `S3CRET-${newBytes(8).toString('hex')}`;
    const target = `http://named.example:${inner.port}/${secret}?key=${secret}`;
    const made = await putHook('sealed01', target, { customHeaders: { 'X-Key': secret } });
    await ping('sealed01');
    await site.arm('POST', `${registry()}/importImage`, {
      body: {
        source: {
          registryUri: `named.example:${inner.port}`,
          sourceImage: 'a/b:c',
          credentials: { username: 'u', password: secret },
        },
      },
    });
    const events = await site.arm('POST', `${hook('sealed01')}/listEvents`);
    const listed = await site.arm('GET', `${registry()}/webhooks`);
    expect(made.text + events.text + listed.text).not.toContain(secret);
    expect((await site.arm('POST', `${hook('sealed01')}/getCallbackConfig`)).text).toContain(secret);
    for (const name of await readdir(site.dataDir)) {
      if (!name.startsWith('metadata.db')) continue;
      expect((await readFile(join(site.dataDir, name))).includes(secret), name).toBe(false);
    }
  });
});

describe('A11 a webhook of somebody else', () => {
  it('is not found under another registry or group, nor by a body that names another', async () => {
    await site.arm('PUT', `${site.group}/${REGISTRIES}/stranger`, {
      body: { location: 'local', sku: { name: 'Standard' } },
    });
    await putHook('mine001', `http://named.example:${inner.port}/`);
    const elsewhere = `${site.group}/${REGISTRIES}/stranger/webhooks/mine001`;
    for (const [method, action] of [
      ['GET', ''],
      ['PATCH', ''],
      ['POST', '/ping'],
      ['POST', '/getCallbackConfig'],
      ['POST', '/listEvents'],
    ]) {
      expect((await site.arm(method as string, `${elsewhere}${action}`, { body: {} })).status).toBe(404);
    }
    expect((await site.arm('DELETE', elsewhere)).status).toBe(204);
    expect((await site.arm('GET', hook('mine001'))).status).toBe(200);
    const body = {
      id: hook('mine001'),
      name: 'mine001',
      location: 'local',
      properties: { serviceUri: 'http://other.example/', actions: ['push'] },
    };
    await site.arm('PUT', `${site.group}/${REGISTRIES}/stranger/webhooks/their01`, { body });
    const config = await site.arm('POST', `${hook('mine001')}/getCallbackConfig`);
    expect(config.json()).toMatchObject({ serviceUri: `http://named.example:${inner.port}/` });
    const stranger = await site.robot('Contributor', `${site.group}/${REGISTRIES}/stranger`);
    for (const path of [hook('mine001'), hook('unknown01')]) {
      expect((await site.arm('GET', path, { as: stranger.token })).status).toBe(403);
    }
  });
});

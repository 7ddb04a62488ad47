import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, type Robot, startAzureSite } from '../../../../test/support/azure-site.ts';
import type { Answer } from '../../../../test/support/http-client.ts';
import {
  descriptorOf,
  expectError,
  pushBlob,
  pushImage,
  pushIndex,
  pushManifest,
  type TestImage,
} from '../distribution/test-content.ts';

// The quarantine as clients meet it: az, docker, and a scanner that was written for Azure.

let site: AzureSite;
const roles: Record<string, Robot> = {};
beforeAll(async () => {
  site = await startAzureSite();
  for (const role of ['AcrPull', 'AcrPush', 'AcrQuarantineReader', 'AcrQuarantineWriter', 'Owner']) {
    roles[role] = await site.robot(role, registry());
  }
  await site.arm('PUT', registry('second'), { body: { location: 'local', sku: { name: 'Standard' } } });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registry = (name = 'registry') => `${site.group}/${REGISTRIES}/${name}`;
const setPolicy = async (status: 'enabled' | 'disabled', name = 'registry') => {
  const properties = { policies: { quarantinePolicy: { status } } };
  expect((await site.arm('PATCH', registry(name), { body: { properties } })).status).toBe(200);
};
const withPolicy = async (work: () => Promise<void>) => {
  await setPolicy('enabled');
  try {
    await work();
  } finally {
    await setPolicy('disabled');
  }
};

const basic = (role: string) => {
  const { appId = '', secret = '' } = roles[role] ?? {};
  return `Basic ${Buffer.from(`${appId}:${secret}`).toString('base64')}`;
};
/** As somebody who holds just the role; `admin` is the registry's admin user. */
const ask = (role: string, method: string, target: string, body?: unknown): Promise<Answer> =>
  site.ask(method, target, {
    as: 'none',
    headers: { Authorization: role === 'admin' ? site.basic : basic(role), 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const token = async (role: string, scope: string) => {
  const answer = await ask(role, 'GET', `/oauth2/token?service=test&scope=${encodeURIComponent(scope)}`);
  return answer.json<{ access_token: string; scope?: string }>();
};
const manifest = (repository: string, reference: string) => `/v2/${repository}/manifests/${reference}`;
const attributes = (repository: string, digest: string) => `/acr/v1/${repository}/_manifests/${digest}`;
const PASSED = { quarantineState: 'Passed', quarantineDetails: '{"scanner":"s","state":"ok"}' };

let serial = 0;
const fresh = () => `quarantine/app${++serial}`;
/** In the repository before the policy is on, or the other images of the site would be closed, too. */
async function closedImage(): Promise<TestImage & { repository: string }> {
  const repository = fresh();
  return { ...(await pushImage(site, repository, { tag: 'v1' })), repository };
}

describe('an image in quarantine', () => {
  it('is explained: whose state it is, itself or a manifest below it, who set it and when', async () => {
    const repository = fresh();
    const image = await pushImage(site, repository);
    const index = await pushIndex(site, repository, [image], { tag: 'multi' });
    const source = async () =>
      (await ask('admin', 'GET', `${attributes(repository, index.digest)}/_explain`)).json<{
        manifest: { quarantine?: { setBy?: string } };
      }>().manifest.quarantine;
    expect(await source()).toBeUndefined();
    await withPolicy(async () => {
      expect(await source()).toEqual({ state: 'Quarantined', manifest: index.digest }); // it was there before
      const say = (digest: string, quarantineState: string) =>
        ask('AcrQuarantineWriter', 'PATCH', attributes(repository, digest), { quarantineState });
      await say(index.digest, 'Passed');
      await say(image.digest, 'Failed');
      const setBy = roles.AcrQuarantineWriter?.objectId;
      const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
      expect(await source()).toEqual({ state: 'Failed', manifest: image.digest, setBy, since });
      await say(image.digest, 'Passed');
      expect(await source()).toEqual({ state: 'Passed', manifest: index.digest, setBy, since });
    });
  });

  it('is 404 by its tag and 405 by its digest to whoever has no role that names the right, an Owner and the admin user too', async () => {
    await withPolicy(async () => {
      const { repository, digest, layers } = await closedImage();
      const layer = `/v2/${repository}/blobs/${layers[0]?.digest}`;
      for (const role of ['AcrPull', 'AcrPush', 'Owner', 'admin']) {
        expectError(await ask(role, 'GET', manifest(repository, 'v1')), 404, 'MANIFEST_UNKNOWN');
        const byDigest = await ask(role, 'GET', manifest(repository, digest));
        const { message, detail } = expectError(byDigest, 405, 'REGISTRY_DISALLOWED_OPERATION');
        expect(message).toMatch(/^The operation is disallowed on this registry, repository or image: .*quarantine/);
        expect(detail).toMatchObject({ reason: 'Quarantined', state: 'Quarantined', digest });
        expectError(await ask(role, 'GET', layer), 405, 'REGISTRY_DISALLOWED_OPERATION');
        const part = await site.ask('GET', layer, {
          as: 'none',
          headers: { Authorization: role === 'admin' ? site.basic : basic(role), Range: 'bytes=0-9' },
        });
        expectError(part, 405, 'REGISTRY_DISALLOWED_OPERATION');
        expect([
          (await ask(role, 'HEAD', manifest(repository, 'v1'))).status,
          (await ask(role, 'HEAD', manifest(repository, digest))).status,
          (await ask(role, 'HEAD', layer)).status,
        ]).toEqual([404, 405, role === 'AcrPull' ? 405 : 404]); // who pushes sends the layer again
        const cached = { 'If-None-Match': `"${layers[0]?.digest}"` };
        const headers = { ...cached, Authorization: role === 'admin' ? site.basic : basic(role) };
        expect((await site.ask('GET', layer, { as: 'none', headers })).status).toBe(405);
      }
    });
  });

  it('is pulled by its digest by AcrQuarantineReader and AcrQuarantineWriter, by password and by token', async () => {
    await withPolicy(async () => {
      const { repository, digest, bytes, layers } = await closedImage();
      for (const role of ['AcrQuarantineReader', 'AcrQuarantineWriter']) {
        expectError(await ask(role, 'GET', manifest(repository, 'v1')), 404, 'MANIFEST_UNKNOWN');
        const { access_token } = await token(role, `repository:${repository}:pull`);
        for (const get of [
          (target: string) => ask(role, 'GET', target),
          (target: string) => site.ask('GET', target, { as: access_token }),
        ]) {
          expect((await get(manifest(repository, digest))).body).toEqual(bytes);
          expect((await get(`/v2/${repository}/blobs/${layers[0]?.digest}`)).status).toBe(200);
        }
      }
    });
  });

  it('is shown in lists, as on Azure, with its state', async () => {
    await withPolicy(async () => {
      const { repository, digest } = await closedImage();
      expect((await ask('AcrPull', 'GET', `/v2/${repository}/tags/list`)).json()).toMatchObject({ tags: ['v1'] });
      expect((await ask('AcrPull', 'GET', '/v2/_catalog?n=1000')).text).toContain(repository);
      const { manifests } = (await ask('AcrPull', 'GET', `/acr/v1/${repository}/_manifests`)).json<{
        manifests: { digest: string; changeableAttributes: object }[];
      }>();
      expect(manifests.map((m) => [m.digest, m.changeableAttributes])).toEqual([
        [digest, expect.objectContaining({ quarantineState: 'Quarantined', writeEnabled: true })],
      ]);
    });
  });

  it('has no state to show where the policy is off and no scanner has spoken', async () => {
    const { repository, digest } = await closedImage();
    const answer = await ask('AcrPull', 'GET', attributes(repository, digest));
    expect(
      Object.keys(answer.json<{ manifest: { changeableAttributes: object } }>().manifest.changeableAttributes),
    ).toEqual(['deleteEnabled', 'writeEnabled', 'readEnabled', 'listEnabled']);
  });
});

describe("a scanner's verdict", () => {
  it('opens the image at the very next request', async () => {
    await withPolicy(async () => {
      const { repository, digest, layers } = await closedImage();
      const answer = await ask('AcrQuarantineWriter', 'PATCH', attributes(repository, digest), PASSED);
      expect([answer.status, answer.json()]).toEqual([
        200,
        expect.objectContaining({
          manifest: expect.objectContaining({ changeableAttributes: expect.objectContaining(PASSED) }),
        }),
      ]);
      for (const target of [manifest(repository, 'v1'), `/v2/${repository}/blobs/${layers[0]?.digest}`])
        expect((await ask('AcrPull', 'GET', target)).status).toBe(200);
      await ask('AcrQuarantineWriter', 'PATCH', attributes(repository, digest), { quarantineState: 'Failed' });
      expect((await ask('AcrPull', 'GET', manifest(repository, 'v1'))).status).toBe(404);
    });
  });

  it('takes the right that names it: no Owner, no admin user, no pusher, no reader of the quarantine has it', async () => {
    await withPolicy(async () => {
      const { repository, digest } = await closedImage();
      for (const role of ['AcrPull', 'AcrPush', 'Owner', 'admin', 'AcrQuarantineReader']) {
        const answer = await ask(role, 'PATCH', attributes(repository, digest), PASSED);
        expectError(answer, 401, 'UNAUTHORIZED');
        expect(answer.header('WWW-Authenticate')).toContain(`repository:${repository}:`);
      }
      const text = (await ask('AcrPush', 'PATCH', attributes(repository, digest), PASSED)).text;
      expect(text).toContain('AcrQuarantineWriter');
      expectError(await ask('AcrPull', 'GET', manifest(repository, 'v1')), 404, 'MANIFEST_UNKNOWN');
    });
  });

  it('gives no right to lock, nor to anything else', async () => {
    const { repository, digest } = await closedImage();
    for (const [method, target, body] of [
      ['PATCH', attributes(repository, digest), { writeEnabled: false }],
      ['PATCH', attributes(repository, digest), { ...PASSED, writeEnabled: false }],
      ['PATCH', attributes(repository, digest), {}],
      ['PATCH', `/acr/v1/${repository}`, { writeEnabled: false }],
      ['PATCH', `/acr/v1/${repository}/_tags/v1`, { writeEnabled: false }],
      ['DELETE', attributes(repository, digest), undefined],
      ['POST', `/v2/${repository}/blobs/uploads/`, undefined],
    ] as const) {
      const answer = await ask('AcrQuarantineWriter', method, target, body);
      expect([answer.status, method, target, body]).toEqual([401, method, target, body]);
    }
    const shown = (await ask('admin', 'GET', attributes(repository, digest))).json<{
      manifest: { changeableAttributes: object };
    }>();
    expect(shown.manifest.changeableAttributes).toMatchObject({ writeEnabled: true });
    expect(shown.manifest.changeableAttributes).not.toHaveProperty('quarantineState');
  });

  it('comes with a token as scanners for Azure ask for it, and a token for pulls is not enough', async () => {
    await withPolicy(async () => {
      const { repository, digest } = await closedImage();
      const patch = async (scope: string) => {
        const { access_token, scope: granted } = await token('AcrQuarantineWriter', scope);
        const headers = { 'Content-Type': 'application/json' };
        const body = JSON.stringify(PASSED);
        const { status } = await site.ask('PATCH', attributes(repository, digest), { as: access_token, headers, body });
        return [granted, status];
      };
      const name = `repository:${repository}`;
      expect(await patch(`${name}:pull`)).toEqual([`${name}:pull`, 401]);
      expect(await patch(`${name}:pull,push`)).toEqual([`${name}:pull,quarantine_write`, 200]);
      expect(await patch(`${name}:metadata_write`)).toEqual([`${name}:quarantine_write`, 200]);
      expect(await patch(`${name}:quarantine_write`)).toEqual([`${name}:quarantine_write`, 200]);
      expect(await patch(`repository:${repository}x:quarantine_write`)).toEqual([
        `repository:${repository}x:quarantine_write`,
        401,
      ]);
    });
  });

  it('is not stopped by a lock, which is on what clients change', async () => {
    const { repository, digest } = await closedImage();
    await ask('admin', 'PATCH', `/acr/v1/${repository}`, { writeEnabled: false });
    expect((await ask('AcrQuarantineWriter', 'PATCH', attributes(repository, digest), PASSED)).status).toBe(200);
    expectError(
      await ask('admin', 'PATCH', attributes(repository, digest), { deleteEnabled: false }),
      405,
      'REGISTRY_DISALLOWED_OPERATION',
    );
  });

  it.each([
    { quarantineState: 'passed' },
    { quarantineState: 'Quarantined' },
    { quarantineState: true },
    { quarantineDetails: '{}' },
    { quarantineState: 'Passed', quarantineDetails: { a: 1 } },
    { quarantineState: 'Passed', quarantineDetails: 'x'.repeat(8193) },
    { quarantineStates: 'Passed' },
    { quarantineState: 'Passed', writeEnabled: 'no' },
  ])('of another shape is refused and changes nothing: %j', async (body) => {
    const { repository, digest } = await closedImage();
    expectError(await ask('AcrQuarantineWriter', 'PATCH', attributes(repository, digest), body), 400, 'UNSUPPORTED');
    expect((await ask('admin', 'GET', attributes(repository, digest))).text).not.toContain('Passed');
  });

  it('is of manifests only, and of such as are there', async () => {
    const { repository, digest } = await closedImage();
    const other = `sha256:${'0'.repeat(64)}`;
    expectError(
      await ask('AcrQuarantineWriter', 'PATCH', attributes(repository, other), PASSED),
      404,
      'MANIFEST_UNKNOWN',
    );
    expectError(await ask('admin', 'PATCH', `/acr/v1/${repository}/_tags/v1`, PASSED), 400, 'UNSUPPORTED');
    expect((await ask('admin', 'GET', attributes(repository, digest))).text).not.toContain('quarantineState');
  });
});

describe('the preview of the policy', () => {
  interface Line {
    repository: string;
    digest: string;
    tags: string[];
    quarantineState: string;
    waitsFor?: string;
  }
  async function preview(as?: string): Promise<Line[]> {
    const lines: Line[] = [];
    let path: string | undefined = `${registry('third')}/previewQuarantine`;
    while (path !== undefined) {
      const answer: Answer = await site.arm('GET', path, as === undefined ? {} : { as });
      expect(answer.status, answer.text).toBe(200);
      const { value, nextLink } = answer.json<{ value: Line[]; nextLink?: string }>();
      lines.push(...value);
      path = nextLink && new URL(nextLink).pathname + new URL(nextLink).search.replace(/&?api-version=[^&]*/, '');
    }
    return lines;
  }

  it('lists what would be closed, on or off, and changes nothing', async () => {
    const properties = { adminUserEnabled: true };
    await site.arm('PUT', registry('third'), { body: { location: 'local', sku: { name: 'Standard' }, properties } });
    expect(await preview()).toEqual([]);
    const order = (sourceImage: string, target: string) =>
      site.arm('POST', `${registry('third')}/importImage`, {
        body: { source: { resourceId: registry(), sourceImage }, targetTags: [target] },
      });
    const repository = fresh();
    const [first, second] = [await pushImage(site, repository, { tag: 'one' }), await pushImage(site, repository)];
    const both = await pushIndex(site, repository, [first, second], { tag: 'both' });
    expect((await order(`${repository}:both`, 'team/app:both')).status).toBe(200);
    expect((await order(`${repository}:one`, 'alone:v1')).status).toBe(200);
    const line = (name: string, digest: string, tags: string[]) => ({
      repository: name,
      digest,
      tags,
      quarantineState: 'Quarantined',
    });
    const children = [first, second].map(({ digest }) => line('team/app', digest, []));
    const expected = [
      line('alone', first.digest, ['v1']),
      ...[...children, line('team/app', both.digest, ['both'])].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    ];
    expect(await preview()).toEqual(expected);
    await setPolicy('enabled', 'third');
    expect(await preview()).toEqual(expected);
  });

  it('is for who may read the registry: its Reader, and nobody who may only pull', async () => {
    const reader = await site.robot('Reader', registry('third'));
    expect((await preview(reader.token)).length).toBeGreaterThan(0);
    const puller = await site.robot('AcrPull', registry('third'));
    const answer = await site.arm('GET', `${registry('third')}/previewQuarantine`, { as: puller.token });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'AuthorizationFailed']);
  });
});

describe('an import', () => {
  const order = (sourceImage: string, target: string, as?: string) =>
    site.arm('POST', `${registry('second')}/importImage`, {
      body: { source: { resourceId: registry(), sourceImage }, targetTags: [target] },
      ...(as === undefined ? {} : { as }),
    });

  it('takes nothing out of quarantine, by tag or by digest, not even for who may read it there', async () => {
    const scanner = await site.robot('Owner', site.subscription);
    await site.assign('AcrQuarantineWriter', scanner.objectId, registry());
    await withPolicy(async () => {
      const { repository, digest } = await closedImage();
      const child = await pushImage(site, repository);
      await pushIndex(site, repository, [child], { tag: 'multi' });
      for (const [source, status] of [
        [`${repository}:v1`, 400],
        [`${repository}@${digest}`, 405],
        [`${repository}:multi`, 400],
      ] as const) {
        for (const as of [site.owner, scanner.token]) {
          const answer = await order(source, 'stolen:v1', as);
          expect([source, answer.status], answer.text).toEqual([source, status]);
          expect(answer.text).toContain('quarantine');
        }
      }
      await ask('AcrQuarantineWriter', 'PATCH', attributes(repository, digest), PASSED);
      expect((await order(`${repository}:v1`, 'taken:v1')).status).toBe(200);
    });
  });

  it('into a registry with the policy begins in quarantine', async () => {
    await setPolicy('enabled', 'second');
    const { repository, digest } = await closedImage();
    expect((await order(`${repository}:v1`, 'came/in:v1')).status).toBe(200);
    const { appId, password } = site.bootstrap.servicePrincipal;
    const headers = {
      Host: `second.azsacr.${site.bootstrap.domain}`,
      Authorization: `Basic ${Buffer.from(`${appId}:${password}`).toString('base64')}`,
    };
    const get = (reference: string) => site.ask('GET', manifest('came/in', reference), { as: 'none', headers });
    expectError(await get('v1'), 404, 'MANIFEST_UNKNOWN');
    expectError(await get(digest), 405, 'REGISTRY_DISALLOWED_OPERATION');
    await setPolicy('disabled', 'second');
    expect((await get('v1')).status).toBe(200);
  });
});

describe('two changes of a registry at once', () => {
  it('both count: the one does not set back what the other has set', async () => {
    const patches = Array.from({ length: 10 }, (_, n) =>
      site.arm('PATCH', registry(), { body: { tags: { n: `${n}` } } }),
    );
    await Promise.all([...patches, setPolicy('enabled')]);
    const { policies } = (await site.arm('GET', registry())).json<{
      properties: { policies: { quarantinePolicy: object } };
    }>().properties;
    expect(policies.quarantinePolicy).toEqual({ status: 'enabled' });
    await setPolicy('disabled');
  });
});

describe('without sign-in', () => {
  it('where anybody may pull, nobody pulls what is in quarantine', async () => {
    await site.arm('PATCH', registry(), { body: { properties: { anonymousPullEnabled: true } } });
    await withPolicy(async () => {
      const { repository, digest, layers } = await closedImage();
      const config = await pushBlob(site, repository, '{}', MEDIA_TYPE.ociConfig);
      const bytes = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [] }),
      );
      await pushManifest(site, repository, bytes, MEDIA_TYPE.ociImage, 'v2');
      const sbom = descriptorOf(bytes, MEDIA_TYPE.ociImage);
      const get = (target: string) => site.ask('GET', target, { as: 'none' });
      expectError(await get(manifest(repository, 'v1')), 404, 'MANIFEST_UNKNOWN');
      for (const target of [manifest(repository, digest), manifest(repository, sbom.digest)])
        expectError(await get(target), 405, 'REGISTRY_DISALLOWED_OPERATION');
      expectError(await get(`/v2/${repository}/blobs/${layers[0]?.digest}`), 405, 'REGISTRY_DISALLOWED_OPERATION');
    });
    await site.arm('PATCH', registry(), { body: { properties: { anonymousPullEnabled: false } } });
  });
});

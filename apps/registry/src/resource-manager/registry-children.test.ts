import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { expectError, newBytes, pushBlob, pushImage } from '../distribution/test-content.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite({ config: 'proxies: [127.0.0.1]\n' });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const size = async () => {
  const answer = await site.arm('GET', `${registry()}/listUsages`);
  const lines = valuesOf<{ name: string; limit: number; currentValue: number; unit: string }>(answer);
  expect(lines).toEqual([
    { name: 'Size', limit: 107_374_182_400, currentValue: expect.any(Number), unit: 'Bytes' },
    { name: 'Webhooks', limit: 10, currentValue: 0, unit: 'Count' },
  ]);
  return lines[0]?.currentValue ?? 0;
};

describe('listUsages', () => {
  it('counts what is stored at once, each digest of a registry once', async () => {
    const start = await size();
    const base = await pushBlob(site, 'usage/one', newBytes(5000));
    expect(await size()).toBe(start + 5000);
    await site.ask('POST', `/v2/usage/two/blobs/uploads/?mount=${base.digest}&from=usage/one`);
    expect(await size()).toBe(start + 5000);
    const before = await size();
    const image = await pushImage(site, 'usage/one', { tag: 'v1', layers: [base] });
    const withImage = await size();
    expect(withImage).toBeGreaterThanOrEqual(before + image.size);
    await site.ask('DELETE', `/v2/usage/one/manifests/${image.digest}`);
    // Its config counts no more either, though its bytes stay for a while; the base is still pushed in the other repository.
    const config = (JSON.parse(image.bytes.toString()) as { config: { size: number } }).config.size;
    expect(await size()).toBe(withImage - image.size - config);
    expect(await size()).toBe(start + 5000);
  });
});

describe('what this site does not offer below a registry', () => {
  const kinds = [
    'replications',
    'tasks',
    'runs',
    'agentPools',
    'cacheRules',
    'credentialSets',
    'connectedRegistries',
    'privateEndpointConnections',
  ];

  it.each(kinds)('%s: an empty list, nothing to get, and a clear refusal to make one', async (kind) => {
    const list = await site.arm('GET', `${registry()}/${kind}`);
    expect([list.status, list.json()]).toEqual([200, { value: [] }]);
    const one = await site.arm('GET', `${registry()}/${kind}/any`);
    expect([one.status, codeOf(one)]).toEqual([404, 'ResourceNotFound']);
    const put = await site.arm('PUT', `${registry()}/${kind}/any`, { body: { location: 'local' } });
    expect([put.status, codeOf(put)]).toEqual([400, 'NotSupported']);
    expect(put.text).toContain(`registries/${kind}' are not offered on this site`);
    expect((await site.arm('DELETE', `${registry()}/${kind}/any`)).status).toBe(204);
  });

  it('is not even listed for a registry that is not there', async () => {
    expect((await site.arm('GET', `${site.group}/${REGISTRIES}/unknown1/tasks`)).status).toBe(404);
  });
});

describe('the network rules of a registry', () => {
  const from = (address: string) => ({ as: 'none', headers: { 'X-Forwarded-For': address } });
  const rule = (defaultAction: string, ...values: string[]) =>
    site.arm('PATCH', registry(), {
      body: {
        properties: {
          networkRuleSet: { defaultAction, ipRules: values.map((value) => ({ action: 'Allow', value })) },
        },
      },
    });

  it('shut out whoever they do not name, before any sign-in and on every path of the data plane', async () => {
    expect((await rule('Deny', '10.0.0.0/8')).status).toBe(200);
    for (const target of ['/v2/', '/v2/_catalog', '/v2/a/manifests/v1', '/oauth2/token?service=x']) {
      const error = expectError(await site.ask('GET', target, from('203.0.113.9')), 403, 'DENIED');
      expect(error.message).toContain("client with IP '203.0.113.9' is not allowed access.");
      expect(error.message).toContain('az acr network-rule add -n registry --ip-address 203.0.113.9');
    }
    expect((await site.ask('GET', '/v2/', from('10.1.2.3'))).status).toBe(401);
  });

  it('count at the next request, and not for the resource manager', async () => {
    expect((await site.arm('GET', registry())).status).toBe(200);
    await rule('Deny', '203.0.113.9');
    expect((await site.ask('GET', '/v2/', from('203.0.113.9'))).status).toBe(401);
    expect((await site.ask('GET', '/v2/', from('10.1.2.3'))).status).toBe(403);
    await rule('Allow');
    expect((await site.ask('GET', '/v2/', from('10.1.2.3'))).status).toBe(401);
  });
});

import Schema from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Station } from '../../apps/registry/src/bundle/test-station.ts';
import { BODIES } from '../../tools/openapi/bodies.ts';
import { pushImage } from '../e2e/support/images.ts';
import { type AzureSite, REGISTRIES, startAzureSite } from '../support/azure-site.ts';

// The description of the API, from which the portal's client is made, is true: answers of a live site are as it says.

let site: AzureSite;
let registry: string;
beforeAll(async () => {
  site = await startAzureSite();
  registry = `${site.group}/${REGISTRIES}/registry`;
  await pushImage(site, 'a/b', 'v1');
  const properties = { serviceUri: 'https://hooks.example/in', actions: ['push'], status: 'enabled' };
  await site.arm('PUT', `${registry}/webhooks/hook1`, { body: { location: site.bootstrap.region, properties } });
  await site.arm('POST', `${registry}/webhooks/hook1/ping`);
  const lock = `${site.group}/${REGISTRIES}/registry/providers/Microsoft.Authorization/locks/lock1`;
  await site.arm('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
});
afterAll(() => site.stop());

const management: Readonly<Record<string, () => [method: string, path: string, version?: string]>> = {
  subscriptions: () => ['GET', '/subscriptions'],
  groups: () => ['GET', `${site.subscription}/resourceGroups`],
  subscription: () => ['GET', site.subscription],
  tenants: () => ['GET', '/tenants'],
  'group-get': () => ['GET', site.group],
  'group-registries': () => ['GET', `${site.group}/${REGISTRIES}`],
  resources: () => ['GET', `${site.subscription}/resources`],
  'group-resources': () => ['GET', `${site.group}/resources`],
  permissions: () => ['GET', `${registry}/providers/Microsoft.Authorization/permissions`, '2022-04-01'],
  'webhook-get': () => ['GET', `${registry}/webhooks/hook1`],
  'scope-map-get': () => ['GET', `${registry}/scopeMaps/_repositories_pull`],
  'lock-get': () => ['GET', `${registry}/providers/Microsoft.Authorization/locks/lock1`],
  registries: () => ['GET', `${site.subscription}/${REGISTRIES}`],
  'registry-get': () => ['GET', registry],
  'registry-credentials': () => ['POST', `${registry}/listCredentials`],
  'registry-usages': () => ['GET', `${registry}/listUsages`],
  'role-assignments': () => ['GET', `${registry}/providers/Microsoft.Authorization/roleAssignments`, '2022-04-01'],
  'role-definitions': () => ['GET', `${registry}/providers/Microsoft.Authorization/roleDefinitions`, '2022-04-01'],
  webhooks: () => ['GET', `${registry}/webhooks`],
  'webhook-events': () => ['POST', `${registry}/webhooks/hook1/listEvents`],
  'scope-maps': () => ['GET', `${registry}/scopeMaps`],
  tokens: () => ['GET', `${registry}/tokens`],
  'activity-log': () => ['GET', `${site.subscription}/providers/Microsoft.Insights/eventtypes/management/values`],
};
const content: Readonly<Record<string, string>> = {
  base: '/v2/',
  catalog: '/v2/_catalog',
  tags: '/v2/a/b/tags/list',
  'token-get': '/oauth2/token?service=registry&scope=repository:a/b:pull',
  'adfs-discovery': '/adfs/.well-known/openid-configuration',
  'adfs-keys': '/adfs/discovery/keys',
  'acr-catalog': '/acr/v1/_catalog',
  'acr-repository-get': '/acr/v1/a/b',
  'acr-tags': '/acr/v1/a/b/_tags',
  'acr-tag-get': '/acr/v1/a/b/_tags/v1',
  'acr-manifests': '/acr/v1/a/b/_manifests',
  'portal-settings': '/portal/settings.json',
};
const directory: Readonly<Record<string, string>> = {
  'graph-users': '/users',
  'graph-groups': '/groups',
  'graph-applications': '/applications',
  'graph-principals': '/servicePrincipals',
};

function expectDescribed(name: string, value: unknown): void {
  const schema = BODIES[name]?.response;
  expect(schema, name).toBeDefined();
  expect(Schema.Check(schema as object, value), `${name}: ${JSON.stringify(value).slice(0, 600)}`).toBe(true);
}

describe('what docs/reference/openapi.json says of answers', () => {
  it.each(Object.keys(management))('is true of the resource manager’s %s', async (name) => {
    const [method, path, version] = management[name]?.() ?? ['', ''];
    const answer = await site.arm(method, path, version === undefined ? {} : { version });
    expect(answer.status, answer.text).toBe(200);
    expectDescribed(name, answer.json());
  });

  it.each(Object.keys(content))('is true of the registry’s %s', async (name) => {
    expectDescribed(name, (await site.ask('GET', content[name] ?? '')).json());
  });

  it.each(Object.keys(directory))('is true of the directory’s %s', async (name) => {
    expectDescribed(name, (await site.graph('GET', directory[name] ?? '')).json());
  });

  it.each([
    ['graph-users', 'graph-user'],
    ['graph-principals', 'graph-principal'],
    ['graph-applications', 'graph-application'],
  ])('is true of one of %s', async (all, one) => {
    const path = directory[all] ?? '';
    const [first] = (await site.graph('GET', path)).json<{ value: { id: string }[] }>().value;
    expectDescribed(one, (await site.graph('GET', `${path}/${first?.id}`)).json());
  });

  it.each([
    ['role-assignments', 'role-assignment-get'],
    ['role-definitions', 'role-definition-get'],
  ])('is true of one of %s', async (all, one) => {
    const [method, path, version = ''] = management[all]?.() ?? ['', ''];
    const [first] = (await site.arm(method, path, { version })).json<{ value: { id: string }[] }>().value;
    expectDescribed(one, (await site.arm('GET', first?.id ?? '', { version })).json());
  });

  it('is true of the plan of a bundle', async () => {
    const tag = { repository: 'a/b', tag: 'v1', digest: `sha256:${'0'.repeat(64)}` };
    const body = JSON.stringify({ bytes: 1, tags: [tag] });
    expectDescribed('bundle-plan', (await site.ask('POST', '/holdfast/v1/a/b/_plan', { body })).json());
  });

  it('is true of the transfer station, from the estimate to the custody log', async () => {
    const station = new Station(site);
    const images = ['a/b'];
    expectDescribed('bundle-estimate', (await station.ask('POST', '/_bundles/_estimate', { images })).json());
    expectDescribed('bundle-create', (await station.ask('POST', '/_bundles', { images })).json());
    const { bundle } = await station.create(images);
    const bytes = await station.download(bundle, 1);
    const file = await station.upload(bytes, { carriedBy: 'somebody' });
    expectDescribed('bundle-file-complete', file);
    await station.start(10);
    expectDescribed('bundle-plan-staged', (await station.ask('POST', `/_bundles/${bundle}/_plan`)).json());
    await station.done('POST', `/_bundles/${bundle}/_verify`);
    await station.done('POST', `/_bundles/${bundle}/_apply`);
    for (const [name, path] of [
      ['bundle-files', '/_files'],
      ['bundles', '/_bundles'],
      ['bundle', `/_bundles/${bundle}`],
      ['bundle-operations', '/_operations'],
      ['bundle-key', '/_key'],
      ['bundle-signers', '/_signers'],
      ['bundle-custody', '/_custody'],
    ] as const) {
      expectDescribed(name, await station.get(path));
    }
  });

  it('is true of why a blob is kept', async () => {
    const manifest = await site.ask('GET', '/v2/a/b/manifests/v1');
    const { config } = manifest.json<{ config: { digest: string } }>();
    expectDescribed('blob-explain', (await site.ask('GET', `/acr/v1/a/b/_blobs/${config.digest}/_explain`)).json());
  });

  it('is not true of anything', () => {
    expect(Schema.Check(BODIES['registry-get']?.response as object, { id: 'x' })).toBe(false);
  });
});

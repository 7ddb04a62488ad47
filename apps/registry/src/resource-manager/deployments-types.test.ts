import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import {
  type Deployed,
  deploy,
  nestedOf,
  type Parts,
  registryOf,
  templateOf,
} from '../../../../test/support/templates.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const PREVIEW = '2019-05-01-preview';
const ROLE = '5d0f7f7e-6a5c-4b0e-9a51-1f6f8e0c0a01';
let site: AzureSite;

beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const messageOf = (answer: { json<T>(): T }) => answer.json<{ error: { message: string } }>().error.message;

const child = (kind: string, name: string, properties: Parts, more: Parts = {}): Parts => ({
  type: `${TYPE}/${kind}`,
  apiVersion: kind.endsWith('Policies') ? '2019-05-01' : PREVIEW,
  name,
  properties,
  dependsOn: [`[resourceId('${TYPE}', '${name.split('/')[0]}')]`],
  ...more,
});

const MAP = "[resourceId('Microsoft.ContainerRegistry/registries/scopeMaps', 'kinds001', 'readers')]";
const everything = () =>
  templateOf({
    resources: [
      child('tokens', 'kinds001/robot', { scopeMapId: MAP, status: 'enabled' }, { dependsOn: [MAP] }),
      child('scopeMaps', 'kinds001/readers', { actions: ['repositories/app/content/read'] }),
      child('cleanupPolicies', 'kinds001/untagged', { repositories: ['app*'], untagged: { days: 7 } }),
      child('immutableTagPolicies', 'kinds001/releases', { repositories: ['app*'], match: ['v*'] }),
      registryOf('kinds001', {
        tags: { team: 'core' },
        properties: {
          policies: {
            quarantinePolicy: { status: 'enabled' },
            retentionPolicy: { status: 'enabled', days: 12 },
            softDeletePolicy: { status: 'enabled', retentionDays: 5 },
          },
        },
      }),
      {
        type: 'Microsoft.Authorization/roleDefinitions',
        apiVersion: '2022-04-01',
        name: ROLE,
        properties: {
          roleName: 'Template puller',
          permissions: [{ actions: [`${TYPE}/pull/read`] }],
          assignableScopes: ['[resourceGroup().id]'],
        },
      },
    ],
    outputs: { actions: { type: 'array', value: `[reference(${MAP.slice(1, -1)}, '${PREVIEW}').actions]` } },
  });

describe('a template', () => {
  it('makes every kind of resource that a request can make, twice alike', async () => {
    for (const status of [201, 200]) {
      const made = await deploy(site, 'kinds', everything());
      expect([made.status, made.json<Deployed>().properties.provisioningState], made.text).toEqual([
        status,
        'Succeeded',
      ]);
      expect(made.json<Deployed>().properties.outputs?.actions?.value).toEqual(['repositories/app/content/read']);
    }
    const at = `${site.group}/${REGISTRIES}/kinds001`;
    const registry = (await site.arm('GET', at, { version: '2023-07-01' })).json<{ properties: Parts; tags: Parts }>();
    expect(registry).toMatchObject({
      tags: { team: 'core' },
      properties: {
        policies: {
          quarantinePolicy: { status: 'enabled' },
          retentionPolicy: { status: 'enabled', days: 12 },
          softDeletePolicy: { status: 'enabled', retentionDays: 5 },
        },
      },
    });
    for (const [kind, name] of [
      ['tokens', 'robot'],
      ['scopeMaps', 'readers'],
      ['cleanupPolicies', 'untagged'],
      ['immutableTagPolicies', 'releases'],
    ]) {
      expect((await site.arm('GET', `${at}/${kind}/${name}`)).status, kind).toBe(200);
    }
    const role = await site.arm('GET', `${site.group}/providers/Microsoft.Authorization/roleDefinitions/${ROLE}`);
    expect(role.json<{ properties: Parts }>().properties.roleName).toBe('Template puller');
  });

  it('is told what to use instead of a kind that the site does not have', async () => {
    const replication = child('replications', 'kinds001/west', {}, { apiVersion: '2019-05-01', dependsOn: [] });
    const refused = await deploy(site, 'replica', templateOf({ resources: [replication] }));
    expect(refused.status, refused.text).toBe(400);
    expect(messageOf(refused)).toContain('Import the images into a registry of the other site instead');
  });
});

describe('a deployment to a subscription', () => {
  const group = (name: string): Parts => ({
    type: 'Microsoft.Resources/resourceGroups',
    apiVersion: '2021-04-01',
    name,
    location: '[deployment().location]',
    tags: { made: 'by template' },
  });

  it('makes a group and, in a nested deployment, what belongs into it', async () => {
    const id = "[resourceId('Microsoft.Resources/resourceGroups/', 'fresh')]";
    const inner = { scope: 'inner' };
    const nested = nestedOf(
      'inside',
      { resources: [registryOf('fresh001')] },
      { resourceGroup: 'fresh', dependsOn: [id] },
      { expressionEvaluationOptions: inner },
    );
    const template = templateOf({ resources: [nested, group('fresh')] });
    const made = await site.arm('PUT', `${site.subscription}/providers/Microsoft.Resources/deployments/whole`, {
      body: { location: 'local', properties: { mode: 'Incremental', template, parameters: {} } },
      version: '2021-04-01',
    });
    expect(made.json<Deployed>().properties.provisioningState, made.text).toBe('Succeeded');
    const found = await site.arm('GET', `${site.subscription}/resourceGroups/fresh`);
    expect(found.json()).toMatchObject({ name: 'fresh', location: 'local', tags: { made: 'by template' } });
    expect(
      valuesOf<{ name: string }>(await site.arm('GET', `${site.subscription}/resourceGroups/fresh/${REGISTRIES}`)).map(
        ({ name }) => name,
      ),
    ).toEqual(['fresh001']);
  });

  it('alone makes groups: in a group they are refused before anything is made', async () => {
    const refused = await deploy(site, 'nogroup', templateOf({ resources: [registryOf('nogroup1'), group('other')] }));
    expect([refused.status, codeOf(refused)], refused.text).toEqual([400, 'InvalidTemplate']);
    expect((await site.arm('GET', `${site.group}/${REGISTRIES}/nogroup1`)).status).toBe(404);
  });
});

describe('complete mode', () => {
  const properties = { actions: ['repositories/app/content/read'] };
  const names = async (kind: string) =>
    valuesOf<{ name: string }>(
      await site.arm('GET', `${site.subscription}/resourceGroups/whole/${REGISTRIES}/whole001${kind}`),
    ).map(({ name }) => name);
  const group = () => `${site.subscription}/resourceGroups/whole`;
  const [map, token] = [
    "[resourceId('Microsoft.ContainerRegistry/registries/scopeMaps', 'whole001', 'readers')]",
    'robot',
  ];
  const full = templateOf({
    resources: [
      registryOf('whole001'),
      registryOf('whole002'),
      child('scopeMaps', 'whole001/readers', properties),
      child('scopeMaps', 'whole001/writers', properties),
      child('tokens', `whole001/${token}`, { scopeMapId: map }, { dependsOn: [map] }),
      child('cleanupPolicies', 'whole001/untagged', { repositories: ['a'], untagged: { days: 7 } }),
    ],
  });
  const less = templateOf({
    resources: [registryOf('whole001'), child('scopeMaps', 'whole001/writers', properties)],
  });
  const run = (template: Parts, action?: string) =>
    deploy(site, 'complete', template, { group: group(), mode: 'Complete', ...(action ? { action } : {}) });

  it('deletes nothing at all while a lock holds one of them, then everything unnamed, children first', async () => {
    await site.arm('PUT', group(), { body: { location: 'local' } });
    expect((await run(full)).json<Deployed>().properties.provisioningState).toBe('Succeeded');
    const lock = `${group()}/${REGISTRIES}/whole002/providers/Microsoft.Authorization/locks/keep`;
    await site.arm('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
    const refused = await run(less);
    expect([refused.status, codeOf(refused)], refused.text).toEqual([409, 'ScopeLocked']);
    expect(await names('/tokens')).toEqual(['robot']);
    await site.arm('DELETE', lock);
    const done = await run(less);
    expect(done.json<Deployed>().properties.provisioningState, done.text).toBe('Succeeded');
    expect(await names('/tokens')).toEqual([]);
    expect(await names('/cleanupPolicies')).toEqual([]);
    expect((await names('/scopeMaps')).filter((name) => !name.startsWith('_'))).toEqual(['writers']);
    expect((await site.arm('GET', `${group()}/${REGISTRIES}/whole002`)).status).toBe(404);
  });
});

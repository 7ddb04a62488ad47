import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { type Deployed, deploy, nestedOf, registryOf, templateOf } from '../../../../test/support/templates.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const DEPLOYMENTS = 'Microsoft.Resources/deployments';
const REGISTRY_WRITE = 'Microsoft.ContainerRegistry/registries/write';
const pathOf = (name: string, group = site.group) => `${group}/providers/${DEPLOYMENTS}/${name}`;
const registry = (name: string) => site.arm('GET', `${site.group}/${REGISTRIES}/${name}`);
const messageOf = (answer: { json<T>(): T }) => answer.json<{ error: { message: string } }>().error.message;

/** Somebody with just these actions at the scope. */
async function holderOf(actions: string[], scope = site.group): Promise<string> {
  const id = randomUUID();
  const permissions = [{ actions, notActions: [] }];
  const properties = { roleName: id, permissions, assignableScopes: [site.subscription] };
  await site.arm('PUT', `${site.subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`, {
    body: { properties },
  });
  return (await site.robot(id, scope)).token;
}

const registryTemplate = (name: string) => templateOf({ resources: [registryOf(name)] });

describe('whoever may deploy', () => {
  it('makes nothing for which the right is missing, and nothing else of the template either', async () => {
    const as = await holderOf([`${DEPLOYMENTS}/*`, REGISTRY_WRITE]);
    const allowed = await deploy(site, 'allowed', registryTemplate('allowed1'), { as });
    expect(allowed.json<Deployed>().properties.provisioningState, allowed.text).toBe('Succeeded');
    const webhook = {
      type: 'Microsoft.ContainerRegistry/registries/webhooks',
      apiVersion: '2019-05-01',
      name: 'refused1/hook01',
      location: 'local',
      properties: { serviceUri: 'https://hook.invalid/', actions: ['push'] },
    };
    const refused = await deploy(site, 'refused', templateOf({ resources: [registryOf('refused1'), webhook] }), { as });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    expect(messageOf(refused)).toContain("'Microsoft.ContainerRegistry/registries/webhooks/write'");
    expect((await registry('refused1')).status).toBe(404);
    expect((await site.arm('GET', pathOf('refused'))).status).toBe(404);
  });

  it('gives no role, and sets no lock, without the right for that', async () => {
    const as = await holderOf([`${DEPLOYMENTS}/*`, REGISTRY_WRITE]);
    const { objectId } = await site.robot();
    const role = {
      type: 'Microsoft.Authorization/roleAssignments',
      apiVersion: '2022-04-01',
      name: randomUUID(),
      properties: { roleDefinitionId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', principalId: objectId },
    };
    const onRegistry = {
      ...role,
      type: 'Microsoft.ContainerRegistry/registries/providers/roleAssignments',
      name: `registry/Microsoft.Authorization/${randomUUID()}`,
    };
    const lock = {
      type: 'Microsoft.Authorization/locks',
      apiVersion: '2016-09-01',
      name: 'lock',
      properties: { level: 'ReadOnly' },
    };
    const scoped = { ...role, scope: site.subscription };
    for (const one of [role, onRegistry, scoped, lock, nestedOf('hidden', { resources: [role] })]) {
      const refused = await deploy(site, 'roles', templateOf({ resources: [one] }), { as });
      expect([refused.status, codeOf(refused)], JSON.stringify(one)).toEqual([403, 'AuthorizationFailed']);
    }
    const filter = encodeURIComponent(`principalId eq '${objectId}'`);
    expect(
      valuesOf(
        await site.arm(
          'GET',
          `${site.subscription}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}`,
        ),
      ),
    ).toEqual([]);
  });

  it('reaches no other group through a nested deployment', async () => {
    const other = `${site.subscription}/resourceGroups/other`;
    await site.arm('PUT', other, { body: { location: 'local' } });
    const as = await holderOf([`${DEPLOYMENTS}/*`, REGISTRY_WRITE]);
    const there = nestedOf('there', { resources: [registryOf('nowhere1')] }, { resourceGroup: 'other' });
    const refused = await deploy(site, 'across', templateOf({ resources: [there] }), { as });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    const late = nestedOf(
      'late',
      { parameters: { at: { type: 'string' } }, resources: [registryOf("[parameters('at')]")] },
      { resourceGroup: 'other' },
      {
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { at: { value: "[concat('late', reference('early001').provisioningState)]" } },
      },
    );
    const deployer = await holderOf([`${DEPLOYMENTS}/*`], other);
    expect(
      (await deploy(site, 'across', templateOf({ resources: [registryOf('early001'), late] }), { as: deployer }))
        .status,
    ).toBe(403);
    expect(valuesOf(await site.arm('GET', `${other}/${REGISTRIES}`))).toEqual([]);
  });

  it('asks a nested deployment that could not be foreseen for its rights before it makes anything', async () => {
    const as = await holderOf([`${DEPLOYMENTS}/*`, REGISTRY_WRITE, 'Microsoft.ContainerRegistry/registries/read']);
    const hook = (name: string) => ({
      type: 'Microsoft.ContainerRegistry/registries/webhooks',
      apiVersion: '2019-05-01',
      name,
      location: 'local',
      properties: { serviceUri: 'https://hook.invalid/', actions: ['push'] },
    });
    const late = nestedOf(
      'late',
      {
        parameters: { at: { type: 'string' } },
        resources: [registryOf("[parameters('at')]"), hook("[concat(parameters('at'), '/hook01')]")],
      },
      {},
      {
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { at: { value: "[concat('late', reference('early002').provisioningState)]" } },
      },
    );
    const failed = await deploy(site, 'late', templateOf({ resources: [registryOf('early002'), late] }), { as });
    expect(failed.json<Deployed>().properties, failed.text).toMatchObject({
      provisioningState: 'Failed',
      error: { details: [{ code: 'AuthorizationFailed', message: expect.stringContaining('webhooks/write') }] },
    });
    expect((await registry('lateSucceeded')).status).toBe(404);
  });

  it('reads nothing through expressions that he may not read otherwise', async () => {
    await site.arm('PATCH', `${site.group}/${REGISTRIES}/registry`, {
      body: { properties: { adminUserEnabled: true } },
    });
    const as = await holderOf([`${DEPLOYMENTS}/*`]);
    const output = (value: string) => templateOf({ outputs: { a: { type: 'object', value } } });
    const id = "resourceId('Microsoft.ContainerRegistry/registries', 'registry')";
    for (const value of [
      `[reference(${id}, '2019-05-01')]`,
      `[listCredentials(${id}, '2019-05-01')]`,
      `[if(true(), listCredentials(${id}, '2017-10-01'), 1)]`,
    ]) {
      const failed = await deploy(site, 'reads', output(value), { as });
      expect(failed.json<Deployed>().properties, failed.text).toMatchObject({
        provisioningState: 'Failed',
        error: { code: 'AuthorizationFailed' },
      });
      expect(failed.text).not.toContain(site.password);
    }
  });

  it('is stopped by locks as a request is', async () => {
    await site.arm('PUT', `${site.group}/${REGISTRIES}/locked01`, { body: { location: 'local' } });
    const lock = `${site.group}/${REGISTRIES}/locked01/providers/Microsoft.Authorization/locks/still`;
    await site.arm('PUT', lock, { body: { properties: { level: 'ReadOnly' } } });
    const refused = await deploy(site, 'locked', registryTemplate('locked01'));
    expect([refused.status, codeOf(refused)]).toEqual([409, 'ScopeLocked']);
    await site.arm('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
    expect((await deploy(site, 'locked', registryTemplate('locked01'))).status).toBe(201);
    const complete = await deploy(site, 'locked', templateOf({}), { mode: 'Complete' });
    expect([complete.status, codeOf(complete)]).toEqual([409, 'ScopeLocked']);
    expect((await registry('registry')).status).toBe(200);
    await site.arm('DELETE', lock);
  });

  it('deletes nothing in complete mode without the right to delete it', async () => {
    const as = await holderOf([`${DEPLOYMENTS}/*`, REGISTRY_WRITE]);
    const refused = await deploy(site, 'complete', registryTemplate('complete1'), { mode: 'Complete', as });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    expect(messageOf(refused)).toContain('registries/delete');
    expect((await registry('complete1')).status).toBe(404);
    expect((await registry('registry')).status).toBe(200);
  });
});

describe('what a deployment does', () => {
  it('is in the audit log as if each resource had been asked for', async () => {
    const robot = await site.robot('Contributor', site.group);
    await deploy(site, 'audited', registryTemplate('audited1'), { as: robot.token });
    const since = encodeURIComponent("eventTimestamp ge '2020-01-01T00:00:00Z'");
    const log = await site.arm(
      'GET',
      `${site.subscription}/providers/Microsoft.Insights/eventtypes/management/values?$filter=${since}`,
      { version: '2015-04-01' },
    );
    const mine = valuesOf<{ caller: string; operationName: { value: string }; resourceId: string }>(log).filter(
      ({ caller }) => caller === robot.objectId,
    );
    expect(
      mine.map(({ operationName, resourceId }) => [operationName.value, resourceId.split('/').at(-1)?.toLowerCase()]),
    ).toEqual(
      expect.arrayContaining([
        [REGISTRY_WRITE, 'audited1'],
        [`${DEPLOYMENTS}/write`, 'audited'],
      ]),
    );
  });

  it('is shown to nobody who may not read deployments', async () => {
    await deploy(site, 'private', registryTemplate('private1'));
    const as = await holderOf(['Microsoft.ContainerRegistry/registries/read']);
    for (const path of [
      pathOf('private'),
      `${pathOf('private')}/operations`,
      `${site.group}/deployments/private/operations`,
    ]) {
      expect((await site.arm('GET', path, { as })).status).toBe(403);
    }
    expect((await site.arm('POST', `${pathOf('private')}/exportTemplate`, { as })).status).toBe(403);
  });
});

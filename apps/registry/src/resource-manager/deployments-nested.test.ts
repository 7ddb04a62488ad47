import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { type Deployed, deploy, nestedOf, registryOf, templateOf } from '../../../../test/support/templates.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const pathOf = (name: string) => `${site.group}/providers/Microsoft.Resources/deployments/${name}`;
const registry = (name: string) => site.arm('GET', `${site.group}/${REGISTRIES}/${name}`);
const messageOf = (answer: { json<T>(): T }) => answer.json<{ error: { message: string } }>().error.message;
const get = async (name: string) => (await site.arm('GET', pathOf(name))).json<Deployed>();

describe('a nested deployment', () => {
  const parameters = { base: { type: 'string' } };

  it('has parameters of its own in its inner scope, and its outputs are for the outer one', async () => {
    const inner = nestedOf(
      'inner',
      {
        parameters: { name: { type: 'string' } },
        variables: { own: "[concat(parameters('name'), '01')]" },
        resources: [registryOf("[variables('own')]")],
        outputs: { server: { type: 'string', value: "[reference(variables('own')).loginServer]" } },
      },
      {},
      {
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { name: { value: "[concat(parameters('base'), 'x')]" } },
      },
    );
    const outputs = { server: { type: 'string', value: "[reference('inner').outputs.server.value]" } };
    const made = await deploy(site, 'outer', templateOf({ parameters, resources: [inner], outputs }), {
      parameters: { base: 'nested' },
    });
    expect(made.json<Deployed>().properties, made.text).toMatchObject({
      provisioningState: 'Succeeded',
      outputs: { server: { value: site.bootstrap.registry.loginServer.replace('registry', 'nestedx01') } },
    });
    expect(await get('inner')).toMatchObject({ properties: { parameters: { name: { value: 'nestedx' } } } });
  });

  it('is evaluated in the outer scope when nothing else is said', async () => {
    const inner = nestedOf('outerscope', {
      variables: { word: 'inner' },
      resources: [registryOf("[concat(variables('word'), parameters('base'))]")],
    });
    const made = await deploy(
      site,
      'outer2',
      templateOf({ parameters, variables: { word: 'outer' }, resources: [inner] }),
      { parameters: { base: 'scope' } },
    );
    expect(made.json<Deployed>().properties.provisioningState, made.text).toBe('Succeeded');
    expect((await registry('outerscope')).status).toBe(200);
  });

  it('may go to another group of the subscription, and fails as a whole when it fails', async () => {
    const elsewhere = `${site.subscription}/resourceGroups/Elsewhere`;
    await site.arm('PUT', elsewhere, { body: { location: 'local' } });
    const there = nestedOf('there', { resources: [registryOf('elsewhere1')] }, { resourceGroup: 'elsewhere' });
    expect(
      (await deploy(site, 'across', templateOf({ resources: [there] }))).json<Deployed>().properties.provisioningState,
    ).toBe('Succeeded');
    expect((await site.arm('GET', `${elsewhere}/${REGISTRIES}/elsewhere1`)).status).toBe(200);
    const bad = nestedOf('bad', { resources: [registryOf('elsewhere2', { location: 'mars' })] });
    const failed = await deploy(site, 'across', templateOf({ resources: [bad] }));
    expect(failed.json<Deployed>().properties).toMatchObject({
      provisioningState: 'Failed',
      error: { code: 'DeploymentFailed' },
    });
    expect(await get('bad')).toMatchObject({ properties: { error: { details: [{ code: 'InvalidRequestContent' }] } } });
  });

  it('may be one for each turn of a copy, and what is wrong in it is said by its place', async () => {
    const inner = nestedOf(
      "[concat('turn', copyIndex())]",
      { parameters: { i: { type: 'int' } }, resources: [registryOf("[concat('turned', parameters('i'))]")] },
      { copy: { name: 'turns', count: 2 } },
      { expressionEvaluationOptions: { scope: 'Inner' }, parameters: { i: { value: '[copyIndex()]' } } },
    );
    expect(
      (await deploy(site, 'turns', templateOf({ resources: [inner] }))).json<Deployed>().properties.provisioningState,
    ).toBe('Succeeded');
    expect((await registry('turned1')).status).toBe(200);
    const wrong = nestedOf('wrong', { resources: [registryOf('[nothing()]')] });
    const refused = await deploy(site, 'turns', templateOf({ resources: [wrong] }));
    expect(messageOf(refused)).toContain("'resources[0].properties.template.resources[0].name'");
  });

  it('is nested five deep, and no deeper', async () => {
    const deep = (levels: number): Record<string, unknown> =>
      levels === 0 ? registryOf('deepest1') : nestedOf(`level${levels}`, { resources: [deep(levels - 1)] });
    expect(
      (await deploy(site, 'deep', templateOf({ resources: [deep(5)] }))).json<Deployed>().properties.provisioningState,
    ).toBe('Succeeded');
    expect(messageOf(await deploy(site, 'deep', templateOf({ resources: [deep(6)] })))).toContain('deeper than 5');
  });
});

describe('a deployment to a subscription', () => {
  it('makes what hangs on the subscription, and deploys to its groups', async () => {
    const path = `${site.subscription}/providers/Microsoft.Resources/deployments/whole`;
    const there = nestedOf(
      'there',
      { resources: [registryOf('fromsub1', { location: 'local' })] },
      { resourceGroup: 'default' },
    );
    const lock = {
      type: 'Microsoft.Authorization/locks',
      apiVersion: '2016-09-01',
      name: 'note',
      properties: { level: 'CanNotDelete' },
    };
    const body = {
      location: 'local',
      properties: { mode: 'Incremental', template: templateOf({ resources: [there, lock] }) },
    };
    const made = await site.arm('PUT', path, { body, version: '2021-04-01' });
    expect(made.json<Deployed>().properties.provisioningState, made.text).toBe('Succeeded');
    expect((await registry('fromsub1')).status).toBe(200);
    expect((await site.arm('DELETE', `${site.subscription}/providers/Microsoft.Authorization/locks/note`)).status).toBe(
      200,
    );
    expect((await site.arm('HEAD', path)).status).toBe(204);
  });
});

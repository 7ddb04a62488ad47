import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

const pathOf = (name: string) => `${site.group}/providers/Microsoft.Resources/deployments/${name}`;
const registry = (name: string) => site.arm('GET', `${site.group}/${REGISTRIES}/${name}`);
const messageOf = (answer: { json<T>(): T }) => answer.json<{ error: { message: string } }>().error.message;
const get = async (name: string) => (await site.arm('GET', pathOf(name))).json<Deployed>();

describe('a template', () => {
  it('makes a registry, and says where it is', async () => {
    const template = templateOf({
      parameters: {
        acrName: {
          type: 'string',
          defaultValue: "[concat('acr', uniqueString(resourceGroup().id))]",
          minLength: 5,
          maxLength: 50,
        },
        acrSku: { type: 'string', defaultValue: 'Basic', allowedValues: ['Basic', 'Standard', 'Premium'] },
      },
      resources: [
        registryOf("[parameters('acrName')]", {
          sku: { name: "[parameters('acrSku')]" },
          tags: { made: 'by template' },
        }),
      ],
      outputs: {
        acrLoginServer: {
          type: 'string',
          value: "[reference(resourceId('Microsoft.ContainerRegistry/registries', parameters('acrName'))).loginServer]",
        },
        acrName: { type: 'string', value: "[parameters('acrName')]" },
      },
    });
    const made = await deploy(site, 'first', template);
    expect(made.status, made.text).toBe(201);
    const { properties } = made.json<Deployed>();
    const name = properties.outputs?.acrName?.value as string;
    expect(name).toMatch(/^acr[a-z2-7]{13}$/);
    expect(properties).toMatchObject({
      provisioningState: 'Succeeded',
      parameters: { acrName: { type: 'String', value: name }, acrSku: { type: 'String', value: 'Basic' } },
      outputs: {
        acrLoginServer: { type: 'String', value: site.bootstrap.registry.loginServer.replace('registry', name) },
      },
      outputResources: [{ id: `${site.group}/${REGISTRIES}/${name}` }],
    });
    expect((await registry(name)).json()).toMatchObject({
      location: 'local',
      sku: { name: 'Basic' },
      tags: { made: 'by template' },
      properties: { adminUserEnabled: true },
    });
    expect((await deploy(site, 'FIRST', template)).status).toBe(200);
    expect(await get('First')).toMatchObject({ name: 'first', properties: { provisioningState: 'Succeeded' } });
  });

  it('is read as az sends it, comments and all', async () => {
    const text = `{"properties": {"parameters": {"name": {"value": "spliced1"}}, "mode": "Incremental", template:{
      // a template file
      "$schema": "x", "contentVersion": "1.0.0.0", /* of az */
      "parameters": {"name": {"type": "string"}},
      "resources": [{"type": "Microsoft.ContainerRegistry/registries", "apiVersion": "2017-10-01",
        "name": "[parameters('name')]", "location": "local", "sku": {"name": "Standard"}}]
    }}}`;
    const headers = { 'Content-Type': 'application/json' };
    const made = await site.ask('PUT', `${pathOf('spliced')}?api-version=2021-04-01`, {
      as: site.owner,
      headers,
      body: text,
    });
    expect(made.status, made.text).toBe(201);
    expect((await registry('spliced1')).status).toBe(200);
    const broken = text.replace('"resources": [', '"resources": [[');
    const refused = await site.ask('PUT', `${pathOf('spliced')}?api-version=2021-04-01`, {
      as: site.owner,
      headers,
      body: broken,
    });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'InvalidTemplate']);
    expect(messageOf(refused)).toMatch(/line \d+, column \d+/);
  });

  it.each(['2019-12-01-preview', '2029-01-01', '2023-07-01'])(
    'with api-version %s makes nothing, and says which ones there are',
    async (apiVersion) => {
      const template = templateOf({ resources: [registryOf('wrongversion', { apiVersion })] });
      for (const action of [undefined, '/validate']) {
        const refused = await deploy(site, 'versions', template, action ? { action } : {});
        expect([refused.status, codeOf(refused)]).toEqual([400, 'NoRegisteredProviderFound']);
        expect(messageOf(refused)).toContain("The supported api-versions are '2019-05-01, 2017-10-01'");
        expect(messageOf(refused)).toContain(`API version '${apiVersion}' for type 'registries'`);
      }
      expect((await registry('wrongversion')).status).toBe(404);
      expect((await site.arm('GET', pathOf('versions'))).status).toBe(404);
    },
  );

  it('makes what one of its resources needs before that one, whatever their order', async () => {
    const webhook = {
      type: 'Microsoft.ContainerRegistry/registries/webhooks',
      apiVersion: '2019-05-01',
      name: 'ordered1/hook01',
      location: 'local',
      dependsOn: ["[resourceId('Microsoft.ContainerRegistry/registries', 'ordered1')]"],
      properties: { serviceUri: 'https://hook.invalid/x', actions: ['push'] },
    };
    const lock = {
      type: 'Microsoft.ContainerRegistry/registries/providers/locks',
      apiVersion: '2016-09-01',
      name: 'ordered1/Microsoft.Authorization/keep',
      dependsOn: ['ordered1'],
      properties: { level: 'CanNotDelete' },
    };
    const made = await deploy(site, 'ordered', templateOf({ resources: [webhook, lock, registryOf('ordered1')] }));
    expect(made.json<Deployed>().properties).toMatchObject({
      provisioningState: 'Succeeded',
      outputResources: [
        { id: `${site.group}/${REGISTRIES}/ordered1` },
        { id: `${site.group}/${REGISTRIES}/ordered1/webhooks/hook01` },
        { id: `${site.group}/${REGISTRIES}/ordered1/providers/Microsoft.Authorization/locks/keep` },
      ],
    });
    expect((await site.arm('DELETE', `${site.group}/${REGISTRIES}/ordered1`)).status).toBe(409);
  });

  it('makes children that stand in their parent, and roles at a scope', async () => {
    const { objectId } = await site.robot();
    const child = {
      type: 'webhooks',
      apiVersion: '2019-05-01',
      name: 'inside01',
      location: 'local',
      properties: { serviceUri: 'https://hook.invalid/x', actions: ['push'] },
    };
    const role = (name: string, more: Record<string, unknown>) => ({
      apiVersion: '2022-04-01',
      name,
      properties: {
        roleDefinitionId:
          "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')]",
        principalId: objectId,
      },
      ...more,
    });
    const made = await deploy(
      site,
      'children',
      templateOf({
        resources: [
          role("[guid('scoped')]", {
            type: 'Microsoft.Authorization/roleAssignments',
            scope: 'Microsoft.ContainerRegistry/registries/parent01',
          }),
          registryOf('parent01', { resources: [child] }),
          role("[guid('group')]", { type: 'Microsoft.Authorization/roleAssignments' }),
        ],
      }),
    );
    expect(made.json<Deployed>().properties.provisioningState, made.text).toBe('Succeeded');
    expect((await site.arm('GET', `${site.group}/${REGISTRIES}/parent01/webhooks/inside01`)).status).toBe(200);
    const list = async (scope: string) =>
      valuesOf<{ properties: { principalId: string; scope: string } }>(
        await site.arm('GET', `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()`),
      ).filter(({ properties }) => properties.principalId === objectId);
    expect(
      (await list(`${site.group}/${REGISTRIES}/parent01`)).map(({ properties }) => properties.scope.toLowerCase()),
    ).toEqual(expect.arrayContaining([`${site.group}/${REGISTRIES}/parent01`.toLowerCase(), site.group.toLowerCase()]));
  });

  it('makes one for each turn of a copy, and none under a false condition', async () => {
    const made = await deploy(
      site,
      'copies',
      templateOf({
        variables: { names: ['red', 'green'] },
        resources: [
          registryOf("[concat('copied', variables('names')[copyIndex()])]", {
            copy: { name: 'loop', count: "[length(variables('names'))]" },
            tags: { number: "[string(copyIndex('loop', 1))]" },
          }),
          registryOf('copiednone', { condition: '[equals(1, 2)]' }),
          registryOf('copiedlast', { dependsOn: ['loop', 'copiednone'] }),
        ],
        outputs: {
          servers: {
            type: 'array',
            copy: {
              count: 2,
              input: "[reference(concat('copied', variables('names')[copyIndex('value')])).loginServer]",
            },
          },
          none: { type: 'string', condition: false, value: 'x' },
        },
      }),
    );
    const { outputResources, outputs } = made.json<Deployed>().properties;
    expect(
      outputResources.map(({ id }) => id.split('/').at(-1)),
      made.text,
    ).toEqual(['copiedred', 'copiedgreen', 'copiedlast']);
    expect(outputs).toEqual({
      servers: {
        type: 'Array',
        value: ['copiedred', 'copiedgreen'].map((name) =>
          site.bootstrap.registry.loginServer.replace('registry', name),
        ),
      },
    });
    expect((await registry('copiedgreen')).json()).toMatchObject({ tags: { number: '2' } });
  });

  it('is read and forgotten, its history listed and exported', async () => {
    const template = templateOf({ resources: [registryOf('history1')] });
    await deploy(site, 'history', template);
    expect((await site.arm('HEAD', pathOf('history'))).status).toBe(204);
    expect(valuesOf<{ name: string }>(await site.arm('GET', pathOf(''))).map(({ name }) => name)).toContain('history');
    expect((await site.arm('POST', `${pathOf('history')}/exportTemplate`)).json()).toEqual({ template });
    const [operation] = valuesOf<{ operationId: string; properties: unknown }>(
      await site.arm('GET', `${pathOf('history')}/operations`),
    );
    expect(operation?.properties).toMatchObject({
      provisioningState: 'Succeeded',
      targetResource: { resourceName: 'history1' },
    });
    const plain = `${site.group}/deployments/history/operations`;
    expect(valuesOf(await site.arm('GET', plain))).toEqual([operation]);
    expect((await site.arm('GET', `${plain}/${operation?.operationId}`)).json()).toEqual(operation);
    expect((await site.arm('GET', `${plain}/nothing`)).status).toBe(404);
    const cancelled = await site.arm('POST', `${pathOf('history')}/cancel`);
    expect([cancelled.status, codeOf(cancelled)]).toEqual([409, 'DeploymentCannotBeCancelled']);
    expect((await site.arm('DELETE', pathOf('history'))).status).toBe(204);
    expect((await site.arm('HEAD', pathOf('history'))).status).toBe(404);
    expect(codeOf(await site.arm('GET', pathOf('history')))).toBe('DeploymentNotFound');
    expect((await registry('history1')).status).toBe(200);
  });

  it('is validated without making anything', async () => {
    const good = templateOf({ resources: [registryOf('validated1')] });
    const answer = await deploy(site, 'validated', good, { action: '/validate' });
    expect(answer.json(), answer.text).toMatchObject({
      properties: {
        provisioningState: 'Succeeded',
        validatedResources: [{ id: `${site.group}/${REGISTRIES}/validated1` }],
      },
    });
    const foreseen = await deploy(
      site,
      'validated',
      templateOf({ resources: [registryOf('validated1'), registryOf('registry')] }),
      { action: '/whatIf' },
    );
    const { changes } = foreseen.json<{ properties: { changes: { changeType: string }[] } }>().properties;
    expect(changes.slice(0, 2).map(({ changeType }) => changeType)).toEqual(['Create', 'NoChange']);
    expect((await registry('validated1')).status).toBe(404);
    expect((await site.arm('GET', pathOf('validated'))).status).toBe(404);
  });

  it('in complete mode deletes the registries of the group that it does not name', async () => {
    const group = `${site.subscription}/resourceGroups/complete`;
    await site.arm('PUT', group, { body: { location: 'local' } });
    await deploy(site, 'one', templateOf({ resources: [registryOf('stays001'), registryOf('leaves01')] }), { group });
    const foreseen = await deploy(site, 'two', templateOf({ resources: [registryOf('stays001')] }), {
      group,
      mode: 'Complete',
      action: '/whatIf',
    });
    expect(foreseen.text).toContain('"changeType":"Delete"');
    const done = await deploy(site, 'two', templateOf({ resources: [registryOf('stays001')] }), {
      group,
      mode: 'Complete',
    });
    expect(done.json<Deployed>().properties.provisioningState, done.text).toBe('Succeeded');
    const names = valuesOf<{ name: string }>(await site.arm('GET', `${group}/${REGISTRIES}`)).map(({ name }) => name);
    expect(names).toEqual(['stays001']);
    expect((await site.arm('DELETE', group)).status).toBe(200);
    await site.arm('PUT', group, { body: { location: 'local' } });
    expect(valuesOf(await site.arm('GET', `${group}/providers/Microsoft.Resources/deployments`))).toEqual([]);
  });
});

describe('the public quickstart template', () => {
  const acceptance = join(import.meta.dirname, '../../../../test/acceptance/templates/container-registry.json');
  const read = async () => JSON.parse(await readFile(acceptance, 'utf8')) as Record<string, unknown>;

  it('is refused as it is, and deploys after the one edit that the FAQ asks for', async () => {
    const template = await read();
    const refused = await deploy(site, 'quickstart', template);
    expect([refused.status, codeOf(refused)], refused.text).toEqual([400, 'NoRegisteredProviderFound']);
    expect(messageOf(refused)).toContain('2019-05-01');
    const edited = JSON.parse(JSON.stringify(template).replaceAll('2019-12-01-preview', '2019-05-01'));
    const made = await deploy(site, 'quickstart', edited);
    expect(made.json<Deployed>().properties, made.text).toMatchObject({
      provisioningState: 'Succeeded',
      outputs: { acrLoginServer: { type: 'String', value: expect.stringContaining('.azsacr.') } },
    });
  });
});

describe('a template that is wrong', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['without a schema', { $schema: 1 }, '$schema'],
    ['of the next language version', { languageVersion: '2.0' }, "'languageVersion' 2.0"],
    ['with symbolic names', { resources: { a: {} } }, 'array'],
    ['with a resource without type', { resources: [{ name: 'a', apiVersion: '2019-05-01' }] }, "'resources[0].type'"],
    ['with a name of the wrong length', { resources: [registryOf('a/b')] }, 'segment lengths'],
    ['with a name that leaves its place', { resources: [registryOf('..')] }, 'must have no empty part'],
    ['with the same resource twice', { resources: [registryOf('twice001'), registryOf('TWICE001')] }, 'defined twice'],
    [
      'with a circle',
      {
        resources: [
          registryOf('circle01', { dependsOn: ['circle02'] }),
          registryOf('circle02', { dependsOn: ['circle01'] }),
        ],
      },
      'Circular dependency',
    ],
    [
      'that depends on nothing there',
      { resources: [registryOf('depends1', { dependsOn: ['nowhere'] })] },
      "names 'nowhere'",
    ],
    ['with an expression that is wrong', { resources: [registryOf("[concat('a']")] }, 'resources[0].name'],
    [
      'with a wrong expression in a body',
      { resources: [registryOf('wrong001', { tags: { a: '[nothing()]' } })] },
      '\'resources[0].tags.a\': in "[nothing()]", at character 2',
    ],
    [
      'with a wrong expression in an output',
      { outputs: { a: { type: 'string', value: "[nope('a']" } } },
      'outputs.a.value',
    ],
    [
      'with a reference in a name',
      { resources: [registryOf("[reference('x').name]")] },
      'known before anything is made',
    ],
    [
      'with a reference in a variable',
      { variables: { v: "[reference('x')]" }, resources: [registryOf("[variables('v')]")] },
      'variables are known before',
    ],
    [
      'with a list function in a condition',
      { resources: [registryOf('cond0001', { condition: "[empty(listCredentials('x', '2019-05-01'))]" })] },
      'must be known before',
    ],
    ['with too many copies', { resources: [registryOf('copy0001', { copy: { name: 'c', count: 801 } })] }, '0 to 800'],
    [
      'with a link',
      { resources: [nestedOf('linked', {}, {}, { templateLink: { uri: 'https://x.invalid' } })] },
      'fetches no templates',
    ],
    [
      'with a nested one of a wrong name',
      { resources: [nestedOf('a b', {})] },
      "'resources[0].name' must have 1 to 64",
    ],
    [
      'with a nested one in another place than a group',
      { resources: [nestedOf('place', {}, { resourceGroup: 'default/providers/x' })] },
      "'resourceGroup' of a nested deployment must be a name",
    ],
    [
      'with a nested one in complete mode',
      { resources: [nestedOf('nested', {}, {}, { mode: 'Complete' })] },
      'must be Incremental',
    ],
  ])('%s is refused before anything is made', async (_, parts, why) => {
    const template = templateOf({
      ...parts,
      ...(Array.isArray(parts.resources) ? { resources: [registryOf('toomuch1'), ...parts.resources] } : {}),
    });
    const shifted = why.replace('resources[0]', 'resources[1]');
    for (const action of [undefined, '/validate']) {
      const refused = await deploy(site, 'wrong', template, action ? { action } : {});
      expect([refused.status, codeOf(refused)], refused.text).toEqual([400, 'InvalidTemplate']);
      expect(messageOf(refused)).toContain(shifted);
    }
    expect((await registry('toomuch1')).status).toBe(404);
  });

  it.each<[string, unknown, Record<string, unknown>, string]>([
    ['missing', { type: 'string' }, {}, "The value for the template parameter 'p' is not provided"],
    ['of another type', { type: 'int' }, { p: 'x' }, 'must be of type int and is of type string'],
    ['too short', { type: 'string', minLength: 5 }, { p: 'x' }, "greater than or equal to '5'"],
    ['too long', { type: 'array', maxLength: 1 }, { p: [1, 2] }, "less than or equal to '1'"],
    ['too small', { type: 'int', minValue: 5 }, { p: 4 }, 'at least 5'],
    ['too large', { type: 'int', maxValue: 5 }, { p: 6 }, 'at most 5'],
    ['none of the allowed', { type: 'string', allowedValues: ['a', 'b'] }, { p: 'c' }, 'one of a, b'],
    ['of a type that is none', { type: 'number' }, { p: 1 }, 'must be one of string'],
    ['unknown', { type: 'string' }, { p: 'a', q: 'b' }, 'the template has only p'],
  ])('with a parameter that is %s is refused, and the parameter named', async (_, definition, parameters, why) => {
    const refused = await deploy(site, 'parameters', templateOf({ parameters: { p: definition } }), { parameters });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'InvalidTemplate']);
    expect(messageOf(refused)).toContain(why);
  });

  it('is refused with a link, without a mode, with a wrong name', async () => {
    const put = (name: string, properties: unknown) => site.arm('PUT', pathOf(name), { body: { properties } });
    const template = templateOf({});
    expect(messageOf(await put('a', { mode: 'Incremental', templateLink: { uri: 'x' } }))).toContain(
      'fetches no templates',
    );
    expect(messageOf(await put('a', { template }))).toContain("'properties.mode'");
    expect(codeOf(await put('a%20b', { mode: 'Incremental', template }))).toBe('InvalidDeploymentName');
    expect(codeOf(await deploy(site, 'a', template, { group: `${site.subscription}/resourceGroups/nowhere` }))).toBe(
      'ResourceGroupNotFound',
    );
    const other = templateOf({
      resources: [{ type: 'Microsoft.Storage/storageAccounts', apiVersion: '2019-06-01', name: 'x' }],
    });
    const refused = await deploy(site, 'a', other);
    expect([refused.status, codeOf(refused)]).toEqual([400, 'NotSupported']);
    expect(messageOf(refused)).toContain('Microsoft.ContainerRegistry/registries');
  });
});

describe('a deployment that fails', () => {
  it('tells which resources failed and why, makes the others, and leaves out what needed them', async () => {
    const template = templateOf({
      resources: [
        registryOf('failing1', { location: 'elsewhere' }),
        registryOf('failing2', { dependsOn: ['failing1'] }),
        registryOf('failing3'),
      ],
    });
    const failed = await deploy(site, 'failing', template);
    expect(failed.status).toBe(201);
    const { properties } = failed.json<Deployed>();
    expect(properties).toMatchObject({
      provisioningState: 'Failed',
      error: {
        code: 'DeploymentFailed',
        details: [{ code: 'InvalidRequestContent', message: expect.stringContaining("'elsewhere'") }],
      },
      outputResources: [{ id: `${site.group}/${REGISTRIES}/failing3` }],
    });
    const poll = failed.header('Azure-AsyncOperation') ?? '';
    expect(failed.header('Retry-After')).toBe('1');
    const polled = await site.ask('GET', new URL(poll).pathname + new URL(poll).search, { as: site.owner });
    expect([polled.header('Retry-After'), polled.json()]).toEqual(['1', { status: 'Failed', error: properties.error }]);
    const operations = valuesOf<{ properties: { provisioningState: string } }>(
      await site.arm('GET', `${pathOf('failing')}/operations`),
    );
    expect(operations.map((one) => one.properties.provisioningState)).toEqual(['Failed', 'Succeeded']);
    expect((await registry('failing2')).status).toBe(404);
    expect((await registry('failing3')).status).toBe(200);
  });

  it('fails when an output cannot be had, and leaves what was made', async () => {
    const outputs = {
      a: {
        type: 'string',
        value:
          "[reference(resourceId('Microsoft.ContainerRegistry/registries', 'nothing1'), '2019-05-01').loginServer]",
      },
    };
    const failed = await deploy(site, 'output', templateOf({ resources: [registryOf('output01')], outputs }));
    expect(failed.json<Deployed>().properties).toMatchObject({
      provisioningState: 'Failed',
      error: { code: 'ResourceNotFound' },
    });
    expect((await registry('output01')).status).toBe(200);
  });
});

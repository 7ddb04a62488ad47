import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { deploy, nestedOf, type Parts, registryOf, templateOf } from '../../../../test/support/templates.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
  await site.arm('PUT', `${site.subscription}/resourceGroups/foresee`, { body: { location: 'local' } });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

interface Change {
  readonly resourceId: string;
  readonly changeType: string;
  readonly before?: Parts;
  readonly after?: Parts;
  readonly delta?: { path: string; propertyChangeType: string; before: unknown; after: unknown; children: unknown }[];
}

const group = () => `${site.subscription}/resourceGroups/foresee`;
const webhookOf = (name: string, properties: Parts, more: Parts = {}): Parts => ({
  type: 'Microsoft.ContainerRegistry/registries/webhooks',
  apiVersion: '2019-05-01',
  name,
  location: 'local',
  properties: { serviceUri: 'https://hook.internal/a', actions: ['push', 'delete'], ...properties },
  dependsOn: [`[resourceId('Microsoft.ContainerRegistry/registries', '${name.split('/')[0]}')]`],
  ...more,
});

async function foresee(resources: Parts[], more: Parts = {}, options: Parts = {}): Promise<Change[]> {
  const answer = await deploy(site, 'foreseen', templateOf({ resources, ...more }), {
    group: group(),
    action: '/whatIf',
    ...options,
  });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<{ properties: { changes: Change[] } }>().properties.changes;
}

const kindsOf = (changes: Change[]) => changes.map((one) => `${one.changeType} ${one.resourceId.split('/').at(-1)}`);

describe('what-if', () => {
  it('tells what would be created, with a child of what is not there yet, and leaves nothing behind', async () => {
    const rows = valuesOf(await site.arm('GET', `${site.subscription}/${REGISTRIES}`)).length;
    const changes = await foresee([webhookOf('fresh001/hook001', {}), registryOf('fresh001')]);
    expect(kindsOf(changes)).toEqual(['Create fresh001', 'Create hook001']);
    expect(changes[0]?.after).toMatchObject({ name: 'fresh001', apiVersion: '2019-05-01', sku: { name: 'Standard' } });
    expect(valuesOf(await site.arm('GET', `${site.subscription}/${REGISTRIES}`)).length).toBe(rows);
    expect(valuesOf(await site.arm('GET', `${group()}/providers/Microsoft.Resources/deployments`))).toEqual([]);
  });

  it('compares property by property what is there with what would be', async () => {
    const before = [
      registryOf('there001', { tags: { team: 'core', old: 'yes' } }),
      webhookOf('there001/hook001', { actions: ['push', 'delete'] }),
    ];
    await deploy(site, 'there', templateOf({ resources: [...before, registryOf('other001')] }), { group: group() });
    const same = await foresee(before);
    expect(kindsOf(same)).toEqual(['NoChange there001', 'NoChange hook001', 'Ignore other001']);
    const [registry, webhook] = await foresee([
      registryOf('there001', { tags: { team: 'edge', new: 'yes' }, properties: { adminUserEnabled: false } }),
      webhookOf('there001/hook001', { actions: ['delete', 'quarantine'], serviceUri: 'https://hook.internal/b' }),
    ]);
    const told = (change?: Change) =>
      Object.fromEntries((change?.delta ?? []).map((d) => [d.path, [d.propertyChangeType, d.before, d.after]]));
    expect(told(registry)).toEqual({
      'tags.team': ['Modify', 'core', 'edge'],
      'tags.old': ['Delete', 'yes', null],
      'tags.new': ['Create', null, 'yes'],
      'properties.adminUserEnabled': ['Modify', true, false],
    });
    expect(told(webhook)['properties.serviceUri']).toEqual(['Modify', '*******', '*******']);
    expect(webhook?.delta?.find(({ path }) => path === 'properties.actions')).toMatchObject({
      propertyChangeType: 'Array',
      children: [
        { path: expect.any(String), propertyChangeType: 'Delete', before: 'push' },
        { path: expect.any(String), propertyChangeType: 'Create', after: 'quarantine' },
      ],
    });
  });

  it('goes into nested deployments and knows what they would give', async () => {
    const nested = nestedOf(
      'inner',
      {
        resources: [registryOf('inner001')],
        outputs: { id: { type: 'string', value: "[reference('inner001').loginServer]" } },
      },
      {},
      { expressionEvaluationOptions: { scope: 'inner' } },
    );
    const outer = registryOf('outer001', { tags: { of: "[reference('inner').outputs.id.value]" } });
    const changes = await foresee([outer, nested]);
    expect(kindsOf(changes).slice(0, 2)).toEqual(['Create inner001', 'Create outer001']);
    expect(changes[1]?.after?.tags).toEqual({ of: expect.stringContaining('inner001.azsacr') });
  });

  it('tells deletions of complete mode first, and refuses what a lock would refuse', async () => {
    const changes = await foresee([registryOf('there001'), registryOf('newer001')], {}, { mode: 'Complete' });
    expect(kindsOf(changes)).toEqual(['Delete hook001', 'Delete other001', 'Modify there001', 'Create newer001']);
    const lock = `${group()}/${REGISTRIES}/other001/providers/Microsoft.Authorization/locks/keep`;
    await site.arm('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
    const template = templateOf({ resources: [registryOf('there001')] });
    const refused = await deploy(site, 'x', template, { group: group(), mode: 'Complete', action: '/whatIf' });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'ScopeLocked']);
    await site.arm('DELETE', lock);
  });

  it('never shows a secret, whatever becomes of it in an expression', async () => {
    const secret = 'correct horse battery staple';
    const parameters = { word: { type: 'securestring' } };
    const of = (expression: string) => registryOf('there001', { tags: { made: expression, open: 'yes' } });
    for (const expression of [
      "[parameters('word')]",
      "[base64(parameters('word'))]",
      "[substring(parameters('word'), 0, 3)]",
    ]) {
      const changes = await foresee([of(expression)], { parameters }, { parameters: { word: secret } });
      const told = JSON.stringify(changes);
      expect(told).toContain('"made":"*******"');
      expect(told).toContain('"open":"yes"');
      for (const leak of [secret, Buffer.from(secret).toString('base64'), '"cor"']) expect(told).not.toContain(leak);
    }
    const credentials =
      "[listCredentials(resourceId('Microsoft.ContainerRegistry/registries', 'there001'), '2019-05-01').passwords[0].value]";
    const told = JSON.stringify(await foresee([registryOf('next0001', { tags: { p: credentials } })]));
    expect(told).toContain('"p":"*******"');
  });

  it('refuses what the deployment would be refused for, without the secret in its words', async () => {
    const template = templateOf({
      parameters: { word: { type: 'securestring' } },
      resources: [registryOf('where001', { location: "[parameters('word')]" })],
    });
    const refused = await deploy(site, 'x', template, {
      group: group(),
      action: '/whatIf',
      parameters: { word: 'nowhere-secret' },
    });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('is not available');
    expect(refused.text).not.toContain('nowhere-secret');
  });

  it('compares nothing when only ids are asked for', async () => {
    const body = {
      properties: {
        mode: 'Incremental',
        template: templateOf({ resources: [registryOf('there001')] }),
        whatIfSettings: { resultFormat: 'ResourceIdOnly' },
      },
    };
    const path = `${group()}/providers/Microsoft.Resources/deployments/ids/whatIf`;
    const answer = await site.arm('POST', path, { body, version: '2021-04-01' });
    const { changes } = answer.json<{ properties: { changes: Change[] } }>().properties;
    expect(changes[0]).toEqual({ resourceId: expect.stringContaining('there001'), changeType: 'Deploy' });
  });
});

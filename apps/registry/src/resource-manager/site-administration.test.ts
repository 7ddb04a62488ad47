import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';
import { newBytes, pushBlob } from '../distribution/test-content.ts';

let site: AzureSite;
let operator: string;
let admin: string;
beforeAll(async () => {
  site = await startAzureSite();
  operator = await site.operator();
  admin = await site.administration();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const ask = (method: string, path: string, properties?: object, as = operator) =>
  site.arm(method, `${admin}/${path}`, {
    as,
    version: '2019-11-01-preview',
    ...(properties ? { body: { properties } } : {}),
  });
const quota = (name: string, numberOfRegistries: number, capacityPerRegistryInGiB: number) => ({
  id: `${admin}/quotas/${name}`,
  name: `local/${name}`,
  type: 'Microsoft.ContainerRegistry.Admin/locations/quotas',
  location: 'local',
  properties: { numberOfRegistries, capacityPerRegistryInGiB },
});

describe('the operator', () => {
  it('has a subscription of his own, in which no registry of others lies, and sees none of theirs', async () => {
    const list = valuesOf<{ displayName: string; subscriptionId: string }>(
      await site.arm('GET', '/subscriptions', { as: operator }),
    );
    expect(list).toHaveLength(1);
    expect(list[0]?.displayName).toBe('Default Provider Subscription');
    expect(list[0]?.subscriptionId).not.toBe(site.bootstrap.subscriptionId);
    expect((await site.arm('GET', site.subscription, { as: operator })).status).toBe(404);
    expect((await site.arm('GET', `${site.group}/${REGISTRIES}/registry`, { as: operator })).status).toBe(403);
  });

  it('is the only one: an owner of a subscription is not, neither there nor here', async () => {
    const own = admin.replace(/^\/subscriptions\/[^/]+/, site.subscription);
    for (const path of ['quotas', 'configurations/Default', 'capacities', 'registries']) {
      for (const [at, as] of [
        [own, site.owner],
        [admin, site.owner],
        [own, operator],
      ] as const) {
        const answer = await site.arm('GET', `${at}/${path}`, { as });
        expect([answer.status, codeOf(answer)], `${at} ${path}`).toEqual([403, 'AuthorizationFailed']);
      }
    }
  });

  it('has his rights in his own subscription only, also when he owns another one', async () => {
    const { id } = (await site.graph('GET', `/users/${site.bootstrap.operator.username}`)).json<{ id: string }>();
    const assignment = await site.assign('Owner', id, site.subscription);
    const own = admin.replace(/^\/subscriptions\/[^/]+/, site.subscription);
    expect((await site.arm('GET', site.subscription, { as: operator })).status).toBe(200);
    for (const path of ['quotas', 'registries']) {
      expect((await site.arm('GET', `${own}/${path}`, { as: operator })).status).toBe(403);
    }
    expect((await site.arm('DELETE', assignment)).status).toBe(200);
  });

  it("gives nobody his rights by a role in his subscription: a service principal's secret is the directory's to renew", async () => {
    const [own = ''] = /^\/subscriptions\/[^/]+/.exec(admin) ?? [];
    const robot = await site.robot();
    const roles = `${own}/providers/Microsoft.Authorization`;
    const filter = encodeURIComponent("roleName eq 'Owner'");
    const [role] = valuesOf<{ id: string }>(
      await site.arm('GET', `${roles}/roleDefinitions?$filter=${filter}`, { as: operator }),
    );
    const assigned = await site.arm('PUT', `${roles}/roleAssignments/11111111-2222-4333-8444-555555555555`, {
      as: operator,
      body: { properties: { roleDefinitionId: role?.id, principalId: robot.objectId } },
    });
    expect(assigned.status, assigned.text).toBe(201);
    expect((await site.arm('GET', own, { as: robot.token })).status).toBe(200);
    expect((await ask('GET', 'quotas', undefined, robot.token)).status).toBe(403);
  });
});

describe('quotas', () => {
  it('are one at first, and made, changed, shown and deleted by name', async () => {
    expect(valuesOf(await ask('GET', 'quotas'))).toEqual([quota('Default', 20, 100)]);
    const made = await ask('PUT', 'quotas/Large', { numberOfRegistries: 3, capacityPerRegistryInGiB: 7 });
    expect([made.status, made.json()]).toEqual([200, quota('Large', 3, 7)]);
    expect((await ask('PUT', 'quotas/large', { capacityPerRegistryInGiB: 9 })).json()).toEqual(quota('Large', 3, 9));
    expect((await ask('GET', 'quotas/LARGE')).json()).toEqual(quota('Large', 3, 9));
    expect(valuesOf(await ask('GET', 'quotas'))).toEqual([quota('Default', 20, 100), quota('Large', 3, 9)]);
    expect((await ask('DELETE', 'quotas/Large')).status).toBe(200);
    expect((await ask('DELETE', 'quotas/Large')).status).toBe(204);
    expect(codeOf(await ask('GET', 'quotas/Large'))).toBe('ResourceNotFound');
  });

  it('take what is left out from the default when they are new', async () => {
    expect((await ask('PUT', 'quotas/Empty', {})).json()).toEqual(quota('Empty', 20, 100));
    await ask('DELETE', 'quotas/Empty');
  });

  it.each([
    ['numberOfRegistries', -1],
    ['numberOfRegistries', 1.5],
    ['capacityPerRegistryInGiB', '100'],
    ['capacityPerRegistryInGiB', 1e12],
  ])('refuse %s %s by its name', async (name, value) => {
    const answer = await ask('PUT', 'quotas/Bad', { [name]: value });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequestContent']);
    expect(answer.text).toContain(`properties.${name}`);
    expect((await ask('GET', 'quotas/Bad')).status).toBe(404);
  });

  it('are at one location', async () => {
    const answer = await site.arm('GET', `${admin.replace(/[^/]+$/, 'elsewhere')}/quotas`, { as: operator });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("'local'")]);
  });

  it('are assigned to subscriptions, and not deleted while one has them; the default never', async () => {
    await ask('PUT', 'quotas/Small', { numberOfRegistries: 1, capacityPerRegistryInGiB: 1 });
    const target = site.bootstrap.subscriptionId;
    const assigned = await ask('PUT', `quotas/small/subscriptions/${target}`);
    expect([assigned.status, assigned.json()]).toEqual([
      200,
      expect.objectContaining({ properties: { subscriptionId: target, quota: 'Small' } }),
    ]);
    const having = valuesOf<{ properties: object }>(await ask('GET', 'quotas/Small/subscriptions'));
    expect(having.map(({ properties }) => properties)).toEqual([{ subscriptionId: target, quota: 'Small' }]);
    const kept = await ask('DELETE', 'quotas/Small');
    expect([kept.status, codeOf(kept), kept.text]).toEqual([409, 'QuotaInUse', expect.stringContaining(target)]);
    expect((await ask('DELETE', 'quotas/Default')).status).toBe(409);
    expect((await ask('PUT', `quotas/Nowhere/subscriptions/${target}`)).status).toBe(404);
    expect((await ask('PUT', 'quotas/Small/subscriptions/nobody')).status).toBe(404);

    const usages = await site.arm('GET', `${site.group}/${REGISTRIES}/registry/listUsages`);
    expect(valuesOf<{ limit: number }>(usages)[0]).toMatchObject({ name: 'Size', limit: 2 ** 30 });
    const second = await site.arm('PUT', `${site.group}/${REGISTRIES}/second00`, {
      body: { location: 'local', sku: { name: 'Standard' } },
    });
    expect([second.status, codeOf(second)]).toEqual([403, 'QuotaExceeded']);
    expect(second.text).toMatch(/may have 1 \(quota 'Small'\) and has 1/);

    expect((await ask('DELETE', `quotas/Small/subscriptions/${target}`)).status).toBe(200);
    expect((await ask('DELETE', `quotas/Small/subscriptions/${target}`)).status).toBe(204);
    const now = await site.arm('PUT', `${site.group}/${REGISTRIES}/second00`, {
      body: { location: 'local', sku: { name: 'Standard' } },
    });
    expect(now.status, now.text).toBe(201);
    expect((await ask('DELETE', 'quotas/Small')).status).toBe(200);
  });
});

describe('the site', () => {
  it('has a capacity, which stops all pushes when it is reached', async () => {
    const properties = async (path: string) => (await ask('GET', path)).json<{ properties: object }>().properties;
    expect(await properties('configurations/default')).toEqual({ maximumCapacityInGiB: 0 });
    await pushBlob(site, 'site/app', newBytes(1000));
    const free = { maximumCapacityInGiB: 0, allowPush: true, registriesConsumptionInGiB: 1000 / 2 ** 30 };
    expect(await properties('capacities/Default')).toEqual(free);
    const set = (maximumCapacityInGiB: unknown) => ask('PUT', 'configurations/Default', { maximumCapacityInGiB });
    expect((await set(5)).json()).toMatchObject({
      id: `${admin}/configurations/Default`,
      name: 'local/Default',
      properties: { maximumCapacityInGiB: 5 },
    });
    expect(await properties('capacities/Default')).toMatchObject({ maximumCapacityInGiB: 5, allowPush: true });
    expect(valuesOf(await ask('GET', 'capacities'))).toHaveLength(1);
    expect(valuesOf(await ask('GET', 'configurations'))).toHaveLength(1);
    expect((await set(undefined)).status).toBe(400);
    expect((await set(-1)).status).toBe(400);
    expect((await ask('GET', 'capacities/other')).status).toBe(404);
    expect((await set(0)).status).toBe(200);
    expect(await properties('capacities/Default')).toEqual(free);
  });

  it('lists the registries of all subscriptions, with what they store, in pages', async () => {
    const pages = await ask('GET', 'registries?$top=1');
    const first = pages.json<{ value: { properties: Record<string, unknown> }[]; nextLink?: string }>();
    expect(first.value).toHaveLength(1);
    expect(first.nextLink).toMatch(/\$skipToken|%24skipToken/);
    const all = valuesOf<{ name: string; properties: Record<string, unknown> }>(await ask('GET', 'registries'));
    expect(all.map(({ name }) => name)).toEqual(['local/registry', 'local/second00']);
    expect(all[0]?.properties).toEqual({
      registryId: `${site.subscription}/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/registry`,
      name: 'registry',
      location: 'local',
      subscriptionId: site.bootstrap.subscriptionId,
      resourceGroup: 'default',
      creationDate: expect.any(String),
      registrySizeInBytes: 1000,
    });
  });

  it('is set up', async () => {
    const setup = admin.replace('ContainerRegistry.Admin', 'ContainerRegistry.Setup');
    const answer = await site.arm('GET', `${setup}/setup`, { as: operator });
    expect(answer.json()).toMatchObject({ name: 'local/value', properties: { status: 'Completed' } });
    const again = await site.arm('POST', `${setup}/setup`, {
      as: operator,
      body: { password: 'x', sslCertBase64: 'eA==' },
    });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('tls.certificate')]);
  });

  it('names its operations to whoever asks', async () => {
    const path = '/providers/Microsoft.ContainerRegistry.Admin/operations';
    const names = valuesOf<{ name: string }>(await site.arm('GET', path)).map(({ name }) => name);
    expect(names).toContain('Microsoft.ContainerRegistry.Admin/locations/quotas/write');
  });
});

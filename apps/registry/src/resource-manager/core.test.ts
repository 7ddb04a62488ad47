import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

describe('metadata/endpoints', () => {
  const read = (version: string) => site.ask('GET', `/metadata/endpoints?api-version=${version}`, { as: 'none' });

  it('has three shapes, and needs no sign-in', async () => {
    const old = (await read('2015-01-01')).json<Record<string, unknown>>();
    expect(Object.keys(old).sort()).toEqual(['authentication', 'galleryEndpoint', 'graphEndpoint', 'portalEndpoint']);
    const [cloud] = (await read('2019-05-01')).json<Record<string, unknown>[]>();
    const one = (await read('2022-09-01')).json<Record<string, unknown>>();
    expect(cloud).toEqual(one);
    expect(one).toMatchObject({
      name: 'Holdfast',
      authentication: { loginEndpoint: expect.stringMatching(/\/adfs$/), identityProvider: 'ADFS' },
      suffixes: { acrLoginServer: expect.stringMatching(/^azsacr\.local\.holdfast\.internal(:\d+)?$/) },
    });
  });

  it('answers with a second slash in front, as a cloud registered with one at its end asks', async () => {
    const answer = await site.ask('GET', '//metadata/endpoints?api-version=2022-09-01', { as: 'none' });
    expect([answer.status, answer.text]).toEqual([200, (await read('2022-09-01')).text]);
  });
});

describe('every call', () => {
  it('needs an access token, and says where to get one', async () => {
    const answer = await site.arm('GET', '/subscriptions', { as: 'none' });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'AuthenticationFailed']);
    expect(answer.header('WWW-Authenticate')).toMatch(
      /^Bearer authorization_uri="http.*\/adfs", error="invalid_token"$/,
    );
    const wrong = await site.arm('GET', '/subscriptions', { as: 'a.b.c' });
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'InvalidAuthenticationToken']);
  });

  it('needs an api-version, of whatever day', async () => {
    const ask = (query: string) => site.ask('GET', `/subscriptions${query}`, { as: site.owner });
    expect(codeOf(await ask(''))).toBe('MissingApiVersionParameter');
    expect(codeOf(await ask('?api-version=latest'))).toBe('InvalidApiVersionParameter');
    for (const version of ['2016-06-01', '2022-12-01', '2031-01-01-preview']) {
      expect((await ask(`?api-version=${version}`)).status).toBe(200);
    }
  });

  it('carries its correlation id in header and text, and is never kept by a cache', async () => {
    const answer = await site.arm('GET', `${site.subscription}/resourceGroups/nowhere`);
    const id = answer.header('x-ms-correlation-request-id') ?? '?';
    expect(answer.text).toContain(id);
    expect(answer.header('Cache-Control')).toBe('no-cache');
    expect(answer.header('Docker-Distribution-Api-Version')).toBeUndefined();
  });
});

describe('subscriptions', () => {
  it('are shown to whoever holds any assignment at or below, to nobody else', async () => {
    const nobody = await site.robot();
    const puller = await site.robot('AcrPull', `${site.group}/${REGISTRIES}/registry`);
    const list = async (as: string) =>
      valuesOf<{ subscriptionId: string }>(await site.arm('GET', '/subscriptions', { as }));
    expect(await list(nobody.token)).toEqual([]);
    expect(await list(puller.token)).toMatchObject([
      { id: site.subscription, tenantId: site.bootstrap.tenantId, state: 'Enabled' },
    ]);
    expect((await site.arm('GET', site.subscription, { as: nobody.token })).status).toBe(404);
    expect((await site.arm('GET', site.subscription.toUpperCase(), { as: puller.token })).status).toBe(200);
    const [tenant] = valuesOf<{ tenantId: string }>(await site.arm('GET', '/tenants', { as: nobody.token }));
    expect(tenant?.tenantId).toBe(site.bootstrap.tenantId);
  });

  it('have one location and the providers, registered', async () => {
    expect(valuesOf(await site.arm('GET', `${site.subscription}/locations`))).toMatchObject([{ name: 'local' }]);
    const provider = await site.arm('POST', `${site.subscription}/providers/microsoft.containerregistry/register`);
    expect(provider.json()).toMatchObject({
      namespace: 'Microsoft.ContainerRegistry',
      registrationState: 'Registered',
    });
    expect(codeOf(await site.arm('GET', `${site.subscription}/providers/Microsoft.Compute`))).toBe(
      'InvalidResourceNamespace',
    );
  });
});

describe('a resource group', () => {
  const path = (name: string) => `${site.subscription}/resourcegroups/${name}`;
  const put = (name: string, body: unknown = { location: 'local', tags: { a: 'b' } }) =>
    site.arm('PUT', path(name), { body });

  it('is made, shown, changed and deleted, in any case of its name', async () => {
    const made = await put('My-Group');
    expect([made.status, made.json()]).toEqual([
      201,
      {
        id: `${site.subscription}/resourceGroups/My-Group`,
        name: 'My-Group',
        type: 'Microsoft.Resources/resourceGroups',
        location: 'local',
        tags: { a: 'b' },
        properties: { provisioningState: 'Succeeded' },
      },
    ]);
    expect((await put('MY-GROUP', { location: 'Local' })).json()).toMatchObject({ name: 'My-Group', tags: {} });
    expect((await site.arm('PATCH', path('my-group'), { body: { tags: { c: 'd' } } })).json()).toMatchObject({
      tags: { c: 'd' },
    });
    expect((await site.arm('HEAD', path('my-group'))).status).toBe(204);
    expect((await site.arm('DELETE', path('my-group'))).status).toBe(200);
    expect((await site.arm('HEAD', path('my-group'))).status).toBe(404);
    expect(codeOf(await site.arm('GET', path('my-group')))).toBe('ResourceGroupNotFound');
  });

  it.each([
    ['no location', 'g1', {}],
    ['another location', 'g1', { location: 'westus' }],
    ['a list of tags', 'g1', { location: 'local', tags: ['a'] }],
    ['a body that is a list', 'g1', []],
    ['a period at the end of the name', 'g1.', { location: 'local' }],
  ])('with %s is refused', async (_, name, body) => {
    expect((await put(name, body)).status).toBe(400);
  });

  it('is deleted with its registries, whose names are free then', async () => {
    await put('doomed');
    const registry = `${path('doomed')}/${REGISTRIES}/doomedregistry`;
    expect((await site.arm('PUT', registry, { body: { location: 'local', sku: { name: 'Standard' } } })).status).toBe(
      201,
    );
    await site.arm('DELETE', path('doomed'));
    expect(codeOf(await site.arm('GET', registry))).toBe('ResourceGroupNotFound');
    const check = await site.arm(
      'POST',
      `${site.subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`,
      {
        body: { name: 'doomedRegistry', type: 'Microsoft.ContainerRegistry/registries' },
      },
    );
    expect(check.json()).toEqual({ nameAvailable: true });
  });

  it('is listed to whoever may read it', async () => {
    await put('one');
    await put('two');
    const reader = await site.robot('Reader', path('two'));
    const names = valuesOf<{ name: string }>(
      await site.arm('GET', `${site.subscription}/resourceGroups`, { as: reader.token }),
    );
    expect(names.map(({ name }) => name)).toEqual(['two']);
    const first = (await site.arm('GET', `${site.subscription}/resourceGroups?$top=1`)).json<{ nextLink: string }>();
    const next = await site.ask('GET', first.nextLink.slice(site.http.length), { as: site.owner });
    expect(valuesOf(next)).toHaveLength(1);
  });

  it('in pages of any size, and with $top in no larger ones than without', async () => {
    const top = (count: string) => site.arm('GET', `${site.subscription}/resourceGroups?$top=${count}`);
    const all = valuesOf(await site.arm('GET', `${site.subscription}/resourceGroups`));
    expect(valuesOf(await top('251'))).toEqual(all);
    for (const none of ['0', '-1', '1.5', 'many']) {
      const refused = await top(none);
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('Send a number of 1 or more')]);
    }
  });
});

describe('the index of resources', () => {
  it('finds a registry by type and name, shown only to whoever may read it', async () => {
    const filter = encodeURIComponent(
      "resourceType eq 'Microsoft.ContainerRegistry/registries' and name eq 'REGISTRY'",
    );
    const list = async (as?: string) =>
      valuesOf<{ id: string }>(
        await site.arm('GET', `${site.subscription}/resources?$filter=${filter}`, { ...(as ? { as } : {}) }),
      );
    expect(await list()).toMatchObject([
      { id: `${site.group}/${REGISTRIES}/registry`, type: 'Microsoft.ContainerRegistry/registries' },
    ]);
    const puller = await site.robot('AcrPull', site.group);
    expect(await list(puller.token)).toEqual([]); // AcrPull pulls, and sees nothing here
    const reader = await site.robot('Reader', `${site.group}/${REGISTRIES}/registry`);
    expect(await list(reader.token)).toHaveLength(1);
    expect((await site.arm('GET', `${site.subscription}/resources?$filter=colour`)).status).toBe(400);
  });
});

describe('a resource lock', () => {
  const lock = (scope: string, name: string) => `${scope}/providers/Microsoft.Authorization/locks/${name}`;

  it('forbids to delete what it is on, and everything above it, whoever asks, until it is gone', async () => {
    const group = `${site.subscription}/resourceGroups/locked`;
    await site.arm('PUT', group, { body: { location: 'local' } });
    const registry = `${group}/${REGISTRIES}/lockedregistry`;
    await site.arm('PUT', registry, { body: { location: 'local', sku: { name: 'Standard' } } });
    const made = await site.arm('PUT', lock(registry, 'keep'), {
      body: { properties: { level: 'CanNotDelete', notes: 'n' } },
    });
    expect([made.status, made.json()]).toMatchObject([
      201,
      { name: 'keep', properties: { level: 'CanNotDelete', notes: 'n' } },
    ]);
    for (const path of [registry, group]) {
      const refused = await site.arm('DELETE', path);
      expect([refused.status, codeOf(refused)], path).toEqual([409, 'ScopeLocked']);
      expect(refused.text).toContain("lock 'keep', CanNotDelete");
    }
    expect((await site.arm('PATCH', registry, { body: { tags: {} } })).status).toBe(200);
    await site.arm('PUT', lock(group, 'still'), { body: { properties: { level: 'ReadOnly' } } });
    expect(codeOf(await site.arm('PATCH', registry, { body: { tags: {} } }))).toBe('ScopeLocked');
    const listed = valuesOf<{ name: string }>(
      await site.arm('GET', `${registry}/providers/Microsoft.Authorization/locks`),
    );
    expect(listed.map(({ name }) => name)).toEqual(['still', 'keep']);
    for (const path of [lock(registry, 'keep'), lock(group, 'still')])
      expect((await site.arm('DELETE', path)).status).toBe(200);
    expect((await site.arm('DELETE', group)).status).toBe(200);
    expect((await site.arm('GET', lock(registry, 'keep'))).status).toBe(404);
  });

  it('is made by whoever may, and on what is there only', async () => {
    const contributor = await site.robot('Contributor', site.subscription);
    const body = { properties: { level: 'CanNotDelete' } };
    expect((await site.arm('PUT', lock(site.group, 'x'), { body, as: contributor.token })).status).toBe(403);
    expect((await site.arm('PUT', lock(`${site.subscription}/resourceGroups/none`, 'x'), { body })).status).toBe(404);
    expect((await site.arm('PUT', lock(site.group, 'x'), { body: { properties: { level: 'Maybe' } } })).status).toBe(
      400,
    );
  });
});

describe('what is refused', () => {
  it('looks the same whether it is there or not', async () => {
    const nobody = await site.robot();
    const ask = async (name: string) => {
      const answer = await site.arm('GET', `${site.group}/${REGISTRIES}/${name}`, { as: nobody.token });
      return [answer.status, answer.text.replaceAll(name, '').replace(/correlation id [0-9a-f-]+/, '')];
    };
    expect(await ask('registry')).toEqual(await ask('nowhere1'));
    expect((await ask('registry'))[0]).toBe(403);
  });

  it('leaves a row when it would have changed something', async () => {
    const reader = await site.robot('Reader', site.subscription);
    const path = `${site.subscription}/resourceGroups/${randomUUID()}`;
    const refused = await site.arm('PUT', path, { body: { location: 'local' }, as: reader.token });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
    expect(refused.text).toContain('Microsoft.Resources/subscriptions/resourceGroups/write');
    const log = await site.arm(
      'GET',
      `${site.subscription}/providers/Microsoft.Insights/eventtypes/management/values`,
      { version: '2015-04-01' },
    );
    const [row] = valuesOf<{ authorization: { scope: string } }>(log).filter(
      (r) => r.authorization.scope === path.toLowerCase(),
    );
    expect(row).toMatchObject({ caller: reader.objectId, status: { value: 'Failed' } });
  });
});

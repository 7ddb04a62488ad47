import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite, valuesOf } from '../../../../test/support/azure-site.ts';

let site: AzureSite;
let registry: string;
beforeAll(async () => {
  site = await startAzureSite();
  registry = `${site.group}/${REGISTRIES}/registry`;
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const roles = (scope: string) => `${scope}/providers/Microsoft.Authorization/roleDefinitions`;
const assignments = (scope: string) => `${scope}/providers/Microsoft.Authorization/roleAssignments`;
const assignmentBody = (principalId: string, role = ACR_PULL) => ({
  properties: { roleDefinitionId: `${roles(site.subscription)}/${role}`, principalId },
});
interface Definition {
  name: string;
  properties: { roleName: string; permissions: Record<string, string[]>[] };
}

describe('role definitions', () => {
  it('are found by name, in the shape of the version', async () => {
    const find = async (version: string) =>
      valuesOf<Definition>(await site.arm('GET', `${roles(registry)}?$filter=roleName%20eq%20'acrpull'`, { version }));
    const [role] = await find('2022-04-01');
    expect(role).toMatchObject({
      id: `${roles(site.subscription)}/${ACR_PULL}`,
      name: ACR_PULL,
      properties: { roleName: 'AcrPull', type: 'BuiltInRole', assignableScopes: ['/'] },
    });
    expect(Object.keys(role?.properties.permissions[0] ?? {})).toContain('dataActions');
    expect(Object.keys((await find('2015-07-01'))[0]?.properties.permissions[0] ?? {})).toEqual([
      'actions',
      'notActions',
    ]);
    expect(valuesOf(await site.arm('GET', `${roles(site.subscription)}?$filter=type%20eq%20'CustomRole'`))).toEqual([]);
  });

  const body = (
    roleName: string,
    assignableScopes: string[],
    actions = ['Microsoft.ContainerRegistry/registries/read'],
  ) => ({
    properties: { roleName, description: 'd', permissions: [{ actions, notActions: [] }], assignableScopes },
  });

  it('are made, changed, used and deleted, but not while they are assigned', async () => {
    const id = randomUUID();
    const path = `${roles(site.subscription)}/${id}`;
    const made = await site.arm('PUT', path, { body: body('Looker', [site.subscription]) });
    expect([made.status, made.json()]).toMatchObject([
      201,
      { name: id, properties: { type: 'CustomRole', roleName: 'Looker' } },
    ]);
    const looker = await site.robot('Looker', registry);
    const look = async () => (await site.arm('GET', registry, { as: looker.token })).status;
    expect(await look()).toBe(200);
    await site.arm('PUT', path, {
      body: body('Looker', [site.subscription], ['Microsoft.ContainerRegistry/registries/pull/read']),
    });
    expect(await look()).toBe(403);
    expect(codeOf(await site.arm('DELETE', path))).toBe('RoleDefinitionHasAssignments');
    for (const { id: assigned } of valuesOf<{ id: string }>(
      await site.arm('GET', `${assignments(registry)}?$filter=principalId%20eq%20'${looker.objectId}'`),
    )) {
      expect((await site.arm('DELETE', assigned)).status).toBe(200);
    }
    expect((await site.arm('DELETE', path)).status).toBe(200);
    expect((await site.arm('DELETE', path)).status).toBe(204);
  });

  it('need the right at every scope where they count, not only where they are made', async () => {
    const mine = `${site.subscription}/resourceGroups/mine`;
    await site.arm('PUT', mine, { body: { location: 'local' } });
    const owner = await site.robot('Owner', mine);
    const put = (scopes: string[], id: string = randomUUID()) =>
      site.arm('PUT', `${roles(mine)}/${id}`, { body: body(`Role ${id}`, scopes, ['*']), as: owner.token });
    expect((await put([mine])).status).toBe(201);
    for (const scopes of [[site.subscription], [mine, site.group], ['/']])
      expect((await put(scopes)).status, String(scopes)).toBe(403);
    // Nor can somebody else's role be taken over by way of one's own group.
    const theirs = randomUUID();
    await site.arm('PUT', `${roles(site.subscription)}/${theirs}`, { body: body('Theirs', [site.subscription]) });
    expect((await put([mine], theirs)).status).toBe(403);
    expect((await site.arm('DELETE', `${roles(mine)}/${theirs}`, { as: owner.token })).status).toBe(403);
  });

  it('that are built in stay as they are, and so do their names', async () => {
    expect(
      (await site.arm('PUT', `${roles(site.subscription)}/${ACR_PULL}`, { body: body('X', [site.subscription]) }))
        .status,
    ).toBe(403);
    expect((await site.arm('DELETE', `${roles(site.subscription)}/${ACR_PULL}`)).status).toBe(403);
    const twin = await site.arm('PUT', `${roles(site.subscription)}/${randomUUID()}`, {
      body: body('ACRPULL', [site.subscription]),
    });
    expect(codeOf(twin)).toBe('RoleDefinitionWithSameNameExists');
  });
});

describe('role assignments', () => {
  it('are made once, whatever their names, and repeated without harm', async () => {
    const robot = await site.robot();
    const path = `${assignments(registry)}/${randomUUID()}`;
    const made = await site.arm('PUT', path, { body: assignmentBody(robot.objectId), version: '2022-04-01' });
    expect([made.status, made.json()]).toMatchObject([
      201,
      { id: path, properties: { principalId: robot.objectId, principalType: 'ServicePrincipal', scope: registry } },
    ]);
    expect((await site.arm('PUT', path, { body: assignmentBody(robot.objectId) })).status).toBe(200);
    const twin = await site.arm('PUT', `${assignments(registry)}/${randomUUID()}`, {
      body: assignmentBody(robot.objectId),
    });
    expect([twin.status, codeOf(twin)]).toEqual([409, 'RoleAssignmentExists']);
    expect(twin.text).toContain('role assignment already exists'); // what az looks for
    expect((await site.arm('GET', path)).status).toBe(200);
    expect((await site.arm('DELETE', path)).status).toBe(200);
    expect((await site.arm('DELETE', path)).status).toBe(204);
  });

  it.each([
    ['an unknown principal', () => [registry, assignmentBody(randomUUID())], 'PrincipalNotFound'],
    [
      'an unknown role',
      async () => [registry, assignmentBody((await site.robot()).objectId, randomUUID())],
      'RoleDefinitionDoesNotExist',
    ],
    [
      'a group that is not there',
      async () => [`${site.subscription}/resourceGroups/none`, assignmentBody((await site.robot()).objectId)],
      'ResourceGroupNotFound',
    ],
    [
      'a registry that is not there',
      async () => [`${site.group}/${REGISTRIES}/none12`, assignmentBody((await site.robot()).objectId)],
      'ResourceNotFound',
    ],
    [
      'a path that is no repository',
      async () => [`${registry}/repositories/Team`, assignmentBody((await site.robot()).objectId)],
      'InvalidRequestContent',
    ],
  ] as const)('are refused for %s', async (_, make, code) => {
    const [scope, body] = (await make()) as [string, unknown];
    expect(codeOf(await site.arm('PUT', `${assignments(scope)}/${randomUUID()}`, { body }))).toBe(code);
  });

  it('are listed at, above and below a scope, or of one principal', async () => {
    const robot = await site.robot('AcrPull', registry);
    await site.assign('Reader', robot.objectId, site.group);
    const list = async (scope: string, filter: string) => {
      const query = filter ? `?$filter=${encodeURIComponent(filter)}` : '';
      const rows = valuesOf<{ properties: { principalId: string; scope: string } }>(
        await site.arm('GET', `${assignments(scope)}${query}`),
      );
      return rows.filter((row) => row.properties.principalId === robot.objectId).map((row) => row.properties.scope);
    };
    expect(await list(registry, 'atScope()')).toEqual([site.group, registry]);
    expect(await list(site.group, 'atScope()')).toEqual([site.group]);
    expect((await list(site.subscription, '')).sort()).toEqual([registry, site.group].sort());
    expect((await list(site.subscription, `principalId eq '${robot.objectId}'`)).sort()).toEqual(
      [registry, site.group].sort(),
    );
    expect(await list(site.subscription, `assignedTo('${randomUUID()}')`)).toEqual([]);
  });

  it('come in one order, whichever filter finds them', async () => {
    const robot = await site.robot();
    for (const role of ['AcrPull', 'AcrPush', 'AcrDelete', 'Reader', 'Contributor'])
      await site.assign(role, robot.objectId, registry);
    await site.assign('Reader', robot.objectId, site.subscription);
    const list = async (scope: string, filter: string) => {
      const rows = valuesOf<{ name: string; properties: { principalId: string } }>(
        await site.arm('GET', `${assignments(scope)}${filter && `?$filter=${encodeURIComponent(filter)}`}`),
      );
      return rows.filter((row) => row.properties.principalId === robot.objectId).map(({ name }) => name);
    };
    for (const scope of [registry, site.group]) {
      const all = await list(scope, '');
      expect(all).toHaveLength(6);
      expect(await list(scope, `principalId eq '${robot.objectId}'`)).toEqual(all);
    }
    expect(await list(registry, 'atScope()')).toEqual(await list(registry, ''));
  });

  it('need the right to assign, which a Contributor has not', async () => {
    const contributor = await site.robot('Contributor', site.subscription);
    const path = `${assignments(registry)}/${randomUUID()}`;
    const refused = await site.arm('PUT', path, { body: assignmentBody(contributor.objectId), as: contributor.token });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'AuthorizationFailed']);
  });

  it('count at the very next request, given and taken away', async () => {
    const robot = await site.robot();
    const look = async () => (await site.arm('GET', registry, { as: robot.token })).status;
    expect(await look()).toBe(403);
    const path = await site.assign('Reader', robot.objectId, registry);
    expect(await look()).toBe(200);
    await site.arm('DELETE', path);
    expect(await look()).toBe(403);
  });

  it('go with the registry: who had rights on it has none on the next of its name', async () => {
    const path = `${site.group}/${REGISTRIES}/phoenix`;
    const make = () => site.arm('PUT', path, { body: { location: 'local', sku: { name: 'Standard' } } });
    await make();
    const robot = await site.robot('Owner', path);
    await site.arm('DELETE', path);
    await make();
    expect((await site.arm('GET', path, { as: robot.token })).status).toBe(403);
  });

  it('show what they give at a scope', async () => {
    const robot = await site.robot('AcrPull', registry);
    const list = async (scope: string) =>
      valuesOf<{ actions: string[] }>(
        await site.arm('GET', `${scope}/providers/Microsoft.Authorization/permissions`, { as: robot.token }),
      );
    expect(await list(registry)).toMatchObject([{ actions: ['Microsoft.ContainerRegistry/registries/pull/read'] }]);
    expect(await list(site.group)).toEqual([]);
  });
});

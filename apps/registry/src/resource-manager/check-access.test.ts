import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, codeOf, REGISTRIES, type Robot, startAzureSite } from '../../../../test/support/azure-site.ts';

interface Explained {
  allow: boolean;
  because?: { roleName: string; scope: string; principalName: string; principalId: string };
  considered: { roleName: string; covers: boolean; gives: boolean }[];
  smallestRole?: string;
}

let site: AzureSite;
beforeAll(async () => {
  site = await startAzureSite();
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

const registry = () => `${site.group}/${REGISTRIES}/registry`;
const why = async (robot: Robot, action: string, path = '') => {
  const query = `principalId=${robot.objectId}&action=${action}`;
  const answer = await site.arm('GET', `${registry()}${path}/providers/Microsoft.Authorization/checkAccess?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.json<Explained>();
};
const inGroup = async (robot: Robot, displayName: string) => {
  const body = { displayName, mailEnabled: false, securityEnabled: true, mailNickname: displayName };
  const { id } = (await site.graph('POST', '/groups', body)).json<{ id: string }>();
  const member = { '@odata.id': `https://graph/v1.0/directoryObjects/${robot.objectId}` };
  const added = await site.graph('POST', `/groups/${id}/members/$ref`, member);
  expect(added.status, added.text).toBeLessThan(300);
  return id;
};

describe('why somebody may do something', () => {
  it('names the assignment that decides, where it was made, and the role', async () => {
    const robot = await site.robot('AcrPull', site.group);
    expect(await why(robot, 'pull', '/repositories/team/app')).toMatchObject({
      allow: true,
      because: { roleName: 'AcrPull', scope: site.group, principalId: robot.objectId },
    });
    expect(await why(robot, 'push')).toMatchObject({
      allow: false,
      smallestRole: 'AcrPush',
      considered: [{ roleName: 'AcrPull', covers: true, gives: false }],
    });
  });

  it('names the group by which somebody has the role', async () => {
    const robot = await site.robot();
    await site.assign('AcrPush', await inGroup(robot, 'ops'), registry());
    expect(await why(robot, 'push')).toMatchObject({
      allow: true,
      because: { roleName: 'AcrPush', principalName: 'ops' },
    });
  });

  it('tells a role for one path of repositories from the rest of the registry', async () => {
    const robot = await site.robot('AcrPull', `${registry()}/repositories/team`);
    expect(await why(robot, 'pull', '/repositories/team/app')).toMatchObject({ allow: true });
    expect(await why(robot, 'pull', '/repositories/other')).toMatchObject({ allow: false, considered: [] });
    expect(await why(robot, 'pull')).toMatchObject({ allow: false, considered: [{ covers: false, gives: true }] });
  });

  it('sees what a custom role takes away', async () => {
    const roleId = randomUUID();
    const role = {
      roleName: 'all but push',
      assignableScopes: [registry()],
      permissions: [
        {
          actions: ['Microsoft.ContainerRegistry/registries/*'],
          notActions: ['Microsoft.ContainerRegistry/registries/push/write'],
        },
      ],
    };
    const path = `${registry()}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
    expect((await site.arm('PUT', path, { body: { properties: role } })).status).toBe(201);
    const robot = await site.robot('all but push', registry());
    expect(await why(robot, 'pull')).toMatchObject({ allow: true, because: { roleName: 'all but push' } });
    expect(await why(robot, 'push')).toMatchObject({ allow: false, considered: [{ covers: true, gives: false }] });
  });

  it('is no for an account that is disabled, whatever roles it has', async () => {
    const robot = await site.robot('AcrPull', registry());
    await site.graph('PATCH', `/servicePrincipals/${robot.objectId}`, { accountEnabled: false });
    expect(await why(robot, 'pull')).toMatchObject({ allow: false, because: { roleName: 'AcrPull' } });
  });

  it('is told to whoever may read assignments only, and refuses what it does not know', async () => {
    const puller = await site.robot('AcrPull', registry());
    const path = `${registry()}/providers/Microsoft.Authorization/checkAccess`;
    const asked = `principalId=${puller.objectId}&action=pull`;
    expect((await site.arm('GET', `${path}?${asked}`, { as: puller.token })).status).toBe(403);
    expect((await site.arm('GET', `${path}?principalId=${puller.objectId}&action=fly`)).status).toBe(400);
    expect(codeOf(await site.arm('GET', `${path}?principalId=${randomUUID()}&action=pull`))).toBe('ResourceNotFound');
  });
});

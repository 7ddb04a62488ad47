import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER_ROLE } from '../../apps/registry/src/access/built-in-roles.ts';
import type { Route } from '../../apps/registry/src/http/route.ts';
import { openSqliteMetadataReader } from '../../apps/registry/src/metadata/sqlite/open.ts';
import type { Answer } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { type SignInClient, signInClient } from './support/sign-in.ts';

// A01, A10 to A12 as they concern the directory: who may read it, who may change it, and who must not become whom.

let registry: TestRegistry;
let site: SignInClient;
let owner: string;
let reader: string;
beforeAll(async () => {
  registry = await startRegistry();
  site = signInClient(registry);
  owner = (await site.person('graph')).access_token;
  reader = (await site.person('graph', site.operator)).access_token;
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

interface Made {
  readonly id: string;
  readonly appId: string;
}
const errorOf = (answer: Answer) => answer.json<{ error: { code: string; message: string } }>().error;
const makeUser = async (name: string, more: object = {}) => {
  const userPrincipalName = `${name}@${registry.bootstrap.domain}`;
  const passwordProfile = { password: 'seven quiet lanterns' };
  const body = {
    userPrincipalName,
    displayName: name,
    accountEnabled: true,
    mailNickname: name,
    passwordProfile,
    ...more,
  };
  const answer = await site.directory('POST', '/users', owner, body);
  return { ...answer.json<Made>(), status: answer.status, upn: userPrincipalName, answer };
};
const makeApplication = async (displayName: string, as = owner) => {
  const application = (await site.directory('POST', '/applications', as, { displayName })).json<Made>();
  const principal = (await site.directory('POST', '/servicePrincipals', as, { appId: application.appId })).json<Made>();
  return { application, principal };
};
const isOfDirectory = (route: Route) => route.access.kind === 'directory';
const concrete = (route: Route) =>
  route.path
    .slice('/v1.0'.length)
    .replace('{id}', '11111111-1111-4111-8111-111111111111')
    .replace('{member}', '22222222-2222-4222-8222-222222222222');

describe('A01: the table of the directory × who asks', () => {
  it('has every route of /v1.0 behind its door', async () => {
    const routes = (await registry.routes()).filter((route) => route.path.startsWith('/v1.0'));
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes) {
      expect(isOfDirectory(route), route.name).toBe(true);
      if (route.access.kind !== 'directory' || route.method === 'GET') continue;
      const askOnly = /ByIds|MemberGroups|changePassword/.test(route.path);
      expect(route.access.right, `${route.method} ${route.path}`).toBe(askOnly ? 'read' : 'manage');
    }
  });

  it('answers nobody without a token of the directory, and says so in its own form', async () => {
    const wrong = await site.app('management');
    for (const route of (await registry.routes()).filter(isOfDirectory)) {
      for (const as of ['none', 'x', wrong]) {
        const answer = await registry.ask(route.method, `/v1.0${concrete(route)}`, { as });
        expect([answer.status, errorOf(answer).code], `${route.method} ${route.path}`).toEqual([
          401,
          'InvalidAuthenticationToken',
        ]);
        expect(answer.header('WWW-Authenticate')).toMatch(/^Bearer authorization_uri="/);
        expect(answer.header('WWW-Authenticate')).not.toContain('claims=');
      }
    }
  });

  it('lets everybody read and only who may assign roles change, whether the object is there or not', async () => {
    for (const route of (await registry.routes()).filter(isOfDirectory)) {
      const answer = await site.directory(route.method, concrete(route), reader, {});
      const what = `${route.method} ${route.path}`;
      if (route.access.kind === 'directory' && route.access.right === 'manage') {
        expect([answer.status, errorOf(answer).code], what).toEqual([403, 'Authorization_RequestDenied']);
        expect(errorOf(answer).message, what).toContain('Insufficient privileges to complete the operation');
      } else {
        expect([200, 400, 404], what).toContain(answer.status);
      }
      const byOwner = await site.directory(route.method, concrete(route), owner, {});
      expect([200, 201, 204, 400, 404], what).toContain(byOwner.status);
    }
  });

  it('writes down what was refused and what was done', async () => {
    const before = await makeUser('audited');
    expect(before.status).toBe(201);
    expect((await site.directory('DELETE', `/users/${before.id}`, reader)).status).toBe(403);
    expect((await site.directory('DELETE', `/users/${before.id}`, owner)).status).toBe(204);
    const { read, close } = openSqliteMetadataReader(join(registry.dataDir, 'metadata.db'));
    const [done, refused, made] = await read.auditLog.list({ from: new Date(0), until: new Date() }, 3);
    close();
    expect(done).toMatchObject({ action: 'user.delete', target: before.upn, outcome: 'done' });
    expect(refused).toMatchObject({
      action: 'graph-user-delete',
      target: `/v1.0/users/${before.id}`,
      outcome: 'refused',
    });
    expect(made).toMatchObject({ action: 'user.create', target: before.upn, client: '127.0.0.1' });
  });

  it('follows the assignment at once: a new owner manages, a former one does not', async () => {
    const { upn, id } = await makeUser('changing');
    const token = (await site.person('graph', { username: upn, password: 'seven quiet lanterns' })).access_token;
    const create = () =>
      site.directory('POST', '/groups', token, {
        displayName: 'g',
        mailNickname: 'g',
        mailEnabled: false,
        securityEnabled: true,
      });
    expect((await create()).status).toBe(403);
    const scope = `/subscriptions/${registry.bootstrap.subscriptionId}`;
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/33333333-3333-4333-8333-333333333333?api-version=2022-04-01`;
    const arm = await site.app('management');
    const properties = {
      roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${OWNER_ROLE}`,
      principalId: id,
    };
    expect((await registry.ask('PUT', path, { as: arm, body: JSON.stringify({ properties }) })).status).toBe(201);
    expect((await create()).status).toBe(201);
    expect((await registry.ask('DELETE', path, { as: arm })).status).toBe(200);
    expect((await create()).status).toBe(403);
  });
});

describe('A10, A12: nobody becomes somebody else', () => {
  it('the owner of a subscription does not become the operator of the site by a new password', async () => {
    const { username } = site.operator;
    for (const [method, body] of [
      ['PATCH', { passwordProfile: { password: 'seven quiet lanterns' } }],
      ['PATCH', { accountEnabled: false }],
      ['PATCH', { displayName: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await site.directory(method, `/users/${username}`, owner, body);
      expect([answer.status, errorOf(answer).code]).toEqual([403, 'Authorization_RequestDenied']);
    }
    const made = await makeUser('impostor', { siteOperator: true });
    const id = (await site.directory('GET', `/users/${made.id}`, owner)).json<Made>().id;
    const password = { passwordProfile: { password: 'wholly different words' } };
    expect((await site.directory('PATCH', `/users/${id}`, owner, password)).status).toBe(204);
  });

  it('a stolen token alone changes no password: the present one is asked for', async () => {
    const { upn } = await makeUser('careful');
    const who = { username: upn, password: 'seven quiet lanterns' };
    const token = (await site.person('graph', who)).access_token;
    const change = (currentPassword: string) =>
      site.directory('POST', '/me/changePassword', token, { currentPassword, newPassword: 'wholly different words' });
    expect((await change('wrong')).status).toBe(403);
    expect((await change(who.password)).status).toBe(204);
    expect((await site.directory('GET', '/me', token)).status).toBe(401);
  });

  it('who created an application has no hold on it when the right is gone: its secret would be a way back', async () => {
    const { upn, id } = await makeUser('creator');
    const scope = `/subscriptions/${registry.bootstrap.subscriptionId}`;
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/44444444-4444-4444-8444-444444444444?api-version=2022-04-01`;
    const arm = await site.app('management');
    const properties = { roleDefinitionId: OWNER_ROLE, principalId: id };
    await registry.ask('PUT', path, { as: arm, body: JSON.stringify({ properties }) });
    const token = (await site.person('graph', { username: upn, password: 'seven quiet lanterns' })).access_token;
    const own = await makeApplication('own', token);
    const add = (where: string, made: Made) => site.directory('POST', `/${where}/${made.id}/addPassword`, token, {});
    expect((await add('applications', own.application)).status).toBe(200);
    await registry.ask('DELETE', path, { as: arm });
    expect((await add('applications', own.application)).status).toBe(403);
    expect((await add('servicePrincipals', own.principal)).status).toBe(403);
    expect((await site.directory('POST', '/applications', token, { displayName: 'more' })).status).toBe(403);
    expect((await site.directory('DELETE', `/applications/${own.application.id}`, token)).status).toBe(403);
  });

  it('a credential of one application cannot be removed through another', async () => {
    const one = await makeApplication('one');
    const two = await makeApplication('two');
    const { keyId, secretText } = (
      await site.directory('POST', `/applications/${one.application.id}/addPassword`, owner, {})
    ).json<{ keyId: string; secretText: string }>();
    const through = await site.directory('POST', `/applications/${two.application.id}/removePassword`, owner, {
      keyId,
    });
    expect(through.status).toBe(404);
    const byPrincipal = await site.directory('POST', `/servicePrincipals/${one.principal.id}/removePassword`, owner, {
      keyId,
    });
    expect(byPrincipal.status).toBe(404);
    expect(await site.app('management', secretText, one.application.appId)).toMatch(/^ey/);
  });

  it('what is deleted loses its rights, and a new one of the same name does not get them', async () => {
    const { principal } = await makeApplication('heir');
    const arm = await site.app('management');
    const scope = `/subscriptions/${registry.bootstrap.subscriptionId}`;
    const assignments = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
    const path = `${assignments}/55555555-5555-4555-8555-555555555555?api-version=2022-04-01`;
    const properties = { roleDefinitionId: OWNER_ROLE, principalId: principal.id };
    expect((await registry.ask('PUT', path, { as: arm, body: JSON.stringify({ properties }) })).status).toBe(201);
    expect((await site.directory('DELETE', `/servicePrincipals/${principal.id}`, owner)).status).toBe(204);
    expect((await registry.ask('GET', path, { as: arm })).status).toBe(404);
  });
});

describe('a change of a person', () => {
  it('is all of it or nothing: a password that is refused leaves the account as it was', async () => {
    const { id, upn } = await makeUser('whole');
    const body = { accountEnabled: false, displayName: 'other', passwordProfile: { password: 'short' } };
    expect((await site.directory('PATCH', `/users/${id}`, owner, body)).status).toBe(400);
    const shown = (await site.directory('GET', `/users/${upn}`, owner)).json();
    expect(shown).toMatchObject({ displayName: 'whole', accountEnabled: true });
  });

  it('may be one of the name: the old one is free, and one that is taken is refused', async () => {
    const one = await makeUser('renamed');
    const two = await makeUser('taken');
    const rename = (userPrincipalName: string) =>
      site.directory('PATCH', `/users/${one.id}`, owner, { userPrincipalName });
    expect((await rename(two.upn.toUpperCase())).status).toBe(409);
    expect((await rename('no name')).status).toBe(400);
    expect((await rename(`new-${one.upn}`)).status).toBe(204);
    expect((await makeUser('renamed')).status).toBe(201);
  });
});

describe('what people send', () => {
  it.each([
    ['/users', { displayName: 'x' }],
    [
      '/users',
      { userPrincipalName: 'no-at-sign', displayName: 'x', passwordProfile: { password: 'seven quiet lanterns' } },
    ],
    [
      '/users',
      { userPrincipalName: 'a@b.test', displayName: 'x\u0001y', passwordProfile: { password: 'seven quiet lanterns' } },
    ],
    ['/users', { userPrincipalName: 'a@b.test', displayName: 'x', passwordProfile: { password: 'short' } }],
    [
      '/users',
      {
        userPrincipalName: 'a@b.test',
        displayName: 'x',
        passwordProfile: { password: 'quiet Lanterns', forceChangePasswordNextSignIn: true },
      },
    ],
    ['/users', { userPrincipalName: 1, displayName: [], passwordProfile: 'x' }],
    ['/groups', { displayName: 'x', mailEnabled: true }],
    ['/applications', { displayName: 'x', web: { redirectUris: ['javascript:alert(1)'] } }],
    ['/applications', { displayName: 'x', keyCredentials: [{ key: 'AAAA' }] }],
    ['/applications', { displayName: '\u202egnp.exe' }],
    ['/servicePrincipals', { appId: '11111111-1111-4111-8111-111111111111' }],
    ['/directoryObjects/getByIds', { ids: 'x' }],
    ['/directoryObjects/getByIds', { ids: Array.from({ length: 1001 }, () => 'x') }],
  ])('%s %j is refused in words, and nothing is made', async (path, body) => {
    const answer = await site.directory('POST', path, owner, body);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).code).toBe('Request_BadRequest');
    expect(errorOf(answer).message).not.toBe('');
  });

  it.each(['{', '[]', '"x"', 'null', '', '\ufeff{}', `{"a":${'['.repeat(100_000)}`])(
    'a body %j is read or refused, never a fault',
    async (body) => {
      const answer = await registry.ask('POST', '/v1.0/users', { as: owner, body });
      expect(answer.status).toBe(400);
    },
  );

  it('properties that JavaScript gives every object are none of the body', async () => {
    const answer = await registry.ask('POST', '/v1.0/users', {
      as: owner,
      body: '{"__proto__":{"userPrincipalName":"a@b.test"},"constructor":{}}',
    });
    expect(errorOf(answer).message).toContain('userPrincipalName');
  });

  it.each(["displayName ne 'x'", "x eq 'y'", "displayName eq 'a' or displayName eq 'b'", "'; DROP TABLE users"])(
    'a filter that is not understood shows nothing: %s',
    async (filter) => {
      const answer = await site.directory('GET', `/users?$filter=${encodeURIComponent(filter)}`, owner);
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'Request_UnsupportedQuery']);
    },
  );

  it('lists in pages, each of which leads to the next', async () => {
    for (let n = 0; n < 7; n++)
      await site.directory('POST', '/groups', owner, { displayName: `page ${n}`, mailNickname: 'p' });
    const seen: string[] = [];
    let target = `/v1.0/groups?$top=3&$filter=${encodeURIComponent("startswith(displayName,'page')")}`;
    for (let i = 0; i < 5 && target !== ''; i++) {
      const { value, ...more } = (await registry.ask('GET', target, { as: owner })).json<{
        value: { displayName: string }[];
        '@odata.nextLink'?: string;
      }>();
      seen.push(...value.map((group) => group.displayName));
      const next = more['@odata.nextLink'];
      target = next === undefined ? '' : next.slice(registry.http.length);
      if (next !== undefined) expect(next.startsWith(`${registry.http}/v1.0/groups?`)).toBe(true);
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, n) => `page ${n}`));
  });
});

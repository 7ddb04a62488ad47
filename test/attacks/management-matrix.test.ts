import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../apps/registry/src/http/route.ts';
import { type AzureSite, codeOf, REGISTRIES, startAzureSite } from '../support/azure-site.ts';
import type { Answer } from '../support/http-client.ts';

// A01 for the resource manager: its table of routes × kinds of callers, generated. A new route is in it the moment it is in
// the table. The data plane's matrix is access-matrix.test.ts, the directory's is in graph.test.ts.

let site: AzureSite;
let graphToken: string;
beforeAll(async () => {
  site = await startAzureSite();
  const endpoints = (await site.ask('GET', '/metadata/endpoints?api-version=2022-09-01', { as: 'none' })).json<{
    microsoftGraphResourceId: string;
  }>();
  const { appId, password } = site.bootstrap.servicePrincipal;
  graphToken = await site.signIn(appId, password, endpoints.microsoftGraphResourceId);
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

/** Without what anybody may read, and without the other planes. */
const ofManagement = (route: Route) =>
  /^\/(?:subscriptions|tenants|providers|\{\+scope\})(?:\/|$)/.test(route.path) && route.access.kind !== 'public';
const routes = async () =>
  (await site.routes()).filter((route) => ofManagement(route) && route.access.kind !== 'operator');
const operatorRoutes = async () => (await site.routes()).filter((route) => route.access.kind === 'operator');
const nameOf = (route: Route) => `${route.method} ${route.path}`;

/** Of equal length, so that no Content-Length tells them apart. */
const THERE = { group: 'default', registry: 'registry' };
const NOWHERE = { group: 'nothing', registry: 'nowhere1' };
const GUID = '11111111-2222-4333-8444-555555555555';

function target(route: Route, place: typeof THERE): string {
  const scope = `${site.subscription}/resourceGroups/${place.group}/${REGISTRIES}/${place.registry}`;
  const path = route.path
    .replace('/{+scope}', scope)
    .replace('{subscription}', site.bootstrap.subscriptionId)
    .replace('{group}', place.group)
    .replace('{registry}', place.registry)
    .replace('{namespace}', 'Microsoft.ContainerRegistry')
    .replace('{id}', GUID)
    .replace(/\{\w+\}/g, 'something');
  return `${path}?api-version=2022-04-01`;
}

const ask = (route: Route, place: typeof THERE, as: string): Promise<Answer> => {
  const body = ['PUT', 'PATCH', 'POST'].includes(route.method) ? { body: '{}' } : {};
  return site.ask(route.method, target(route, place), { as, headers: { 'Content-Type': 'application/json' }, ...body });
};

/** What an answer says, but for what names the thing that was asked for or the request. */
const said = (answer: Answer, place: typeof THERE) =>
  [answer.status, answer.text.replaceAll(place.group, '').replaceAll(place.registry, '')]
    .join(' ')
    .replace(/correlation id [0-9a-f-]{36}/g, '');

const actionOf = (route: Route) => (route.access.kind === 'resource' ? route.access.action : undefined);

/** A service principal whose only role at the subscription is this. */
async function holderOf(actions: string[], notActions: string[] = []): Promise<string> {
  const id = randomUUID();
  const path = `${site.subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
  const permissions = [{ actions, notActions }];
  const properties = { roleName: id, description: '', permissions, assignableScopes: [site.subscription] };
  expect((await site.arm('PUT', path, { body: { properties } })).status).toBe(201);
  return (await site.robot(id, site.subscription)).token;
}

describe('the table of the resource manager', () => {
  it('has an action in every row that changes something or shows one thing', async () => {
    expect((await routes()).length).toBeGreaterThan(60);
    for (const route of await routes()) {
      expect(['resource', 'signed-in'], nameOf(route)).toContain(route.access.kind);
      if (route.access.kind === 'resource') {
        expect(route.access.action, nameOf(route)).toMatch(/^Microsoft\.[A-Za-z]+\/.+\/(?:read|write|delete|action)$/);
      }
      const reads = ['GET', 'HEAD'].includes(route.method);
      const registers = route.path.endsWith('/register') || route.path.endsWith('/unregister');
      if (!reads && !registers) expect(route.access.kind, nameOf(route)).toBe('resource');
      if (!reads && actionOf(route)) {
        const harmless = /checkNameAvailability\/read$/;
        expect(actionOf(route), nameOf(route)).toMatch(
          harmless.test(actionOf(route) ?? '') ? harmless : /(?:write|delete|action)$/,
        );
      }
    }
  });
});

describe('the rows of the operator', () => {
  const ofOperator = (route: Route, subscription: string) =>
    target(route, NOWHERE)
      .replace(site.bootstrap.subscriptionId, subscription)
      .replace('/locations/something', `/locations/${site.bootstrap.region}`);
  const ask = (route: Route, path: string, as: string) => {
    const body = ['PUT', 'PATCH', 'POST'].includes(route.method) ? { body: '{}' } : {};
    return site.ask(route.method, path, { as, headers: { 'Content-Type': 'application/json' }, ...body });
  };

  it('are all of the Admin provider, and let in the operator in his own subscription, and nobody else anywhere', async () => {
    expect((await operatorRoutes()).length).toBeGreaterThan(12);
    const own = (await site.administration()).split('/')[2] ?? '';
    const operator = await site.operator();
    const all = (await site.robot('Owner', site.subscription)).token;
    const none = (await site.robot()).token;
    for (const route of await operatorRoutes()) {
      const what = nameOf(route);
      expect(route.path, what).toMatch(
        /^\/subscriptions\/\{subscription\}\/providers\/Microsoft\.ContainerRegistry\.(?:Admin|Setup)\/locations\//,
      );
      const there = ofOperator(route, own);
      const tenants = ofOperator(route, site.bootstrap.subscriptionId);
      for (const token of ['none', 'a.b.c', graphToken])
        expect((await ask(route, there, token)).status, what).toBe(401);
      for (const token of [none, all, site.owner]) {
        for (const path of [there, tenants])
          expect((await ask(route, path, token)).status, `${what} ${path}`).toBe(403);
      }
      expect((await ask(route, tenants, operator)).status, what).toBe(403);
      const passed = await ask(route, there, operator);
      expect([401, 403], `${what}: ${passed.text}`).not.toContain(passed.status);
      expect(passed.status, what).toBeLessThan(500);
    }
  });
});

describe('the door of the resource manager', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['nobody', () => 'none'],
    ['whoever shows no token', () => 'a.b.c'],
    ["whoever shows the directory's token", () => graphToken],
    ["whoever shows a registry's token", () => site.token('repository:a:pull', 'registry:catalog:*')],
  ])('lets %s in nowhere', async (_, tokenOf) => {
    const token = await tokenOf();
    for (const route of await routes()) {
      const answer = await ask(route, THERE, token);
      expect(answer.status, nameOf(route)).toBe(401);
      if (route.method !== 'HEAD') {
        expect(['AuthenticationFailed', 'InvalidAuthenticationToken'], nameOf(route)).toContain(codeOf(answer));
      }
      expect(answer.header('WWW-Authenticate'), nameOf(route)).toMatch(/^Bearer authorization_uri=/);
    }
  });

  it('shows whoever holds no role nothing, and not even what is there', async () => {
    const { token } = await site.robot();
    for (const route of await routes()) {
      const there = await ask(route, THERE, token);
      const nowhere = await ask(route, NOWHERE, token);
      const what = nameOf(route);
      if (route.access.kind === 'resource') {
        expect(there.status, what).toBe(403);
        expect(said(there, THERE), what).toBe(said(nowhere, NOWHERE));
      } else {
        for (const answer of [there, nowhere]) {
          expect(answer.status, what).toBeLessThan(500);
          expect(answer.text, what).not.toContain(site.bootstrap.registry.loginServer);
          expect(answer.text, what).not.toContain('"resourceGroups/default"');
        }
      }
    }
  });

  it('lets in whoever holds just the action, and nobody who holds all others', async () => {
    const actions = [...new Set((await routes()).flatMap((route) => actionOf(route) ?? []))];
    for (const action of actions) {
      const holder = await holderOf([action]);
      const others = await holderOf(['*'], [action]);
      // What changes something is asked of what is not there: it passes the door, and finds nothing.
      for (const route of (await routes()).filter((r) => actionOf(r) === action)) {
        const what = nameOf(route);
        const passed = await ask(route, NOWHERE, holder);
        expect([401, 403], `${what}: ${passed.text}`).not.toContain(passed.status);
        expect(passed.status, what).toBeLessThan(500);
        expect((await ask(route, NOWHERE, others)).status, what).toBe(403);
        expect((await ask(route, THERE, others)).status, what).toBe(403);
      }
    }
  }, 120_000);
});

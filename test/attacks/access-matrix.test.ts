import { METHODS } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACTIONS,
  type AccessGrant,
  type Action,
  REGISTRY_ACTIONS,
  REPOSITORY_ACTIONS,
  type RegistryAction,
} from '../../apps/registry/src/access/principal.ts';
import type { Route } from '../../apps/registry/src/http/route.ts';
import type { Answer } from '../support/http-client.ts';
import type { TestRegistry } from '../support/start-registry.ts';
import { comparable, envelopeOf } from './support/answers.ts';
import { basic, everything, type Loot, startAttackedRegistry } from './support/workbench.ts';

// A01: the table of routes × the kinds of principal, generated. A new route is in it the moment it is in the table.

let registry: TestRegistry;
let loot: Loot;
beforeAll(async () => {
  ({ registry, loot } = await startAttackedRegistry());
  const answer = await registry.ask('POST', `/v2/${THERE}/blobs/uploads/?digest=${DIGEST}`, { body: 'x' });
  expect(answer.status).toBe(201);
});
afterAll(() => registry.stop());

/** Of equal length, so that no Content-Length tells them apart. */
const THERE = 'team/here';
const NOWHERE = 'team/gone';
const DIGEST = 'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';

/** Routes that nobody needs to sign in for. A route gets in here only with a reason that holds in front of an attacker. */
const PUBLIC = new Set([
  'GET /oauth2/token', // where credentials are shown; it checks them itself and gives nothing to anonymous callers
  'POST /oauth2/token', // the same with the credentials in a form
  'POST /oauth2/exchange', // takes a sign-in token, and checks it
  // The signature in the address is checked instead (downloads.test.ts).
  'GET /<registry-id>/<name>/blobs/<digest>',
  'HEAD /<registry-id>/<name>/blobs/<digest>',
  'GET /metadata/endpoints', // names of hosts, which a client needs before it can sign in
  // Discovery: addresses and public keys.
  'GET /adfs/.well-known/openid-configuration',
  'GET /adfs/{tenant}/.well-known/openid-configuration',
  'GET /adfs/discovery/keys',
  'GET /{tenant}/.well-known/openid-configuration',
  'GET /{tenant}/v2.0/.well-known/openid-configuration',
  'GET /{tenant}/discovery/v2.0/keys',
  'GET /{tenant}/discovery/keys',
  'GET /common/discovery/instance',
  'GET /common/userrealm/{upn}', // the same for every name
  // Where credentials are shown; each checks them itself (identity.test.ts, identity-pages.test.ts).
  'POST /adfs/oauth2/token',
  'POST /{tenant}/oauth2/v2.0/token',
  'POST /{tenant}/oauth2/token',
  // A device asks for a code, which opens nothing until a person approves it.
  'POST /adfs/oauth2/devicecode',
  'POST /{tenant}/oauth2/v2.0/devicecode',
  'POST /{tenant}/oauth2/devicecode',
  // Pages on which people type passwords, and their forms.
  'GET /adfs/oauth2/authorize',
  'POST /adfs/oauth2/authorize',
  'GET /{tenant}/oauth2/v2.0/authorize',
  'POST /{tenant}/oauth2/v2.0/authorize',
  'GET /{tenant}/oauth2/authorize',
  'POST /{tenant}/oauth2/authorize',
  'GET /adfs/oauth2/deviceauth',
  'POST /adfs/oauth2/deviceauth',
  'GET /common/oauth2/deviceauth',
  'POST /common/oauth2/deviceauth',
  // Ending a session takes its refresh token, and nothing more.
  'GET /adfs/oauth2/logout',
  'GET /{tenant}/oauth2/v2.0/logout',
  'GET /{tenant}/oauth2/logout',
  'POST /adfs/oauth2/revoke',
  'POST /{tenant}/oauth2/v2.0/revoke',
  // The portal's program, the same for everybody; what it shows it asks the other planes for (portal.test.ts).
  'GET /portal/<page>',
  'GET /portal/assets/<asset>',
  'GET /portal/settings.json',
]);

/** Routes of registries, whose door this file tries; those of the directory have graph.test.ts. */
const ofData = (route: Route) => /^\/(?:v2|acr|holdfast|oauth2)(?:\/|$)/.test(route.path);

const methodAndPath = (route: Route) => `${route.method} ${route.path}`;

function target(route: Route, repository: string): string {
  return route.path
    .replace('<name>', repository)
    .replace('<digest>', DIGEST)
    .replace('<tag>', 'latest')
    .replace('<reference>', route.name.includes('manifest') ? 'latest' : DIGEST)
    .replace('<number>', '1')
    .replace('<id>', '11111111-2222-4333-8444-555555555555');
}

/** What a token must name so that the route lets its bearer in. */
function grantsFor(route: Route, repository: string): AccessGrant[] {
  const { access } = route;
  if (access.kind === 'registry') {
    const { action } = access;
    const { name } = REGISTRY_ACTIONS[action as RegistryAction];
    return [{ type: 'registry', name, actions: [action] }];
  }
  if (access.kind === 'repository') return [{ type: 'repository', name: repository, actions: [access.actions[0]] }];
  return [];
}

/** Everything but what the route demands. */
function tooLittle(route: Route, repository: string): AccessGrant[] {
  const { access } = route;
  const demanded: readonly Action[] = access.kind === 'repository' ? access.actions : [];
  const others = (Object.keys(REGISTRY_ACTIONS) as RegistryAction[]).filter(
    (action) => access.kind !== 'registry' || action !== access.action,
  );
  return [
    {
      type: 'repository',
      name: repository,
      actions: REPOSITORY_ACTIONS.filter((action) => !demanded.includes(action)),
    },
    ...everything('team/other', 'team', `${repository}/x`, repository.slice(0, -1)).slice(1),
    ...others.map(
      (action): AccessGrant => ({ type: 'registry', name: REGISTRY_ACTIONS[action].name, actions: [action] }),
    ),
  ];
}

interface Kind {
  readonly name: string;
  readonly authorization: (route: Route, repository: string) => Promise<string | undefined> | string | undefined;
  /** Whether it may pass the door; a signed-in caller passes where signing in is all. */
  readonly lets: (route: Route) => boolean;
  readonly error?: string;
}

const never = () => false;
/** Everything that the admin user of a registry may; whom to trust is said by who manages the registry. */
const always = ({ access }: Route) => !(access.kind === 'registry' && access.action === 'bundle_trust');
const signedInOnly = (route: Route) => route.access.kind === 'signed-in';

const KINDS: readonly Kind[] = [
  { name: 'anonymous', authorization: () => undefined, lets: never },
  ...[
    '',
    'Basic',
    'Bearer',
    'Basic !!!',
    'Basic Og==',
    'Bearer a.b.c',
    'Digest username="registry"',
    'Negotiate YII=',
  ].map((header): Kind => ({ name: `malformed header "${header}"`, authorization: () => header, lets: never })),
  { name: 'wrong password', authorization: () => basic('registry', 'wrong'), lets: never },
  { name: 'empty password', authorization: () => basic('registry', ''), lets: never },
  {
    name: "another registry's password",
    authorization: () => basic('another', loot.otherRegistryPassword),
    lets: never,
  },
  {
    name: "another registry's password, our name",
    authorization: () => basic('registry', loot.otherRegistryPassword),
    lets: never,
  },
  { name: 'Basic admin', authorization: () => registry.basic, lets: always },
  { name: 'Basic admin, second password', authorization: () => basic('registry', loot.password2), lets: always },
  {
    name: 'Bearer, exact scope',
    authorization: async (r, n) => `Bearer ${await loot.token(grantsFor(r, n))}`,
    lets: always,
  },
  {
    name: "Bearer, another repository's scope and too few actions",
    authorization: async (r, n) => `Bearer ${await loot.token(tooLittle(r, n))}`,
    lets: signedInOnly,
    error: 'insufficient_scope',
  },
  {
    name: 'Bearer, no scope',
    authorization: async () => `Bearer ${await loot.token([])}`,
    lets: signedInOnly,
    error: 'insufficient_scope',
  },
  {
    name: 'Bearer, expired',
    authorization: async (_, n) => `Bearer ${await loot.expiredToken(everything(n))}`,
    lets: never,
    error: 'invalid_token',
  },
  {
    name: 'Bearer of before a renewal of the password',
    authorization: async (_, n) => `Bearer ${await loot.tokenOfRenewedPassword(everything(n))}`,
    lets: never,
    error: 'invalid_token',
  },
  {
    name: 'Bearer, a refresh token',
    authorization: async () => `Bearer ${await loot.refreshToken()}`,
    lets: never,
    error: 'invalid_token',
  },
  {
    name: 'Bearer for another registry',
    authorization: async (_, n) => `Bearer ${await loot.tokenOfOtherRegistry(everything(n))}`,
    lets: never,
    error: 'invalid_token',
  },
];

const send = (route: Route, repository: string, authorization: string | undefined): Promise<Answer> =>
  registry.ask(route.method, target(route, repository), {
    as: 'none',
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });

const CHANGES: readonly Action[] = [
  'push',
  'delete',
  'metadata_write',
  'quarantine_write',
  'deleted_restore',
  'bundle_write',
  'bundle_trust',
];

describe('the table of routes', () => {
  it('has an access declaration in every row, and each method and path once', async () => {
    const seen = new Set<string>();
    for (const route of await registry.routes()) {
      const kinds = ofData(route) ? ['registry', 'repository'] : ['resource', 'operator', 'directory'];
      expect(['public', 'signed-in', ...kinds], route.name).toContain(route.access.kind);
      if (route.access.kind === 'public') expect(route.access.why).not.toBe('');
      if (route.access.kind === 'registry') expect(ACTIONS).toContain(route.access.action);
      if (route.access.kind === 'repository') {
        expect(route.access.actions.length).toBeGreaterThan(0);
        for (const action of route.access.actions) expect(ACTIONS).toContain(action);
        expect(route.path).toContain('<name>');
      }
      expect(seen.has(methodAndPath(route)), methodAndPath(route)).toBe(false);
      seen.add(methodAndPath(route));
    }
    expect(seen.size).toBeGreaterThanOrEqual(18);
  });

  it('changes nothing without the right to change: no writing method is content with signing in or pulling', async () => {
    for (const route of (await registry.routes()).filter(ofData)) {
      if (['GET', 'HEAD'].includes(route.method) || PUBLIC.has(methodAndPath(route))) continue;
      const { access } = route;
      expect(['repository', 'registry'], route.name).toContain(access.kind);
      const actions = access.kind === 'repository' ? access.actions : access.kind === 'registry' ? [access.action] : [];
      for (const action of actions) {
        expect(CHANGES, route.name).toContain(action);
      }
    }
  });

  it('is public where this list says so and nowhere else', async () => {
    const found = (await registry.routes()).filter((route) => route.access.kind === 'public').map(methodAndPath);
    expect(new Set(found)).toEqual(PUBLIC);
  });
});

describe('the door', () => {
  it.each(KINDS)('answers as the table says: $name', async ({ authorization, lets, error }) => {
    for (const route of (await registry.routes()).filter((r) => ofData(r) && r.access.kind !== 'public')) {
      const [there, nowhere] = await Promise.all(
        [THERE, NOWHERE].map(async (name) => send(route, name, await authorization(route, name))),
      );
      if (!there || !nowhere) throw new Error('no answers');
      const what = `${route.method} ${route.path}`;
      if (lets(route)) {
        for (const answer of [there, nowhere]) {
          expect(answer.status, what).not.toBe(401);
          expect(answer.status, what).toBeLessThan(500);
        }
        continue;
      }
      expect(there.status, what).toBe(401);
      expect(comparable(there, THERE), what).toBe(comparable(nowhere, NOWHERE)); // no signal of what exists
      const head = route.method === 'HEAD';
      expect(envelopeOf(there, head), what).toBe(head ? '' : 'UNAUTHORIZED');
      const challenge = there.header('WWW-Authenticate') ?? '';
      expect(challenge, what).toMatch(
        /^Bearer realm="http:\/\/127\.0\.0\.1:\d+\/oauth2\/token",service="127\.0\.0\.1:\d+"/,
      );
      if (route.access.kind === 'repository') expect(challenge, what).toContain(`,scope="repository:${THERE}:`);
      if (error) expect(challenge, what).toMatch(new RegExp(`,error="${error}"$`));
    }
  });

  it('gives anonymous callers of the public routes nothing', async () => {
    for (const route of (await registry.routes()).filter((r) => ofData(r) && r.access.kind === 'public')) {
      const answer = await send(route, THERE, undefined);
      expect([400, 401]).toContain(answer.status);
      envelopeOf(answer);
    }
  });
});

const METHODS_TO_TRY = METHODS.filter((method) => method !== 'CONNECT');
const N = THERE;
const U = '11111111-2222-4333-8444-555555555555';
const SHAPES = [
  '/',
  '//',
  '/v2',
  '/v2/',
  '/v2//',
  '/V2/',
  '/v1/',
  '/v2/_catalog',
  '/v2/_catalog/',
  `/v2/${N}`,
  `/v2/${N}/`,
  `/v2/${N}/tags`,
  `/v2/${N}/tags/`,
  `/v2/${N}/tags/list`,
  `/v2/${N}/tags/list/`,
  `/v2/${N}/tags/latest`,
  `/v2/${N}/manifests`,
  `/v2/${N}/manifests/`,
  `/v2/${N}/manifests/latest`,
  `/v2/${N}/manifests/latest/`,
  `/v2/${N}/manifests/latest/tags`,
  `/v2/${N}/blobs`,
  `/v2/${N}/blobs/`,
  `/v2/${N}/blobs/${DIGEST}`,
  `/v2/${N}/blobs/${DIGEST}/`,
  `/v2/${N}/blobs/uploads`,
  `/v2/${N}/blobs/uploads/`,
  `/v2/${N}/blobs/uploads/${U}`,
  `/v2/${N}/blobs/uploads/${U}/`,
  `/v2/${N}/blobs/uploads/${U}/x`,
  `/v2/${N}/referrers`,
  `/v2/${N}/referrers/`,
  `/v2/${N}/referrers/${DIGEST}`,
  `/v2/${N}/referrers/${DIGEST}/`,
  `/v2/../v2/${N}/tags/list`,
  `/v2/./${N}/tags/list`,
  `/x/../v2/_catalog`,
  '/v2/%5fcatalog',
  '/v2%2f_catalog',
  '/v2/;/_catalog',
  '/v2/_catalog;x',
  '/v2/_catalog%00',
  '/v2/_catalog?x',
  '/acr',
  '/acr/v1',
  '/acr/v1/',
  '/acr/v2/_catalog',
  '/acr/v1/_catalog',
  '/acr/v1/_catalog/',
  '/acr/v1/_deleted/_catalog',
  `/acr/v1/${N}`,
  `/acr/v1/${N}/`,
  `/acr/v1/${N}/_tags`,
  `/acr/v1/${N}/_tags/`,
  `/acr/v1/${N}/_tags/latest`,
  `/acr/v1/${N}/_tags/latest/x`,
  `/acr/v1/${N}/_manifests`,
  `/acr/v1/${N}/_manifests/`,
  `/acr/v1/${N}/_manifests/${DIGEST}`,
  `/acr/v1/${N}/_manifests/latest`,
  '/oauth2/token',
  '/oauth2/token/',
  '/oauth2/exchange',
  '/oauth2',
  '/token',
  '/livez',
  '/readyz',
  '/metrics',
  '/metrics/',
  '/METRICS',
  '/livez/../metrics',
  '/healthz',
  '/debug/pprof/',
  '/debug/vars',
  '/subscriptions',
  '/providers',
  '/metadata/endpoints',
  '/tenants',
  '/adfs',
  '/v1.0/me',
  '/portal/',
  '/admin',
  '/.env',
  '/api/v2.0/projects',
  '/favicon.ico',
  '/..%2f..%2fetc/passwd',
  '/%',
  '/%zz',
  '/%ff%fe',
];

describe('dispatch', () => {
  it('is by the table only: whatever is asked, no other handler answers', async () => {
    const listed = new Set((await registry.routes()).map((route) => `${route.name} ${route.method}`));
    const health = new Set(['livez', 'readyz', 'metrics']);
    for (const as of ['none', 'admin']) {
      for (const method of as === 'admin' ? METHODS_TO_TRY : ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const answers = await Promise.all(SHAPES.map((shape) => registry.ask(method, shape, { as })));
        answers.forEach((answer, i) => {
          const shape = SHAPES[i] ?? '';
          const isUnbuiltPortal = shape.startsWith('/portal') && answer.status === 503;
          if (answer.status >= 500 && !isUnbuiltPortal) throw new Error(`${method} ${shape}: ${answer.status}`);
          const healthy = health.has(shape.slice(1)) && answer.status < 300;
          // The other planes have envelopes of their own, of which each has an `error`.
          if (/^\/(?:metadata|subscriptions|providers|tenants|adfs|v1\.0|portal)/.test(shape)) {
            if (answer.status >= 400 && method !== 'HEAD') expect(answer.json(), shape).toHaveProperty('error');
          } else if (!healthy) envelopeOf(answer, method === 'HEAD');
        });
      }
    }
    const metrics = (await registry.ask('GET', '/metrics', { as: 'none' })).text;
    const counts = [
      ...metrics.matchAll(/holdfast_http_requests_total\{route="([^"]*)",method="([^"]*)",status="(\d+)"\}/g),
    ];
    expect(counts.length).toBeGreaterThan(30);
    for (const [line, route = '', method = '', status = ''] of counts) {
      if (route === 'none') expect(['400', '401', '404', '405'], line).toContain(status);
      else if (health.has(route)) expect(['GET', 'HEAD'], line).toContain(method);
      else expect(listed.has(`${route} ${method}`), line).toBe(true);
    }
  });
});

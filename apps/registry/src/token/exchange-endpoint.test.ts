import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryPrincipal } from '../access/principal.ts';
import type { IdentitySource } from '../identity/identities.ts';
import type { SignInTokens } from '../identity/sign-in-tokens.ts';
import { OTHER_REGISTRY, REGISTRY } from '../identity/test-site.ts';
import type { RoleAssignmentRow } from '../metadata/rights.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { createExchangeEndpoint, type ExchangeEndpoint } from './exchange-endpoint.ts';
import { createTokenSite, decode, HOST } from './test-tokens.ts';

const TENANT = '7d1b0c60-0000-4000-8000-00000000aaaa';
const ACR_PULL = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const registry = registryRow(REGISTRY);
const SUBSCRIPTION = `/subscriptions/${registry.subscriptionId}`;
const REGISTRY_ID = `${SUBSCRIPTION}/resourcegroups/default/providers/microsoft.containerregistry/registries/registry`;

const person = (id: string): DirectoryPrincipal => ({
  kind: 'user',
  id,
  name: `${id}@example`,
  credential: `of-${id}`,
});
const assignment = (principalId: string, scopeKey: string): RoleAssignmentRow => ({
  id: `${principalId} at ${scopeKey}`,
  scope: scopeKey,
  scopeKey,
  roleId: ACR_PULL,
  principalId,
  principalType: 'User',
  createdAt: new Date(0),
  createdBy: 'owner',
});

/** A sign-in token is the name of its bearer; the directory knows them until they are taken out of it. */
const known = new Set<string>();
const signInTokens: SignInTokens = {
  verify: async (token, audience) => {
    if (audience !== 'management') return { problem: 'it is for another audience' };
    return known.has(token) ? { principal: person(token) } : { problem: 'it was not issued by this site' };
  },
};
const directory: IdentitySource = {
  verifyBasic: async () => undefined,
  resolve: async ({ subject, credential }) =>
    known.has(subject) && credential === `of-${subject}` ? person(subject) : undefined,
};

let site: Awaited<ReturnType<typeof createTokenSite>>;
let endpoint: ExchangeEndpoint;
beforeEach(async () => {
  known.clear();
  for (const name of ['above', 'here', 'inside', 'nobody', 'elsewhere', 'beside']) known.add(name);
  site = await createTokenSite({
    sources: [directory],
    assignments: [
      assignment('above', SUBSCRIPTION),
      assignment('here', REGISTRY_ID),
      assignment('inside', `${REGISTRY_ID}/repositories/team`),
      assignment('elsewhere', `${SUBSCRIPTION}/resourcegroups/other`),
      assignment('beside', `${REGISTRY_ID}2`),
    ],
  });
  endpoint = createExchangeEndpoint({ ...site, signInTokens, tenantId: () => TENANT });
});

const caller = { client: '127.0.0.1', correlationId: 'c' };
const ask = (fields: Record<string, string>, at = registry) =>
  endpoint.exchange({ registry: at, parameters: new URLSearchParams(fields), caller });
const good = (token: string) => ({ grant_type: 'access_token', service: HOST, access_token: token });
const refusal = async (fields: Record<string, string>) => {
  const error = await ask(fields).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'unauthenticated', code: 'auth.required' });
  return (error as Error).message;
};
const redeem = (refresh_token: string, scope: string, at = registry) =>
  site.endpoint.exchangeToken({
    method: 'POST',
    registry: at,
    host: HOST,
    caller,
    parameters: new URLSearchParams({ grant_type: 'refresh_token', service: HOST, refresh_token, scope }),
  });

describe('the token of a sign-in', () => {
  it('gets a refresh token for this registry, which gets access tokens with the rights of its bearer', async () => {
    const { refresh_token } = await ask({ ...good('here'), tenant: TENANT });
    expect(decode(refresh_token)).toMatchObject({ sub: 'here', registry: REGISTRY.id, grant_type: 'refresh_token' });
    const { token } = await redeem(refresh_token, 'repository:a:pull,push registry:catalog:*');
    expect(decode(token).access).toEqual([
      { type: 'repository', name: 'a', actions: ['pull'] },
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ]);
    expect(await site.tokens.verifyBearer(token, { registry: REGISTRY.name })).toMatchObject({
      kind: 'user',
      name: 'here@example',
      registry: REGISTRY.id,
    });
  });

  it('is taken from whoever has a role at the registry, above it or in it, and from nobody else', async () => {
    for (const name of ['above', 'here', 'inside']) expect(await ask(good(name))).toHaveProperty('refresh_token');
    for (const name of ['nobody', 'elsewhere', 'beside']) {
      expect(await refusal(good(name))).toContain(`"${name}@example" has no role at the registry "Registry"`);
    }
    const rows = await site.store.transaction((tx) => tx.audit.recent(REGISTRY.id, 10));
    expect(rows.map((row) => row.principal)).toEqual(['beside', 'elsewhere', 'nobody']);
  });

  it('opens in a repository what a role there gives, and no more', async () => {
    const { refresh_token } = await ask(good('inside'));
    const { token } = await redeem(refresh_token, 'repository:team/app:pull repository:teamx:pull repository:b:pull');
    expect(decode(token).access).toEqual([{ type: 'repository', name: 'team/app', actions: ['pull'] }]);
  });

  it('that is not accepted is refused with the reason of who checked it', async () => {
    for (const token of ['forged', 'x.y.z']) {
      expect(await refusal(good(token))).toContain('the sign-in token is not accepted: it was not issued by this site');
    }
  });

  it('of somebody who is taken out of the directory ends its refresh and access tokens, too', async () => {
    const { refresh_token } = await ask(good('here'));
    const { token } = await redeem(refresh_token, 'repository:a:pull');
    known.delete('here');
    await site.store.transaction((tx) => tx.registries.update(registry)); // any change raises the generation
    await expect(redeem(refresh_token, 'repository:a:pull')).rejects.toMatchObject({ code: 'auth.required' });
    expect(await site.tokens.verifyBearer(token, { registry: REGISTRY.name })).toBeUndefined();
  });
});

describe('tokens in the wrong place (A10)', () => {
  it('no token of a registry is a token of a sign-in', async () => {
    const { refresh_token } = await ask(good('here'));
    const { token } = await redeem(refresh_token, 'repository:a:pull');
    for (const wrong of [refresh_token, token]) {
      expect(await refusal(good(wrong))).toContain('is not accepted');
      expect(await refusal({ ...good(wrong), grant_type: 'refresh_token' })).toContain('is not accepted');
    }
  });

  it('a refresh token is not renewed here: it would live for ever', async () => {
    const { refresh_token } = await ask(good('here'));
    const form = { grant_type: 'refresh_token', service: HOST, refresh_token };
    await expect(ask(form)).rejects.toMatchObject({ kind: 'invalid', code: 'token.invalid-request' });
  });

  it('a refresh token of one registry gets nothing at another, whatever service says', async () => {
    const { refresh_token } = await ask({ ...good('above'), service: 'another.azsacr.local.holdfast.internal' });
    const other = registryRow(OTHER_REGISTRY);
    await expect(redeem(refresh_token, 'repository:a:pull', other)).rejects.toMatchObject({ code: 'auth.required' });
    expect((await redeem(refresh_token, 'repository:a:pull')).scope).toBe('repository:a:pull');
  });
});

describe('the tenant', () => {
  it('is this one, any name, or none', async () => {
    for (const tenant of [TENANT, TENANT.toUpperCase(), 'adfs', 'contoso.example', '']) {
      expect(await ask({ ...good('here'), tenant }), tenant).toHaveProperty('refresh_token');
    }
  });

  it('of another site is refused, naming it, before anything is said of the token', async () => {
    const tenant = '11111111-2222-4333-8444-555555555555';
    for (const token of ['here', 'forged']) {
      const text = await refusal({ ...good(token), tenant });
      expect(text).toContain(`the tenant ${tenant} is none of this site`);
      expect(text).not.toContain(TENANT);
    }
  });
});

describe('the form', () => {
  it.each<[string, Record<string, string>]>([
    ['no grant_type', { service: HOST, access_token: 'here' }],
    ['an unknown grant_type', { ...good('here'), grant_type: 'password' }],
    ['no service', { grant_type: 'access_token', access_token: 'here' }],
    ['a service that is no host', { ...good('here'), service: 'a"b' }],
    ['no access_token', { grant_type: 'access_token', service: HOST }],
    ['an empty access_token', good('')],
    ['an endless access_token', good('x'.repeat(20_000))],
  ])('with %s is refused, and says so', async (_, fields) => {
    await expect(ask(fields)).rejects.toMatchObject({ kind: 'invalid', code: 'token.invalid-request' });
  });

  it('may name the two deprecated grants, when it carries an access token', async () => {
    for (const grant_type of ['access_token_refresh_token', 'refresh_token']) {
      expect(await ask({ ...good('here'), grant_type, refresh_token: 'x' })).toHaveProperty('refresh_token');
    }
  });
});

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/http-client.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { AZURE_CLI, AZURE_POWERSHELL, type SignInClient, signInClient } from './support/sign-in.ts';
import { basic } from './support/workbench.ts';

// A09 to A15 as they concern signing in: token endpoint, what it gives out, and how that ends.

let registry: TestRegistry;
let site: SignInClient;
beforeAll(async () => {
  registry = await startRegistry();
  site = signInClient(registry);
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const errorOf = (answer: Answer) => answer.json<{ error: string; error_description: string; correlation_id: string }>();
const app = () => ({
  client_id: registry.bootstrap.servicePrincipal.appId,
  client_secret: registry.bootstrap.servicePrincipal.password,
});
const asApp = () => ({ grant_type: 'client_credentials', ...app(), scope: `${site.audience}/.default` });
const MANAGED = { error: { code: 'InvalidAuthenticationToken', message: expect.stringContaining('not accepted') } };

const makePerson = async (name: string, graph: string) => {
  const password = `quiet lantern ${name.length} seven`;
  const upn = `${name}@${registry.bootstrap.domain}`;
  const body = { userPrincipalName: upn, displayName: name, accountEnabled: true, passwordProfile: { password } };
  const made = await site.directory('POST', '/users', graph, body);
  expect(made.status).toBe(201);
  return { upn, username: upn, password, id: made.json<{ id: string }>().id };
};

describe('the token endpoint', () => {
  it('answers every refusal as OAuth does, with an id for the log, and lets nobody keep it', async () => {
    const cases: readonly [Record<string, string> | string, number, string][] = [
      ['', 400, 'invalid_request'],
      [{ grant_type: 'implicit' }, 400, 'unsupported_grant_type'],
      [{ grant_type: 'client_credentials' }, 400, 'invalid_request'],
      [{ ...asApp(), client_secret: 'x' }, 401, 'invalid_client'],
      [{ ...asApp(), client_id: 'x' }, 400, 'unauthorized_client'],
      [{ ...asApp(), scope: 'https://evil.test/.default' }, 400, 'invalid_scope'],
      [
        { grant_type: 'password', client_id: AZURE_CLI, username: 'x@y', password: 'z', scope: 'openid' },
        400,
        'invalid_grant',
      ],
      [{ grant_type: 'refresh_token', client_id: AZURE_CLI, refresh_token: 'x' }, 400, 'invalid_grant'],
      [{ grant_type: 'device_code', client_id: AZURE_CLI, device_code: 'x' }, 400, 'invalid_grant'],
      ['grant_type=client_credentials&grant_type=password', 400, 'invalid_request'],
      [`${new URLSearchParams(asApp())}&client_id=x`, 400, 'invalid_request'],
      [`${new URLSearchParams(asApp())}&x=1&x=2`, 400, 'invalid_request'],
      [`a=b&`.repeat(200), 400, 'invalid_request'],
      ['%%%=%zz&\0', 400, 'invalid_request'],
    ];
    for (const [form, status, error] of cases) {
      const answer = await site.token(form);
      const what = JSON.stringify(form).slice(0, 100);
      expect([answer.status, errorOf(answer).error], what).toEqual([status, error]);
      expect(errorOf(answer).error_description, what).toContain(errorOf(answer).correlation_id);
      expect(answer.header('Cache-Control'), what).toBe('no-store');
      if (status === 401) expect(answer.header('WWW-Authenticate'), what).toMatch(/^Basic realm=/);
    }
  });

  it('has its address with a slash at the end and without, and no other method', async () => {
    for (const path of ['/adfs/oauth2/token', '/adfs/oauth2/token/', '/adfs//oauth2/token', '/ADFS/OAuth2/Token']) {
      const expected = path.includes('//') ? 404 : 200;
      expect((await site.post(path, asApp())).status, path).toBe(expected);
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      expect((await registry.ask(method, '/adfs/oauth2/token', { as: 'none' })).status, method).toBe(405);
    }
  });

  it('takes a client by Basic, encoded as RFC 6749 says, and not by two ways at once', async () => {
    const { client_id: id, client_secret: secret, ...rest } = asApp();
    const good = await site.token(rest, { Authorization: basic(encodeURIComponent(id), encodeURIComponent(secret)) });
    expect(good.status).toBe(200);
    const both = await site.token(asApp(), { Authorization: basic(id, secret) });
    expect([both.status, errorOf(both).error]).toEqual([400, 'invalid_request']);
    const other = await site.token({ ...rest, client_id: AZURE_CLI }, { Authorization: basic(id, secret) });
    expect([other.status, errorOf(other).error]).toEqual([400, 'invalid_request']);
  });

  it('never repeats a secret, a password or a token in a refusal', async () => {
    const secrets = ['SeCrEt-9f8e7d6c', 'PaSsWoRd-1a2b3c4d', 'ToKeN-5e6f7a8b'];
    const [client_secret = '', password = '', token = ''] = secrets;
    for (const form of [
      { ...asApp(), client_secret },
      { grant_type: 'password', client_id: AZURE_CLI, username: 'x@y.test', password, scope: 'openid' },
      { grant_type: 'refresh_token', client_id: AZURE_CLI, refresh_token: token },
      { grant_type: 'authorization_code', client_id: AZURE_CLI, code: token, redirect_uri: 'http://localhost' },
      { grant_type: 'device_code', client_id: AZURE_CLI, device_code: token },
      { ...asApp(), client_secret: '', client_assertion: token, client_assertion_type: 'x' },
    ]) {
      const { text } = await site.token(form);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  it('may not be shown a secret over plain HTTP from elsewhere', async () => {
    const answer = await site.token(asApp(), { 'X-Forwarded-For': '203.0.113.9' });
    expect([answer.status, errorOf(answer).error]).toEqual([401, 'invalid_client']);
    const page = await registry.ask('GET', '/adfs/oauth2/deviceauth', {
      as: 'none',
      headers: { 'X-Forwarded-For': '203.0.113.9' },
    });
    expect(page.status).toBe(401);
  });
});

describe('A13: a token that somebody made', () => {
  it('opens neither the resource manager nor the directory, and no registry', async () => {
    const good = await site.app('management');
    const [header = '', payload = '', signature = ''] = good.split('.');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const jwks = (await registry.ask('GET', '/adfs/discovery/keys', { as: 'none' })).json<{
      keys: { kid: string; d?: string }[];
    }>();
    expect(jwks.keys.map((key) => key.kid)).toContain(kid);
    for (const key of jwks.keys) expect(key.d).toBeUndefined();
    const published = JSON.stringify(jwks.keys[0]);
    // The public key as the secret of a symmetric algorithm.
    const symmetric = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`;
    const hs256 = `${symmetric}.${createHmac('sha256', published).update(symmetric).digest('base64url')}`;
    for (const forged of [
      `${part({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
      `${part({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
      hs256,
      `${part({ alg: 'ES256', typ: 'at+jwt', kid, jku: 'https://evil.test/keys' })}.${payload}.${signature}`,
      `${header}.${part({ ...claims, plane: 'graph' })}.${signature}`,
      `${header}.${part({ ...claims, exp: 9_999_999_999 })}.${signature}`,
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    ]) {
      const answer = await site.management(forged);
      expect([answer.status, answer.json()], forged.slice(0, 40)).toEqual([401, MANAGED]);
      expect((await site.directory('GET', '/users', forged)).status).toBe(401);
      expect((await registry.ask('GET', '/v2/', { as: forged })).status).toBe(401);
    }
    expect((await site.management(good)).status).toBe(200);
  });

  it('of one plane is worth nothing on another: sign-in tokens, id tokens, refresh tokens and registry tokens are apart', async () => {
    const person = await site.person('management');
    const graph = await site.app('graph');
    const registryToken = await registry.token('registry:catalog:*');
    for (const token of [graph, person.id_token ?? '', person.refresh_token ?? '', registryToken]) {
      expect((await site.management(token)).status).toBe(401);
    }
    for (const token of [person.access_token, person.id_token ?? '', registryToken]) {
      expect((await site.directory('GET', '/me', token)).status).toBe(401);
    }
    for (const token of [person.access_token, graph, person.refresh_token ?? '']) {
      expect((await registry.ask('GET', '/v2/', { as: token })).status).toBe(401);
    }
  });
});

describe('A09, A12: what was got ends with what it was got by, at the very next request', () => {
  let graph: string;
  beforeAll(async () => {
    graph = await site.app('graph');
  });

  it.each([
    ['a changed password', 'PATCH', { passwordProfile: { password: 'wholly different words' } }],
    ['a disabled account', 'PATCH', { accountEnabled: false }],
    ['a deleted account', 'DELETE', undefined],
  ])(
    'by %s: access token, refresh token, session at a registry, device that was approved',
    async (what, method, body) => {
      const { username, password, id } = await makePerson(what.replaceAll(' ', '-'), graph);
      const tokens = await site.person('management', { username, password });
      const me = await site.person('graph', { username, password });
      expect((await site.management(tokens.access_token)).status).toBe(200);
      expect((await site.directory('GET', '/me', me.access_token)).status).toBe(200);
      const signedIn = { as: 'none', headers: { Authorization: basic(username, password) } };
      expect((await registry.ask('GET', '/v2/', signedIn)).status).toBe(200);
      const ticket = await registry.ask('GET', '/oauth2/token?service=x', signedIn);
      const ofRegistry = ticket.json<{ access_token: string }>().access_token;
      expect((await registry.ask('GET', '/v2/', { as: ofRegistry })).status).toBe(200);

      expect((await site.directory(method, `/users/${id}`, graph, body)).status).toBe(204);

      const refused = await site.management(tokens.access_token);
      expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('it was revoked')]);
      expect((await site.directory('GET', '/me', me.access_token)).status).toBe(401);
      expect((await registry.ask('GET', '/v2/', signedIn)).status).toBe(401);
      expect((await registry.ask('GET', '/v2/', { as: ofRegistry })).status).toBe(401);
      for (const refresh_token of [tokens.refresh_token ?? '', me.refresh_token ?? '']) {
        const answer = await site.token({ grant_type: 'refresh_token', client_id: AZURE_CLI, refresh_token });
        expect([answer.status, errorOf(answer).error]).toEqual([400, 'invalid_grant']);
      }
    },
  );

  it('by a removed secret, a disabled and a deleted service principal; another secret of the same one works on', async () => {
    const application = (await site.directory('POST', '/applications', graph, { displayName: 'robot' })).json<{
      id: string;
      appId: string;
    }>();
    const { appId } = application;
    const principal = (await site.directory('POST', '/servicePrincipals', graph, { appId })).json<{ id: string }>();
    const add = async () =>
      (await site.directory('POST', `/servicePrincipals/${principal.id}/addPassword`, graph, {})).json<{
        secretText: string;
        keyId: string;
      }>();
    const [one, two] = [await add(), await add()];
    const first = await site.app('management', one.secretText, appId);
    const second = await site.app('management', two.secretText, appId);
    const atRegistry = (secret: string) =>
      registry.ask('GET', '/v2/', { as: 'none', headers: { Authorization: basic(appId, secret) } });
    expect([(await atRegistry(one.secretText)).status, (await site.management(first)).status]).toEqual([200, 200]);
    const path = `/servicePrincipals/${principal.id}`;
    expect((await site.directory('POST', `${path}/removePassword`, graph, { keyId: one.keyId })).status).toBe(204);
    expect([(await atRegistry(one.secretText)).status, (await site.management(first)).status]).toEqual([401, 401]);
    expect([(await atRegistry(two.secretText)).status, (await site.management(second)).status]).toEqual([200, 200]);
    expect((await site.directory('PATCH', path, graph, { accountEnabled: false })).status).toBe(204);
    expect([(await atRegistry(two.secretText)).status, (await site.management(second)).status]).toEqual([401, 401]);
    expect((await site.directory('PATCH', path, graph, { accountEnabled: true })).status).toBe(204);
    expect((await site.management(second)).status).toBe(200);
    expect((await site.directory('DELETE', path, graph)).status).toBe(204);
    expect((await site.management(second)).status).toBe(401);
  });

  it('by signing out, and by a refresh token that was used twice', async () => {
    const tokens = await site.person('management');
    expect((await site.management(tokens.access_token)).status).toBe(200);
    expect((await site.post('/adfs/oauth2/revoke', { token: tokens.refresh_token ?? '' })).status).toBe(200);
    expect((await site.management(tokens.access_token)).status).toBe(401);
    const stolen = await site.person('management');
    const refresh_token = stolen.refresh_token ?? '';
    const thief = await site.token({ grant_type: 'refresh_token', client_id: AZURE_POWERSHELL, refresh_token });
    expect(thief.status).toBe(400);
    expect((await site.management(stolen.access_token)).status).toBe(401);
  });
});

describe('A15: guessing', () => {
  it('of a person is slowed down by name and address, at the registry as at the token endpoint', async () => {
    const username = site.operator.username;
    const guess = (password: string) => ({
      grant_type: 'password',
      client_id: AZURE_CLI,
      username,
      password,
      scope: 'openid',
    });
    for (let i = 0; i < 3; i++) expect(errorOf(await site.token(guess(`guess ${i}`))).error).toBe('invalid_grant');
    for (let i = 3; i < 5; i++) {
      const answer = await registry.ask('GET', '/v2/', {
        as: 'none',
        headers: { Authorization: basic(username, `guess ${i}`) },
      });
      expect(answer.status).toBe(401);
    }
    const locked = await site.token(guess(site.operator.password));
    expect([locked.status, errorOf(locked).error_description]).toEqual([400, expect.stringContaining('AADSTS50053')]);
    expect(locked.header('Retry-After')).toMatch(/^[12]$/);
    const atRegistry = await registry.ask('GET', '/v2/', {
      as: 'none',
      headers: { Authorization: basic(username, site.operator.password) },
    });
    expect(atRegistry.status).toBe(401);
  });

  it('tells nobody which names there are: by text, status or user realm', async () => {
    const { domain } = registry.bootstrap;
    const answers = await Promise.all(
      [`somebody@${domain}`, `nobody-at-all@${domain}`].map(async (username) => {
        const form = { grant_type: 'password', client_id: AZURE_CLI, username, password: 'wrong', scope: 'openid' };
        const { error, error_description: text } = errorOf(await site.token(form));
        return `${error} ${text.replace(/\(correlation id .*\)/, '')}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    const realms = await Promise.all(
      ['owner', 'nobody'].map(
        async (name) =>
          (await registry.ask('GET', `/common/userrealm/${name}@${domain}?api-version=1.0`, { as: 'none' })).text,
      ),
    );
    expect(new Set(realms).size).toBe(1);
  });
});

describe('A46: secrets', () => {
  it('of the first start are in its file and nowhere else: not in the database, not in the log', async () => {
    const { owner, operator, servicePrincipal } = registry.bootstrap;
    const files = ['metadata.db', 'metadata.db-wal'].map((name) => readFileSync(join(registry.dataDir, name)));
    for (const secret of [owner.password, operator.password, servicePrincipal.password]) {
      expect(secret.length).toBeGreaterThanOrEqual(43);
      for (const file of files) expect(file.includes(secret)).toBe(false);
    }
  });

  it('of a refresh token are not in the database either', async () => {
    const { refresh_token: token = '' } = await site.person('management');
    const files = ['metadata.db', 'metadata.db-wal'].map((name) => readFileSync(join(registry.dataDir, name)));
    for (const file of files) {
      expect(file.includes(token)).toBe(false);
      expect(file.includes(Buffer.from(token, 'base64url'))).toBe(false);
    }
  });
});

describe('a session', () => {
  it('survives what does not concern it: the password of somebody else, and a restart', async () => {
    const tokens = await site.person('management');
    const other = await makePerson('somebody', await site.app('graph'));
    const body = { passwordProfile: { password: 'wholly different words' } };
    expect((await site.directory('PATCH', `/users/${other.id}`, await site.app('graph'), body)).status).toBe(204);
    await registry.restart();
    // From here on the site has another port, and so other audiences.
    expect((await site.management(tokens.access_token)).status).toBe(200);
    const again = await site.granted({
      grant_type: 'refresh_token',
      client_id: AZURE_CLI,
      refresh_token: tokens.refresh_token ?? '',
    });
    expect(again.access_token).toMatch(/^ey/);
  });
});

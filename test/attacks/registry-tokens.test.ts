import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { type AzureSite, REGISTRIES, startAzureSite } from '../support/azure-site.ts';
import { basic } from './support/workbench.ts';

// Tokens of a registry, exchanged sign-ins and anonymous pulls, over HTTP: A02, A04, A08 to A10, A12 and A15.

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const ZEROS = '00000000-0000-0000-0000-000000000000';
const version = '2020-11-01-preview';
const REPOSITORIES = ['team', 'team/a', 'teamx', 'teamx/a', 'other'] as const;

let site: AzureSite;
let registry: string;
let serial = 0;
beforeAll(async () => {
  site = await startAzureSite();
  registry = `${site.group}/${REGISTRIES}/registry`;
  for (const repository of REPOSITORIES) await pushImage(site, repository, { tag: 'v1' });
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

/** A token with these lines (`team/*` read, `team` write …), and its password. */
async function robot(...lines: readonly string[]) {
  const name = `robot-${++serial}`;
  const map = `${registry}/scopeMaps/${name}`;
  const actions = lines.map((line) => `repositories/${line}`);
  await site.arm('PUT', map, { version, body: { properties: { actions } } });
  const token = `${registry}/tokens/${name}`;
  await site.arm('PUT', token, { version, body: { properties: { scopeMapId: map } } });
  const made = await site.arm('POST', `${registry}/generateCredentials`, { version, body: { tokenId: token } });
  const [first] = made.json<{ passwords: { value: string }[] }>().passwords;
  return { name, password: first?.value ?? '', token, map };
}
type Robot = Awaited<ReturnType<typeof robot>>;

const asBasic = ({ name, password }: Pick<Robot, 'name' | 'password'>) => ({ Authorization: basic(name, password) });
const v2 = (method: string, path: string, headers: Record<string, string> = {}) =>
  site.ask(method, `/v2/${path}`, { as: 'none', headers });
const pulls = async (headers: Record<string, string>) => {
  const opened: string[] = [];
  for (const name of REPOSITORIES) {
    const { status } = await v2('GET', `${name}/manifests/v1`, headers);
    if (status === 200) opened.push(name);
    else expect(status, name).toBe(401);
  }
  return opened;
};
const getToken = async (query: string, headers: Record<string, string> = {}) => {
  const answer = await site.ask('GET', `/oauth2/token?service=x&${query}`, { as: 'none', headers });
  return answer.status === 200 ? answer.json<{ access_token: string }>().access_token : answer.status;
};
const postForm = (path: string, fields: Record<string, string>) =>
  site.ask('POST', path, { as: 'none', headers: FORM, body: new URLSearchParams(fields).toString() });
const bearer = (token: string | number) => ({ Authorization: `Bearer ${token}` });
const messageOf = (text: string) => (JSON.parse(text) as { errors: { message: string }[] }).errors[0]?.message ?? '';

describe('A08: lines of a scope map', () => {
  it.each<[string, readonly string[]]>([
    ['team', ['team']],
    ['team/*', ['team/a']],
    ['team*', ['team', 'team/a', 'teamx', 'teamx/a']],
    ['team/a', ['team/a']],
    ['t*', ['team', 'team/a', 'teamx', 'teamx/a']],
    ['*', REPOSITORIES],
  ])('%s opens these and no other, by Basic and by Bearer', async (line, expected) => {
    const who = await robot(`${line}/content/read`);
    expect(await pulls(asBasic(who))).toEqual(expected);
    const query = REPOSITORIES.map((name) => `scope=repository:${name}:*`).join('&');
    const token = await getToken(query, asBasic(who));
    expect(await pulls(bearer(token))).toEqual(expected);
  });

  it('show in the catalog what may be read of metadata, and nothing beside', async () => {
    const who = await robot('team/*/metadata/read', 'other/content/read');
    const { repositories } = (await v2('GET', '_catalog', asBasic(who))).json<{ repositories: string[] }>();
    expect(repositories).toEqual(['team/a']);
  });
});

describe('A04: rights that the scope map does not give', () => {
  it('are refused one by one, with the line that is missing, alike for what is there and what is not', async () => {
    const who = await robot('team/*/content/read');
    for (const [method, path, right] of [
      ['POST', '/blobs/uploads/', 'content/write'],
      ['PUT', '/manifests/v1', 'content/write'],
      ['DELETE', '/manifests/v1', 'content/delete'],
    ] as const) {
      const texts = new Set<string>();
      for (const name of ['team/a', 'team/z']) {
        const answer = await v2(method, `${name}${path}`, asBasic(who));
        expect(answer.status).toBe(401);
        texts.add(
          messageOf(answer.text)
            .replaceAll(name, 'N')
            .replace(/correlation id [^)]*/, ''),
        );
      }
      expect(texts.size).toBe(1);
      expect([...texts][0]).toContain(`add repositories/N/${right} to it`);
    }
    expect((await v2('GET', 'team/a/manifests/v1', asBasic(who))).status).toBe(200);
  });

  it('are not got by mounting a blob out of a repository that it may not pull', async () => {
    const secret = await pushImage(site, 'other', { tag: 'secret' });
    const who = await robot('team/*/content/read', 'team/*/content/write');
    const digest = secret.layers[0]?.digest ?? '';
    for (const from of ['&from=other', '']) {
      const answer = await v2('POST', `team/a/blobs/uploads/?mount=${digest}${from}`, asBasic(who));
      expect(answer.status, from).toBe(202);
    }
  });
});

describe('A09: what was given before', () => {
  it('ends at the very next request with the scope map, the password, the token and its registry', async () => {
    const who = await robot('team/content/read');
    const token = bearer(await getToken('scope=repository:team:pull', asBasic(who)));
    const status = async () => (await v2('GET', 'team/manifests/v1', token)).status;
    expect(await status()).toBe(200);
    const setActions = (...actions: string[]) =>
      site.arm('PATCH', who.map, { version, body: { properties: { actions } } });
    await setActions('repositories/other/content/read');
    expect(await status()).toBe(401);
    await setActions('repositories/team/content/read');
    expect(await status()).toBe(200);
    await site.arm('POST', `${registry}/generateCredentials`, {
      version,
      body: { tokenId: who.token, name: 'password1' },
    });
    expect(await status()).toBe(401);
    expect((await v2('GET', 'team/manifests/v1', asBasic(who))).status).toBe(401);
  });
});

describe('A10: one kind of token in the place of another', () => {
  it('opens nothing', async () => {
    const puller = await site.robot('AcrPull', registry);
    const exchange = (access_token: string) =>
      postForm('/oauth2/exchange', { grant_type: 'access_token', service: 'x', access_token });
    const exchanged = await exchange(puller.token);
    expect(exchanged.status, exchanged.text).toBe(200);
    const { refresh_token } = exchanged.json<{ refresh_token: string }>();
    const redeem = (fields: Record<string, string>) => postForm('/oauth2/token', { service: 'x', ...fields });
    const redeemed = await redeem({ grant_type: 'refresh_token', refresh_token, scope: 'repository:team:*' });
    const { access_token } = redeemed.json<{ access_token: string }>();
    expect(await pulls(bearer(access_token))).toEqual(['team']);
    // The sign-in token and the refresh token are no access tokens of a registry.
    for (const wrong of [puller.token, refresh_token]) {
      expect((await v2('GET', '', bearer(wrong))).status).toBe(401);
    }
    // No token of a registry is the token of a sign-in, at the exchange or at the resource manager.
    for (const wrong of [refresh_token, access_token]) {
      expect((await exchange(wrong)).status).toBe(401);
      expect((await site.arm('GET', registry, { as: wrong })).status).toBe(401);
    }
    // No other token is a refresh token.
    for (const wrong of [puller.token, access_token]) {
      expect((await redeem({ grant_type: 'refresh_token', refresh_token: wrong })).status).toBe(401);
    }
    expect((await v2('GET', '', { Authorization: basic(ZEROS, puller.token) })).status).toBe(401);
  });

  it('the exchange is a POST, and nothing else', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await site.ask(method, '/oauth2/exchange', { as: 'none' })).status).toBe(405);
    }
  });

  it('whoever has no role at the registry gets nothing from it', async () => {
    const nobody = await site.robot();
    const fields = { grant_type: 'access_token', service: 'x', access_token: nobody.token };
    const answer = await postForm('/oauth2/exchange', fields);
    expect(answer.status).toBe(401);
    expect(messageOf(answer.text)).toContain(`"${nobody.appId}" has no role at the registry "registry"`);
    // Basic signs in all the same, as on Azure, and opens nothing.
    expect(await pulls({ Authorization: basic(nobody.appId, nobody.secret) })).toEqual([]);
  });
});

describe('A15: what a refusal tells', () => {
  it('is the same for names that exist and names that do not', async () => {
    const who = await robot('team/content/read');
    const texts = new Set<string>();
    for (const name of ['registry', who.name, 'robot-nobody', 'x', ZEROS.replace('0', 'a')]) {
      const answer = await v2('GET', '', { Authorization: basic(name, 'guess') });
      expect(answer.status).toBe(401);
      expect(answer.header('WWW-Authenticate')).toMatch(/^Bearer realm="[^" ]+",service="[^" ]+"$/);
      texts.add(messageOf(answer.text).replace(/correlation id [^)]*/, ''));
    }
    expect(texts.size).toBe(1);
  });

  it('says that the admin user is disabled to who knows its password, and to nobody else', async () => {
    const setAdmin = (adminUserEnabled: boolean) =>
      site.arm('PATCH', registry, { body: { properties: { adminUserEnabled } } });
    await setAdmin(false);
    try {
      const right = await v2('GET', '', { Authorization: site.basic });
      expect(messageOf(right.text)).toContain('the admin user of this registry is disabled');
      const guess = await v2('GET', '', { Authorization: basic('registry', 'guess') });
      expect(messageOf(guess.text)).toContain('the user name or the password is wrong');
    } finally {
      await setAdmin(true);
    }
    expect((await v2('GET', '', { Authorization: site.basic })).status).toBe(200);
  });
});

describe('A02: pulling without signing in', () => {
  const setOpen = (anonymousPullEnabled: boolean) =>
    site.arm('PATCH', registry, { body: { properties: { anonymousPullEnabled } } });

  it('is not possible unless the registry says so, with or without a token', async () => {
    expect(await pulls({})).toEqual([]);
    expect(await getToken('scope=repository:team:pull')).toBe(401);
  });

  it('works as clients do it: ping, challenge, token, pull; and ends at the next request', async () => {
    await setOpen(true);
    try {
      const ping = await v2('GET', '');
      expect([ping.status, ping.header('WWW-Authenticate')]).toEqual([401, expect.stringMatching(/^Bearer realm=/)]);
      const token = await getToken('scope=repository:team:pull,push');
      expect(await pulls(bearer(token))).toEqual(['team']);
      expect((await v2('GET', '', bearer(token))).status).toBe(200);
      expect(await pulls({})).toEqual(REPOSITORIES); // containerd asks for the manifest first
      const denied: [string, string][] = [
        ['POST', 'team/blobs/uploads/'],
        ['DELETE', 'team/manifests/v1'],
        ['GET', '_catalog'],
      ];
      for (const [method, path] of denied) {
        for (const headers of [{}, bearer(token)]) {
          const answer = await v2(method, path, headers);
          expect(answer.status, `${method} ${path}`).toBe(401);
          expect(answer.header('WWW-Authenticate')).toContain(',scope="');
        }
      }
      expect(await getToken('scope=registry:catalog:*')).toBe(401);
      expect(await getToken('scope=repository:team:pull', { Authorization: basic('registry', 'guess') })).toBe(401);
      await setOpen(false);
      expect(await pulls(bearer(token))).toEqual([]);
      expect((await v2('GET', '', bearer(token))).status).toBe(401);
    } finally {
      await setOpen(false);
    }
  });
});

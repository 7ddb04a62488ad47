import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRegistryToken, OTHER_REGISTRY, READER, REGISTRY } from '../identity/test-site.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { TOKEN_USER } from './basic-sign-in.ts';
import { createTokenSite, decode, HOST } from './test-tokens.ts';

const registry = registryRow(REGISTRY);
const caller = { client: '127.0.0.1', correlationId: 'c' };
let site: Awaited<ReturnType<typeof createTokenSite>>;
let password: string;
beforeEach(async () => {
  site = await createTokenSite();
  password = await createRegistryToken(site, { actions: [READER, 'repositories/team/*/metadata/read'] });
});

const get = (scope: string, basic = { username: 'robot', password }, at = registry) =>
  site.endpoint.exchangeToken({
    method: 'GET',
    registry: at,
    host: HOST,
    caller,
    basic,
    parameters: new URLSearchParams({ scope }),
  });
const post = (fields: Record<string, string>) =>
  site.endpoint.exchangeToken({
    method: 'POST',
    registry,
    host: HOST,
    caller,
    parameters: new URLSearchParams(fields),
  });
const refusal = async (request: Promise<unknown>) => {
  const error = await request.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'unauthenticated', code: 'auth.required' });
  return (error as Error).message;
};
const bearer = (token: string) => site.tokens.verifyBearer(token, { registry: REGISTRY.name });
const setStatus = async (status: 'enabled' | 'disabled') => {
  const row = await site.store.read.registryTokens.find(REGISTRY.id, 'robot');
  if (!row) throw new Error('no token');
  await site.store.transaction((tx) => tx.registryTokens.put({ ...row, status }));
};

describe('a token of a registry at the token endpoint', () => {
  it('gets what its scope map allows of what it asks, and nothing beside (A10)', async () => {
    const asked = [
      'repository:team/app:*',
      'repository:team:pull',
      'repository:team/b:pull,metadata_read',
      'registry:blobs:mount',
    ];
    expect(decode((await get(asked.join(' '))).token).access).toEqual([
      { type: 'repository', name: 'team/app', actions: ['pull', 'metadata_read'] },
      { type: 'repository', name: 'team/b', actions: ['metadata_read'] },
      { type: 'registry', name: 'blobs', actions: ['mount'] },
    ]);
    for (const scope of ['registry:*:*', 'repository:team*:pull', 'repository:*:pull', 'repository:teamx/app:pull']) {
      expect(decode((await get(scope)).token).access, scope).toEqual([]);
    }
  });

  it('may list the catalog when it may read metadata of anything', async () => {
    expect(decode((await get('registry:catalog:*')).token).access).toEqual([
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ]);
    const blind = await createRegistryToken(site, { name: 'blind' });
    const answer = await get('registry:catalog:*', { username: 'blind', password: blind });
    expect(decode(answer.token).access).toEqual([]);
  });

  it('keeps in an issued token no right that its scope map has lost since (A09)', async () => {
    const { token } = await get('repository:team/app:pull');
    const check = async () => {
      const principal = await bearer(token);
      if (!principal) throw new Error('the token is refused');
      const resource = { id: '/x', registry: REGISTRY.id, repository: 'team/app' };
      return (await site.authorizer.check({ principal, action: 'pull', resource })).allow;
    };
    expect(await check()).toBe(true);
    const map = await site.store.read.scopeMaps.find(REGISTRY.id, 'robot-map');
    if (!map) throw new Error('no map');
    await site.store.transaction((tx) => tx.scopeMaps.put({ ...map, actions: '["repositories/other/content/read"]' }));
    expect(await check()).toBe(false);
    await site.store.transaction((tx) => tx.scopeMaps.put(map));
    expect(await check()).toBe(true);
  });

  it('at another registry is nobody, also with its namesake there', async () => {
    await createRegistryToken(site, { registryId: OTHER_REGISTRY.id });
    const text = await refusal(get('repository:team/app:pull', undefined, registryRow(OTHER_REGISTRY)));
    expect(text).toContain('the user name or the password is wrong');
  });
});

describe('what ends a token of a registry ends what was got with it at the very next request (A09)', () => {
  const everything = async () => {
    const form = { grant_type: 'password', username: 'robot', password, access_type: 'offline' };
    const { token, refresh_token = '' } = await post({ ...form, scope: 'repository:team/app:pull' });
    const works = async () => [
      (await bearer(token)) !== undefined,
      (await post({ grant_type: 'refresh_token', refresh_token }).catch(() => undefined)) !== undefined,
      (await get('repository:a:pull', { username: TOKEN_USER, password: token }).catch(() => undefined)) !== undefined,
    ];
    expect(await works()).toEqual([true, true, true]);
    return works;
  };
  const none = [false, false, false];

  it('being disabled, until it is enabled again', async () => {
    const works = await everything();
    await setStatus('disabled');
    expect(await works()).toEqual(none);
    await setStatus('enabled');
    expect(await works()).toEqual([true, true, true]);
  });

  it('a new password of the same name', async () => {
    const works = await everything();
    await createRegistryToken(site);
    expect(await works()).toEqual(none);
  });

  it('its password taken away', async () => {
    const works = await everything();
    await site.store.transaction((tx) => tx.registryTokens.keepPasswords(REGISTRY.id, 'robot', []));
    expect(await works()).toEqual(none);
  });

  it('being deleted, also when it is made again', async () => {
    const works = await everything();
    await site.store.transaction((tx) => tx.registryTokens.delete(REGISTRY.id, 'robot'));
    expect(await works()).toEqual(none);
    await createRegistryToken(site);
    expect(await works()).toEqual(none);
  });
});

describe('token ∩ current rights', () => {
  const REPOSITORY = fc.constantFrom('team', 'team/a', 'teamx', 'b');
  const LINE = fc.constantFrom('team', 'team/*', 'team*', '*', 'b', 'team/a');
  const WORD = { pull: 'content/read', push: 'content/write', delete: 'content/delete' } as const;
  const action = fc.constantFrom('pull', 'push', 'delete');
  const lines = fc.array(fc.record({ line: LINE, action }), { maxLength: 4 });
  type Lines = readonly { readonly line: string; readonly action: keyof typeof WORD }[];

  const covers = (line: string, repository: string) =>
    line.endsWith('*') ? repository.indexOf(line.slice(0, -1)) === 0 : line === repository;
  const gives = (map: Lines, repository: string, wanted: string) =>
    map.some((one) => one.action === wanted && covers(one.line, repository));
  const setMap = (map: Lines) => {
    const actions = JSON.stringify(map.map((one) => `repositories/${one.line}/${WORD[one.action]}`));
    const row = { registryId: REGISTRY.id, name: 'robot-map', actions, createdAt: site.clock.now() };
    return site.store.transaction((tx) => tx.scopeMaps.put(row));
  };

  it('is what the token was asked for and given, and the scope map still gives, whatever changes in between', async () => {
    const asked = fc.array(fc.record({ repository: REPOSITORY, action }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lines, asked, lines, async (before, scopes, now) => {
        await setMap(before);
        const scope = scopes.map((one) => `repository:${one.repository}:${one.action}`).join(' ');
        const { token } = await get(scope);
        await setMap(now);
        const principal = await bearer(token);
        if (!principal) throw new Error('the token is refused');
        for (const repository of ['team', 'team/a', 'teamx', 'b']) {
          for (const wanted of ['pull', 'push', 'delete'] as const) {
            const named = scopes.some((one) => one.repository === repository && one.action === wanted);
            const resource = { id: '/x', registry: REGISTRY.id, repository };
            const { allow } = await site.authorizer.check({ principal, action: wanted, resource });
            expect(allow).toBe(named && gives(before, repository, wanted) && gives(now, repository, wanted));
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a password with an end', () => {
  it('gets tokens that end with it, access and refresh tokens alike', async () => {
    const expiresAt = new Date(site.clock.now().getTime() + 90_500);
    const brief = await createRegistryToken(site, { name: 'brief', expiresAt });
    const form = { grant_type: 'password', username: 'brief', password: brief, access_type: 'offline' };
    const answer = await post({ ...form, scope: 'repository:team/app:pull' });
    expect(answer.expires_in).toBe(90);
    const end = Math.floor(expiresAt.getTime() / 1000);
    expect(decode(answer.token).exp).toBe(end);
    expect(decode(answer.refresh_token ?? '').exp).toBe(end);
    const renewed = await post({ grant_type: 'refresh_token', refresh_token: answer.refresh_token ?? '' });
    expect(decode(renewed.token).exp).toBe(end);
    site.clock.advance(90_500);
    expect(await bearer(answer.token)).toBeUndefined();
  });

  it('that never comes leaves the usual lives', async () => {
    expect((await get('repository:team/app:pull')).expires_in).toBe(4500);
  });
});

describe('the text of a refusal', () => {
  it('tells who has the right password that the token is disabled or the password expired, and since when', async () => {
    const expiresAt = new Date(site.clock.now().getTime() + 1000);
    const brief = await createRegistryToken(site, { name: 'brief', expiresAt });
    site.clock.advance(1000);
    const text = await refusal(get('', { username: 'brief', password: brief }));
    expect(text).toContain(`the password is right, but it expired at ${expiresAt.toISOString()}`);
    await setStatus('disabled');
    expect(await refusal(get(''))).toContain('the password is right, but the token is disabled');
  });

  it('tells everybody else the same, whether the name exists, is disabled, expired or made up (A15)', async () => {
    const expiresAt = new Date(site.clock.now().getTime() + 1);
    await createRegistryToken(site, { name: 'brief', expiresAt });
    site.clock.advance(1);
    await setStatus('disabled');
    const texts = new Set<string>();
    for (const username of ['robot', 'brief', 'nobody', 'registry', '']) {
      texts.add(await refusal(get('', { username, password: 'guess' })));
    }
    expect([...texts]).toEqual([expect.stringContaining('the user name or the password is wrong')]);
  });

  it('tells the bearer of a token of ours why it ended', async () => {
    const zeros = (token: string) => get('', { username: TOKEN_USER, password: token });
    const { token } = await get('repository:team/app:pull');
    const refresh = await post({ grant_type: 'password', username: 'robot', password, access_type: 'offline' });
    expect(await refusal(get('', { username: TOKEN_USER, password: token }, registryRow(OTHER_REGISTRY)))).toContain(
      'issued for another registry',
    );
    expect(await refusal(post({ grant_type: 'refresh_token', refresh_token: token }))).toContain(
      'a refresh token only',
    );
    site.clock.advance(4_500_000);
    expect(await refusal(zeros(token))).toContain('the token expired at 2026-01-01T01:15:00.000Z');
    await setStatus('disabled');
    expect(await refusal(zeros(refresh.refresh_token ?? ''))).toContain('the token was revoked');
    expect(await refusal(zeros(`${token.slice(0, -3)}abc`))).toContain('the token is not valid');
  });
});

describe('a token that is named like its registry', () => {
  it('signs in with its own passwords, and the admin user with its own', async () => {
    const own = await createRegistryToken(site, { name: 'registry' });
    const subject = async (secret: string) =>
      decode((await get('', { username: 'registry', password: secret })).token).sub;
    expect(await subject(own)).toBe('token:registry/registry');
    expect(await subject(site.passwords.password)).toBe('admin-user:registry');
    await site.store.changeRegistries((row) => ({ ...row, adminUserEnabled: false }));
    expect(await subject(own)).toBe('token:registry/registry');
    expect(await refusal(get('', { username: 'registry', password: site.passwords.password }))).toContain(
      'the admin user of this registry is disabled',
    );
  });
});

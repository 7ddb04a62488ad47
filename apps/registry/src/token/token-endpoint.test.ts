import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AccessGrant, REPOSITORY_ACTIONS } from '../access/principal.ts';
import { OTHER_REGISTRY, REGISTRY } from '../identity/test-site.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { TOKEN_USER } from './basic-sign-in.ts';
import { createTokenSite, decode, HOST } from './test-tokens.ts';
import type { TokenRequest } from './token-endpoint.ts';

let site: Awaited<ReturnType<typeof createTokenSite>>;
let password: string;
beforeEach(async () => {
  site = await createTokenSite();
  password = site.passwords.password;
});

type Fields = Record<string, string | string[]>;
function request(method: TokenRequest['method'], fields: Fields, more: Partial<TokenRequest> = {}): TokenRequest {
  const pairs = Object.entries(fields).flatMap(([key, value]) => [value].flat().map((v): [string, string] => [key, v]));
  const caller = { client: '127.0.0.1', correlationId: 'c' };
  const parameters = new URLSearchParams(pairs);
  return { method, registry: registryRow(REGISTRY), host: HOST, parameters, caller, ...more };
}
const get = (fields: Fields, basic?: TokenRequest['basic'], more: Partial<TokenRequest> = {}) =>
  site.endpoint.exchangeToken(request('GET', fields, { basic, ...more }));
const post = (fields: Fields, more: Partial<TokenRequest> = {}) =>
  site.endpoint.exchangeToken(request('POST', fields, more));
const admin = () => ({ username: 'registry', password });
const granted = (token: string) => decode(token).access;
const bearer = (token: string) => site.tokens.verifyBearer(token, { registry: REGISTRY.name });

describe('GET with Basic', () => {
  it('answers the token twice, with its life, issue time and granted scope', async () => {
    const answer = await get({ service: HOST, scope: 'repository:team/app:pull,push', account: 'registry' }, admin());
    expect(answer).toEqual({
      access_token: expect.any(String),
      token: answer.access_token,
      expires_in: 4500,
      issued_at: '2026-01-01T00:00:00.000Z',
      scope: 'repository:team/app:pull,push',
    });
    expect(decode(answer.token).aud).toBe(HOST);
    expect(await bearer(answer.token)).toMatchObject({ id: 'admin-user:registry', registry: REGISTRY.id });
  });

  it('without a scope, as docker login asks, gives a token that opens nothing', async () => {
    const answer = await get(
      { service: HOST, client_id: 'docker', offline_token: 'true', account: 'registry' },
      admin(),
    );
    expect(granted(answer.token)).toEqual([]);
    expect(answer).not.toHaveProperty('scope');
  });

  it('gives docker login no refresh token, which it would store in place of the password', async () => {
    expect(await get({ service: HOST, offline_token: 'true' }, admin())).not.toHaveProperty('refresh_token');
  });

  it('takes scopes repeated, separated by blanks, or both, and merges them', async () => {
    const scope = ['repository:a:pull repository:b:push', 'repository:a:delete', 'registry:catalog:*'];
    const { token } = await get({ scope }, admin());
    expect(granted(token)).toEqual([
      { type: 'repository', name: 'a', actions: ['pull', 'delete'] },
      { type: 'repository', name: 'b', actions: ['push'] },
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ]);
  });

  it('answers az check-health, which asks for registry:None:*, with a token that opens nothing', async () => {
    expect(granted((await get({ service: HOST, scope: 'registry:None:*' }, admin())).token)).toEqual([]);
  });

  it('leaves out, without a word, what it does not know', async () => {
    const scope = ['repository:a:pull,fly', 'admin:*:*', 'repository:A:pull', 'repository:a/../b:pull', 'nonsense'];
    expect(granted((await get({ scope }, admin())).token)).toEqual([
      { type: 'repository', name: 'a', actions: ['pull'] },
    ]);
  });

  it('without credentials is refused', async () => {
    await expect(get({ service: HOST })).rejects.toMatchObject({ kind: 'unauthenticated', code: 'auth.required' });
  });

  it('with wrong ones is refused in the same words for every reason, without the password', async () => {
    const messages = new Set<string>();
    for (const basic of [
      { username: 'registry', password: 'wrong-one' },
      { username: 'nobody', password: 'wrong-one' },
      { username: 'registry', password: '' },
      { username: 'registry', password: 'x'.repeat(5000) },
      { username: '', password },
    ]) {
      const error = await get({}, basic).catch((e: unknown) => e as Error);
      expect(error).toMatchObject({ kind: 'unauthenticated', code: 'auth.required' });
      messages.add((error as Error).message);
    }
    expect(messages.size).toBe(1);
    expect([...messages][0]).not.toContain('wrong-one');
  });

  it("binds the token to the host's registry whatever service says", async () => {
    const { token } = await get({ service: 'another.azsacr.local.holdfast.internal' }, admin());
    expect(decode(token)).toMatchObject({ aud: 'another.azsacr.local.holdfast.internal', registry: REGISTRY.id });
    expect(await bearer(token)).toBeDefined();
    expect(await site.tokens.verifyBearer(token, { registry: OTHER_REGISTRY.name })).toBeUndefined();
  });

  it('with the password of another registry is refused', async () => {
    await expect(get({}, admin(), { registry: registryRow(OTHER_REGISTRY) })).rejects.toMatchObject({
      code: 'auth.required',
    });
  });
});

describe('POST grant_type=password', () => {
  const form = (more: Fields = {}) => ({
    grant_type: 'password',
    username: 'registry',
    password,
    service: HOST,
    ...more,
  });

  it('answers az, which sends the password of the admin user so', async () => {
    const { access_token } = await post(form({ scope: 'repository:a:metadata_read' }));
    expect(granted(access_token)).toEqual([{ type: 'repository', name: 'a', actions: ['metadata_read'] }]);
  });

  it('gives a refresh token for access_type=offline and not else', async () => {
    expect(await post(form())).not.toHaveProperty('refresh_token');
    expect(await post(form({ access_type: 'online' }))).not.toHaveProperty('refresh_token');
    const { refresh_token = '' } = await post(form({ access_type: 'offline', client_id: 'containerd-client' }));
    const answer = await post({
      grant_type: 'refresh_token',
      refresh_token,
      service: HOST,
      scope: 'repository:a:pull',
    });
    expect(granted(answer.access_token)).toEqual([{ type: 'repository', name: 'a', actions: ['pull'] }]);
  });

  it('with a wrong password is refused', async () => {
    await expect(post({ ...form(), password: 'wrong' })).rejects.toMatchObject({ code: 'auth.required' });
  });
});

describe('POST grant_type=refresh_token', () => {
  const refreshToken = async () =>
    (await site.tokens.issueRefreshToken({ principal: site.admin, service: HOST })).token;

  it('gives no new refresh token, so a login ends when it said', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: await refreshToken(), access_type: 'offline' };
    expect(await post(form)).not.toHaveProperty('refresh_token');
  });

  it('refuses an access token, a foreign, an expired and a revoked one (A10)', async () => {
    const ask = (refresh_token: string, more: Partial<TokenRequest> = {}) =>
      expect(post({ grant_type: 'refresh_token', refresh_token }, more)).rejects.toMatchObject({
        code: 'auth.required',
      });
    const refresh = await refreshToken();
    await ask((await get({}, admin())).token);
    await ask(refresh, { registry: registryRow(OTHER_REGISTRY) });
    await ask('x.y.z');
    await site.admins.regenerate('registry', 'password');
    await ask(refresh);
    const { value } = await site.admins.regenerate('registry', 'password');
    password = value;
    const { refresh_token = '' } = await post({ grant_type: 'password', ...admin(), access_type: 'offline' });
    site.clock.advance(180 * 60_000);
    await ask(refresh_token);
  });
});

describe('the user of zeros', () => {
  const zeros = (token: string) => ({ username: TOKEN_USER, password: token });

  it('signs in with a refresh token, as az acr login hands it to docker', async () => {
    const { token } = await site.tokens.issueRefreshToken({ principal: site.admin, service: HOST });
    const answer = await get({ service: HOST, scope: 'repository:a:pull,push', account: TOKEN_USER }, zeros(token));
    expect(granted(answer.token)).toEqual([{ type: 'repository', name: 'a', actions: ['pull', 'push'] }]);
    const form = { grant_type: 'password', ...zeros(token), access_type: 'offline', scope: 'repository:a:pull' };
    expect(await post(form)).not.toHaveProperty('refresh_token');
  });

  it('signs in with an access token and gets no more than that, and no longer', async () => {
    const first = await get({ scope: 'repository:a:pull' }, admin());
    site.clock.advance(4000_000);
    const form = { grant_type: 'password', ...zeros(first.token), access_type: 'offline' };
    const scope = ['repository:a:pull,push,delete', 'repository:b:pull', 'registry:catalog:*'];
    const second = await post({ ...form, scope });
    expect(granted(second.token)).toEqual([{ type: 'repository', name: 'a', actions: ['pull'] }]);
    expect(second.expires_in).toBe(500);
    expect(second).not.toHaveProperty('refresh_token');
  });

  it('does not sign in with the password, nor the admin user with a token', async () => {
    const { token } = await get({}, admin());
    await expect(get({}, zeros(password))).rejects.toMatchObject({ code: 'auth.required' });
    await expect(get({}, { username: 'registry', password: token })).rejects.toMatchObject({ code: 'auth.required' });
  });
});

describe('granted access', () => {
  const grants = fc.uniqueArray(
    fc.record<AccessGrant>({
      type: fc.constant('repository'),
      name: fc.constantFrom('a', 'b', 'a/b'),
      actions: fc.uniqueArray(fc.constantFrom(...REPOSITORY_ACTIONS), { minLength: 1 }),
    }),
    { selector: (g) => g.name },
  );
  const scopeOf = (list: readonly AccessGrant[]) => list.map((g) => `repository:${g.name}:${g.actions.join(',')}`);

  it('is what was asked, cut by what the bearer has', async () => {
    await fc.assert(
      fc.asyncProperty(grants, grants, async (held, asked) => {
        const outer = await get({ scope: scopeOf(held) }, admin());
        const inner = await get({ scope: scopeOf(asked) }, { username: TOKEN_USER, password: outer.token });
        const flat = (list: readonly AccessGrant[]) => list.flatMap((g) => g.actions.map((a) => `${g.name}:${a}`));
        const expected = flat(asked).filter((right) => flat(held).includes(right));
        expect(new Set(flat(granted(inner.token) as AccessGrant[]))).toEqual(new Set(expected));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a malformed request', () => {
  it.each<[string, TokenRequest['method'], Fields]>([
    ['no grant_type', 'POST', { username: 'registry', password: 'x' }],
    ['an unknown grant_type', 'POST', { grant_type: 'authorization_code' }],
    ['no username', 'POST', { grant_type: 'password', password: 'x' }],
    ['an empty password', 'POST', { grant_type: 'password', username: 'registry', password: '' }],
    ['no refresh_token', 'POST', { grant_type: 'refresh_token' }],
    ['a doubled grant_type', 'POST', { grant_type: ['password', 'refresh_token'] }],
    ['a doubled password', 'POST', { grant_type: 'password', username: 'registry', password: ['a', 'b'] }],
    ['a password without end', 'POST', { grant_type: 'password', username: 'registry', password: 'x'.repeat(20_000) }],
    ['a doubled service', 'GET', { service: ['a', 'b'] }],
    ['a service that is no host', 'GET', { service: 'a"b' }],
    ['a service over two lines', 'GET', { service: 'a\r\nb' }],
    ['a service without end', 'GET', { service: 'a'.repeat(301) }],
    ['too many scopes', 'GET', { scope: Array.from({ length: 101 }, (_, i) => `repository:a${i}:pull`) }],
    ['too many parameters', 'GET', { x: Array.from({ length: 201 }, () => '1') }],
  ])('with %s is refused, and says so', async (_, method, fields) => {
    const answer = site.endpoint.exchangeToken(request(method, fields, { basic: admin() }));
    await expect(answer).rejects.toMatchObject({ kind: 'invalid', code: 'token.invalid-request' });
  });
});

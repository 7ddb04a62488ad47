import { beforeEach, describe, expect, it } from 'vitest';
import { OTHER_REGISTRY, REGISTRY } from '../identity/test-site.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { TOKEN_USER } from './basic-sign-in.ts';
import { createTokenSite, decode, HOST } from './test-tokens.ts';
import type { TokenRequest } from './token-endpoint.ts';

const caller = { client: '127.0.0.1', correlationId: 'c' };
let site: Awaited<ReturnType<typeof createTokenSite>>;
let open: boolean;
const setOpen = async (value: boolean) => {
  open = value;
  await site.store.changeRegistries((row) => ({ ...row, anonymousPullEnabled: value }));
};
beforeEach(async () => {
  site = await createTokenSite();
  await setOpen(true);
});

const ask = (method: TokenRequest['method'], fields: Record<string, string>, more: Partial<TokenRequest> = {}) =>
  site.endpoint.exchangeToken({
    method,
    registry: registryRow({ ...REGISTRY, anonymousPullEnabled: open }),
    host: HOST,
    caller,
    parameters: new URLSearchParams(fields),
    ...more,
  });
const PULL = 'repository:team/app:pull';
const bearer = (token: string, registry = REGISTRY.name) => site.tokens.verifyBearer(token, { registry });
const refused = { kind: 'unauthenticated', code: 'auth.required' };

describe('without credentials, where one may pull without signing in', () => {
  it('a GET and a POST get a token for pulling and looking, and for nothing else', async () => {
    const scope = 'repository:team/app:* registry:catalog:* registry:blobs:mount repository:b:delete,metadata_read';
    for (const [method, fields] of [
      ['GET', { scope, service: HOST }],
      ['POST', { scope, service: HOST }],
      ['POST', { scope, service: HOST, grant_type: 'password', username: '', password: '' }],
    ] as const) {
      const answer = await ask(method, fields);
      expect(decode(answer.token).access).toEqual([
        { type: 'repository', name: 'team/app', actions: ['pull', 'metadata_read'] },
        { type: 'repository', name: 'b', actions: ['metadata_read'] },
      ]);
      expect(answer).not.toHaveProperty('refresh_token');
    }
  });

  it('the token makes its bearer nobody in particular, with that ceiling', async () => {
    const { token } = await ask('GET', { scope: PULL });
    expect(await bearer(token)).toMatchObject({
      kind: 'anonymous',
      registry: REGISTRY.id,
      grants: [{ type: 'repository', name: 'team/app', actions: ['pull'] }],
    });
    expect(await bearer(token, OTHER_REGISTRY.name)).toBeUndefined();
  });

  it('no token is given that would open nothing: clients would not ask for a password', async () => {
    for (const scope of ['', 'registry:catalog:*', 'repository:a:push', 'repository:a:delete', 'registry:None:*']) {
      await expect(ask('GET', { scope }), scope).rejects.toMatchObject(refused);
    }
  });

  it('wrong credentials are refused, not overlooked', async () => {
    const wrong = { username: 'registry', password: 'guess' };
    await expect(ask('GET', { scope: PULL }, { basic: wrong })).rejects.toMatchObject(refused);
    await expect(ask('GET', { scope: PULL }, { basic: 'unreadable' })).rejects.toMatchObject(refused);
    await expect(ask('POST', { scope: PULL, grant_type: 'password', ...wrong })).rejects.toMatchObject(refused);
    await expect(ask('POST', { scope: PULL, grant_type: 'refresh_token', refresh_token: 'x' })).rejects.toMatchObject(
      refused,
    );
    await expect(ask('POST', { scope: PULL }, { basic: wrong })).rejects.toMatchObject({
      code: 'token.invalid-request',
    });
  });

  it('a token for nobody gets nothing wider and no longer life as the password of the user of zeros (A10)', async () => {
    const first = await ask('GET', { scope: PULL });
    site.clock.advance(4_000_000);
    const basic = { username: TOKEN_USER, password: first.token };
    const second = await ask('GET', { scope: 'repository:team/app:* repository:b:pull registry:catalog:*' }, { basic });
    expect(decode(second.token).access).toEqual([{ type: 'repository', name: 'team/app', actions: ['pull'] }]);
    expect(second.expires_in).toBe(500);
    const form = { grant_type: 'password', ...basic, access_type: 'offline', scope: PULL };
    expect(await ask('POST', form)).not.toHaveProperty('refresh_token');
    await expect(ask('POST', { grant_type: 'refresh_token', refresh_token: first.token })).rejects.toMatchObject(
      refused,
    );
  });
});

describe('where anonymous pull is switched off', () => {
  it('nobody gets a token without credentials, as before', async () => {
    await setOpen(false);
    await expect(ask('GET', { scope: PULL })).rejects.toMatchObject(refused);
    await expect(ask('POST', { scope: PULL })).rejects.toMatchObject({ code: 'token.invalid-request' });
  });

  it('the tokens for nobody end at the very next request, and others do not', async () => {
    const { token } = await ask('GET', { scope: PULL });
    const admin = await ask(
      'GET',
      { scope: PULL },
      { basic: { username: 'registry', password: site.passwords.password } },
    );
    expect(await bearer(token)).toBeDefined();
    await setOpen(false);
    expect(await bearer(token)).toBeUndefined();
    expect(await bearer(admin.token)).toBeDefined();
  });

  it('a registry made again under the name takes none of the old ones', async () => {
    const { token } = await ask('GET', { scope: PULL });
    await site.store.changeRegistries((row) => ({ ...row, id: 'made-again', anonymousPullEnabled: true }));
    expect(await bearer(token)).toBeUndefined();
  });
});

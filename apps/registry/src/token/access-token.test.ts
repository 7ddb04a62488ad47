import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type AccessGrant, ANONYMOUS } from '../access/principal.ts';
import { testAuthorizer } from '../access/test-authorizer.ts';
import { OTHER_REGISTRY, REGISTRY, signedIn } from '../identity/test-site.ts';
import { createTokenRoom, createTokenSite, decode, HOST } from './test-tokens.ts';

const at = { registry: REGISTRY.name };
const access: AccessGrant[] = [
  { type: 'repository', name: 'team/app', actions: ['pull', 'metadata_read'] },
  { type: 'registry', name: 'catalog', actions: ['catalog'] },
];
let site: Awaited<ReturnType<typeof createTokenSite>>;
beforeEach(async () => {
  site = await createTokenSite();
});
const issue = () => site.tokens.issueAccessToken({ principal: site.admin, service: HOST, access });

describe('an access token', () => {
  it("has ACR's claims and lives 75 minutes", async () => {
    const { token } = await issue();
    const now = site.clock.now().getTime() / 1000;
    expect(decode(token)).toEqual({
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sub: 'admin-user:registry',
      nbf: now,
      exp: now + 4500,
      iat: now,
      iss: 'Azure Container Registry',
      aud: HOST,
      version: '1.0',
      access: [
        { type: 'repository', name: 'team/app', actions: ['pull', 'metadata_read'] },
        { type: 'registry', name: 'catalog', actions: ['*'] },
      ],
      grant_type: 'access_token',
      roles: [],
      registry: REGISTRY.id,
      credential: expect.any(String),
      issued_at_ms: site.clock.now().getTime(),
    });
  });

  it('makes its bearer the one who got it, with the access as the ceiling', async () => {
    const { token } = await issue();
    const principal = await site.tokens.verifyBearer(token, at);
    expect(principal).toEqual({ ...site.admin, grants: access, grantedAt: site.clock.now() });
    const check = (action: 'pull' | 'push', repository: string) =>
      testAuthorizer().check({
        principal: principal ?? ANONYMOUS,
        action,
        resource: { id: '/x', registry: REGISTRY.id, repository },
      });
    expect((await check('pull', 'team/app')).allow).toBe(true);
    expect((await check('push', 'team/app')).allow).toBe(false);
    expect((await check('pull', 'team/app/x')).allow).toBe(false);
  });

  it('is compared without case of the registry name in the host', async () => {
    const { token } = await issue();
    expect(await site.tokens.verifyBearer(token, { registry: 'REGISTRY' })).toBeDefined();
  });

  it('with claims of somebody else under the signature of a known one is refused, and the known one is not forgotten', async () => {
    const { token } = await issue();
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const more = { ...claims, access: [{ type: 'repository', name: 'all', actions: ['*'] }] };
    const forged = [header, Buffer.from(JSON.stringify(more)).toString('base64url'), signature].join('.');
    expect(await site.tokens.verifyBearer(forged, at)).toBeUndefined();
    const asked = vi.spyOn(site.keys, 'find');
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    expect(asked).not.toHaveBeenCalled();
  });

  it('ends at exp to the second, first sight or cached', async () => {
    const { token } = await issue();
    site.clock.advance(4499_999);
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    site.clock.advance(1);
    expect(await site.tokens.verifyBearer(token, at)).toBeUndefined();
    expect(await createTokenRoom(site).tokens.verifyBearer(token, at)).toBeUndefined();
  });

  it('of a node whose clock is a minute ahead is accepted, of one further ahead not yet', async () => {
    for (const [ahead, accepted] of [
      [60_000, true],
      [120_000, false],
    ] as const) {
      site.clock.advance(ahead);
      const { token } = await issue();
      site.clock.advance(-ahead);
      expect((await site.tokens.verifyBearer(token, at)) !== undefined).toBe(accepted);
    }
  });

  it('stays valid over a restart and on every node', async () => {
    const { token } = await issue();
    expect(await createTokenRoom(site).tokens.verifyBearer(token, at)).toEqual({
      ...site.admin,
      grants: access,
      grantedAt: site.clock.now(),
    });
  });

  it('is issued to nobody who did not sign in', async () => {
    const request = site.tokens.issueAccessToken({ principal: ANONYMOUS, service: HOST, access });
    await expect(request).rejects.toMatchObject({ code: 'auth.required' });
  });

  it('that would not fit into a request header is not issued', async () => {
    const many = Array.from({ length: 60 }, (_, i): AccessGrant => {
      return { type: 'repository', name: `${i}-${'x'.repeat(200)}`, actions: ['pull'] };
    });
    const request = site.tokens.issueAccessToken({ principal: site.admin, service: HOST, access: many });
    await expect(request).rejects.toMatchObject({ code: 'token.invalid-request' });
  });
});

describe('a refresh token', () => {
  it('lives three hours and carries no access', async () => {
    const { token } = await site.tokens.issueRefreshToken({ principal: site.admin, service: HOST });
    const claims = decode(token);
    expect(claims).toMatchObject({ grant_type: 'refresh_token', exp: (claims.iat as number) + 10_800 });
    expect(claims).not.toHaveProperty('access');
    expect((await site.tokens.verifyRefreshToken(token, at))?.principal).toEqual(site.admin);
  });

  it('and an access token never pass as each other, first sight or cached (A10)', async () => {
    const refresh = (await site.tokens.issueRefreshToken({ principal: site.admin, service: HOST })).token;
    const accessToken = (await issue()).token;
    for (let i = 0; i < 2; i++) {
      expect(await site.tokens.verifyBearer(refresh, at)).toBeUndefined();
      expect(await site.tokens.verifyRefreshToken(accessToken, at)).toBeUndefined();
      expect(await site.tokens.verifyRefreshToken(refresh, at)).toBeDefined();
      expect(await site.tokens.verifyBearer(accessToken, at)).toBeDefined();
    }
  });
});

describe('a token at another registry', () => {
  it('is refused, also when it is cached and asked at both at a time', async () => {
    const { token } = await issue();
    const elsewhere = { registry: OTHER_REGISTRY.name };
    expect(await site.tokens.verifyBearer(token, elsewhere)).toBeUndefined();
    for (let i = 0; i < 20; i++) {
      const both = [site.tokens.verifyBearer(token, at), site.tokens.verifyBearer(token, elsewhere)];
      const [here, there] = await Promise.all(i % 2 ? both : both.toReversed().map((p) => p));
      expect([here, there].filter((p) => p !== undefined)).toHaveLength(1);
    }
    expect(await site.tokens.verifyBearer(token, { registry: 'nowhere' })).toBeUndefined();
  });

  it('of the same name, made again after a delete, is refused (A09)', async () => {
    const { token } = await issue();
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    await site.store.changeRegistries((row) => ({ ...row, id: 'made-again' }));
    expect(await site.tokens.verifyBearer(token, at)).toBeUndefined();
  });
});

describe('renewing a password', () => {
  it('ends the tokens got with it at the very next request, and no others', async () => {
    const { password2 } = site.passwords;
    const credentials = { registry: 'registry', username: 'registry', password: password2, source: '127.0.0.1' };
    const second = signedIn(await site.admins.verifyBasic(credentials));
    const first = await issue();
    const other = await site.tokens.issueAccessToken({ principal: second, service: HOST, access });
    const refresh = await site.tokens.issueRefreshToken({ principal: site.admin, service: HOST });
    expect(await site.tokens.verifyBearer(first.token, at)).toBeDefined();
    await site.admins.regenerate('registry', 'password');
    expect(await site.tokens.verifyBearer(first.token, at)).toBeUndefined();
    expect(await site.tokens.verifyRefreshToken(refresh.token, at)).toBeUndefined();
    expect(await site.tokens.verifyBearer(other.token, at)).toBeDefined();
    expect(await createTokenRoom(site).tokens.verifyBearer(first.token, at)).toBeUndefined();
  });

  it('on another node ends them at once', async () => {
    const { token } = await issue();
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    await createTokenRoom(site).admins.regenerate('registry', 'password');
    expect(await site.tokens.verifyBearer(token, at)).toBeUndefined();
  });

  it('costs no signature work for the tokens that stay: the keys may even be gone', async () => {
    const { token } = await issue();
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    await site.store.transaction((tx) => tx.keys.deleteExpired(new Date('2100-01-01')));
    expect(await site.store.read.keys.all()).toEqual([]);
    await site.admins.regenerate('registry', 'password2');
    const asked = vi.spyOn(site.keys, 'find');
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('a disabled admin user', () => {
  it('loses its tokens at the next request', async () => {
    const { token } = await issue();
    expect(await site.tokens.verifyBearer(token, at)).toBeDefined();
    await site.store.changeRegistries((row) => ({ ...row, adminUserEnabled: false }));
    expect(await site.tokens.verifyBearer(token, at)).toBeUndefined();
  });
});

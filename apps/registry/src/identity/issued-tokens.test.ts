import { beforeEach, describe, expect, it } from 'vitest';
import { signEs256 } from './es256.ts';
import { AUDIENCE, CALLER, createSignInSite, ENDPOINTS, type SignInSite } from './test-sign-in.ts';

let site: SignInSite;
beforeEach(async () => {
  site = await createSignInSite();
});

const problemOf = async (token: string, audience: 'management' | 'graph' = 'management') => {
  const verdict = await site.signInTokens.verify(token, audience);
  return 'problem' in verdict ? verdict.problem : undefined;
};
const claimsOf = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('a sign-in token', () => {
  it('says whose it is, by object id and name, with the credential', async () => {
    const { access_token: app } = await site.appToken();
    const verified = await site.signInTokens.verify(app, 'management');
    expect(verified).toEqual({
      principal: {
        kind: 'service-principal',
        id: site.servicePrincipal.id,
        name: site.application.appId,
        credential: expect.stringMatching(/^[0-9a-f-]{36}$/),
        credentialExpiresAt: expect.any(Date),
      },
    });
    const { access_token: person } = await site.personToken();
    expect(await site.signInTokens.verify(person, 'management')).toMatchObject({
      principal: { kind: 'user', id: site.owner.id, name: 'owner@site.test' },
    });
  });

  it('has the claims that clients of Azure read, with the audience spelled as it was asked for', async () => {
    const scope = `${ENDPOINTS.graph}//.default`;
    expect(claimsOf((await site.appToken(scope)).access_token)).toMatchObject({
      aud: `${ENDPOINTS.graph}/`,
      iss: ENDPOINTS.authority,
      tid: '11111111-1111-4111-8111-111111111111',
      oid: site.servicePrincipal.id,
      appid: site.application.appId,
      idtyp: 'app',
    });
    const person = await site.personToken();
    expect(claimsOf(person.access_token)).toMatchObject({ aud: AUDIENCE, upn: 'owner@site.test', name: 'Owner' });
    const idClaims = claimsOf(person.id_token);
    expect(idClaims).toMatchObject({
      aud: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      iss: ENDPOINTS.authority,
      tid: '11111111-1111-4111-8111-111111111111',
      oid: site.owner.id,
      preferred_username: 'owner@site.test',
    });
  });

  it('is for one service: the other one says so', async () => {
    const { access_token: token } = await site.appToken();
    expect(await problemOf(token, 'graph')).toContain('another audience, the resource manager');
    const { access_token: graph } = await site.appToken(`${ENDPOINTS.graph}/.default`);
    expect(await problemOf(graph)).toContain('another audience, the directory');
    expect(await problemOf(graph, 'graph')).toBeUndefined();
  });

  it('ends after an hour, and says when it ended', async () => {
    const { access_token: token, expires_in: seconds } = await site.appToken();
    site.clock.advance(seconds * 1000 - 1);
    expect(await problemOf(token)).toBeUndefined();
    site.clock.advance(1);
    expect(await problemOf(token)).toBe('it expired at 2026-01-01T01:00:00.000Z');
  });

  it('does not outlive the secret that it was got with', async () => {
    const endsAt = new Date(site.clock.now().getTime() + 60_000);
    const { appId, id: ownerId } = site.servicePrincipal;
    const { secret } = await site.store.transaction((tx) => site.directory.addSecret(tx, { ownerId, appId, endsAt }));
    const { answer } = await site.grant({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: `${AUDIENCE}/.default`,
    });
    expect(answer.expires_in).toBe(60);
  });

  it('is refused when anything of it is not as it was issued', async () => {
    const { access_token: token, id_token: id } = await site.personToken();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const kid = (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
    const forged = [
      '',
      'a.b.c',
      `${header}.${payload}.${'A'.repeat(86)}`,
      `${header}.${json({ ...claimsOf(token), oid: 'x' })}.${signature}`,
      `${json({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
      `${json({ alg: 'none' })}.${payload}.`,
      `${json({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}.${signature}`,
      `${json({ alg: 'ES256', typ: 'at+jwt', kid, jwk: {} })}.${payload}.${signature}`,
      `${json({ alg: 'ES256', typ: 'at+jwt', kid: '../../etc/passwd' })}.${payload}.${signature}`,
      `${json({ alg: 'ES256', typ: 'at+jwt', kid: 'A'.repeat(43) })}.${payload}.${signature}`,
      id ?? '',
      `${token}A`,
      `${header}.${payload}.${signature}`.repeat(400),
    ];
    for (const text of forged) expect(await problemOf(text), text.slice(0, 60)).toBe('it was not issued by this site');
    expect(await problemOf(token)).toBeUndefined();
  });
});

describe('whatever the key of the site has signed', () => {
  it.each([
    ['is an access token by its header, too', { typ: 'JWT' }],
    ['has no key in its header', { typ: 'at+jwt', jwk: {} }],
    ['has nothing in its header that must be understood', { typ: 'at+jwt', crit: ['x'], x: 1 }],
  ])('%s', async (_, more) => {
    const { access_token: token } = await site.appToken();
    const { kid, key } = await site.signIn.keys.current();
    const signed = (header: object) => {
      const text = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${token.split('.')[1]}`;
      return `${text}.${signEs256(text, key)}`;
    };
    expect(await problemOf(signed({ alg: 'ES256', typ: 'at+jwt', kid }))).toBeUndefined();
    expect(await problemOf(signed({ alg: 'ES256', ...more, kid }))).toBe('it was not issued by this site');
  });
});

describe('at the very next request', () => {
  const revoked = /^it was revoked/;

  it('ends with a disabled service principal, and comes back with it', async () => {
    const { access_token: token } = await site.appToken();
    await site.store.transaction((tx) => tx.servicePrincipals.update({ ...site.servicePrincipal, enabled: false }));
    expect(await problemOf(token)).toMatch(revoked);
    await site.store.transaction((tx) => tx.servicePrincipals.update(site.servicePrincipal));
    expect(await problemOf(token)).toBeUndefined();
  });

  it('ends with the secret that it was got with, and no other', async () => {
    const { access_token: token } = await site.appToken();
    const { appId, id: ownerId } = site.servicePrincipal;
    const [first] = await site.store.read.applicationCredentials.ofApplication(appId);
    const { row } = await site.store.transaction((tx) => site.directory.addSecret(tx, { ownerId, appId }));
    await site.store.transaction((tx) => tx.applicationCredentials.delete(row.id));
    expect(await problemOf(token)).toBeUndefined();
    await site.store.transaction((tx) => tx.applicationCredentials.delete(first?.id ?? ''));
    expect(await problemOf(token)).toMatch(revoked);
  });

  it('ends with a deleted service principal or application', async () => {
    const { access_token: token } = await site.appToken();
    await site.directory.deleteApplication(CALLER, site.application);
    expect(await problemOf(token)).toMatch(revoked);
    await expect(site.appToken()).rejects.toMatchObject({ code: 'oauth.unauthorized-client' });
  });

  it.each([
    ['a changed password', () => site.directory.setPassword(CALLER, site.owner, 'wholly different words')],
    ['a disabled account', () => site.store.transaction((tx) => tx.users.update({ ...site.owner, enabled: false }))],
    ['a deleted account', () => site.directory.deleteUser(CALLER, site.owner)],
  ])('ends with %s, and the refresh token, too', async (_, change) => {
    const { access_token: token, refresh_token: refresh = '' } = await site.personToken();
    const { access_token: plain } = await site.personToken(`${AUDIENCE}/.default`);
    expect(await problemOf(token)).toBeUndefined();
    await change();
    expect(await problemOf(token)).toMatch(revoked);
    expect(await problemOf(plain)).toMatch(revoked);
    const again = site.grant({
      grant_type: 'refresh_token',
      client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      refresh_token: refresh,
    });
    await expect(again).rejects.toMatchObject({ code: 'oauth.invalid-grant' });
  });

  it('ends with the session that it was got in, and not with another one', async () => {
    const one = await site.personToken();
    const other = await site.personToken();
    expect(await site.signIn.refreshTokens.end(one.refresh_token ?? '')).toBe(true);
    expect(await problemOf(one.access_token)).toMatch(revoked);
    expect(await problemOf(other.access_token)).toBeUndefined();
  });
});

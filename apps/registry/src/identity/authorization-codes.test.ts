import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { AUDIENCE, AZURE_CLI, CALLER, createSignInSite, type SignInSite } from './test-sign-in.ts';

const VERIFIER = 'v'.repeat(43);
const REDIRECT = 'http://localhost:8400';
let site: SignInSite;
beforeEach(async () => {
  site = await createSignInSite();
});
const issue = (more: object = {}) =>
  site.signIn.authorizationCodes.issue({
    user: site.owner,
    clientId: AZURE_CLI,
    redirectUri: REDIRECT,
    codeChallenge: hash('sha256', VERIFIER, 'base64url'),
    scope: `${AUDIENCE}/.default openid offline_access`,
    nonce: 'n-1',
    ...more,
  });
const redeem = (code: string, more: Record<string, string> = {}) =>
  site.grant({
    grant_type: 'authorization_code',
    client_id: AZURE_CLI,
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...more,
  });
const refused = (number: number) => ({
  code: 'oauth.invalid-grant',
  message: expect.stringMatching(new RegExp(`^AADSTS${number}:`)),
});

describe('an authorization code', () => {
  it('is redeemed for tokens of the person, with the nonce in the id token', async () => {
    const { answer } = await redeem(await issue());
    expect(await site.signInTokens.verify(answer.access_token, 'management')).toMatchObject({
      principal: { id: site.owner.id },
    });
    const claims = JSON.parse(Buffer.from(answer.id_token?.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ nonce: 'n-1' });
  });

  it('is good once; a second use ends what the first one got', async () => {
    const code = await issue();
    const { answer } = await redeem(code);
    await expect(redeem(code)).rejects.toMatchObject(refused(54005));
    expect(await site.signInTokens.verify(answer.access_token, 'management')).toHaveProperty('problem');
  });

  it('gets tokens for one of those who redeem it at the same time', async () => {
    const code = await issue();
    const results = await Promise.allSettled([redeem(code), redeem(code), redeem(code)]);
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }, 501481],
    ['no verifier', { code_verifier: '' }, 501481],
    ['a verifier that is too short', { code_verifier: 'v'.repeat(42) }, 501481],
    ['the challenge as verifier', { code_verifier: hash('sha256', VERIFIER, 'base64url') }, 501481],
    ['another address', { redirect_uri: 'http://localhost:8401' }, 500112],
    ['another client', { client_id: '1950a258-227b-4e31-a9cf-717495945fc2' }, 70000],
  ])('with %s is refused', async (_, more, number) => {
    await expect(redeem(await issue(), more)).rejects.toMatchObject(refused(number));
  });

  it('ends after five minutes, and with the password that it was got with', async () => {
    const code = await issue();
    site.clock.advance(300_000);
    await expect(redeem(code)).rejects.toMatchObject(refused(70008));
    const next = await issue();
    await site.directory.setPassword(CALLER, site.owner, 'wholly different words');
    await expect(redeem(next)).rejects.toMatchObject(refused(50173));
    await expect(redeem('made-up')).rejects.toMatchObject(refused(70000));
  });
});

describe('the token endpoint', () => {
  const app = () => ({ client_id: site.application.appId, client_secret: site.accounts.servicePrincipal.password });
  const person = () => ({ username: site.owner.upn, password: site.accounts.owner.password, scope: 'openid' });

  it('lets a public client alone sign people in by password, and has no tokens for it itself', async () => {
    const wrong = { code: 'oauth.unauthorized-client' };
    await expect(site.grant({ grant_type: 'password', ...app(), ...person() })).rejects.toMatchObject(wrong);
    await expect(site.grant({ grant_type: 'client_credentials', client_id: AZURE_CLI })).rejects.toMatchObject(wrong);
    const secret = site.grant({ grant_type: 'password', client_id: AZURE_CLI, client_secret: 'x', ...person() });
    await expect(secret).rejects.toMatchObject({ code: 'oauth.invalid-client' });
  });

  it('refuses a confidential client without its secret, whatever it asks for', async () => {
    const { client_id: id } = app();
    for (const grant_type of ['client_credentials', 'password', 'refresh_token', 'authorization_code', 'device_code']) {
      const asked = site.grant({
        grant_type,
        client_id: id,
        ...person(),
        refresh_token: 'x',
        code: 'x',
        redirect_uri: 'x',
      });
      await expect(asked, grant_type).rejects.toMatchObject({ code: 'oauth.invalid-client' });
    }
  });

  it('never locks a service principal out: the right secret works after any number of wrong ones', async () => {
    for (let i = 0; i < 50; i++) {
      const wrong = site.grant({ grant_type: 'client_credentials', ...app(), client_secret: `wrong ${i}` });
      await expect(wrong).rejects.toMatchObject({ code: 'oauth.invalid-client' });
    }
    await site.grant({ grant_type: 'client_credentials', ...app(), scope: `${AUDIENCE}/.default` });
  });

  it('tells a person who guessed too often how long to wait', async () => {
    const wrong = { grant_type: 'password', client_id: AZURE_CLI, ...person(), password: 'wrong password' };
    for (let i = 0; i < 5; i++) {
      await expect(site.grant(wrong)).rejects.toMatchObject({ message: expect.stringMatching(/^AADSTS50126:/) });
    }
    const right = site.grant({ ...wrong, password: site.accounts.owner.password });
    await expect(right).rejects.toMatchObject({ retryAfter: 2, message: expect.stringMatching(/^AADSTS50053:/) });
  });

  it('answers the first protocol with its own fields', async () => {
    const { answer } = await site.grant({ grant_type: 'client_credentials', ...app(), resource: `${AUDIENCE}/` });
    expect(answer).toMatchObject({ resource: `${AUDIENCE}/`, expires_on: expect.stringMatching(/^\d+$/) });
    expect(answer).not.toHaveProperty('scope');
  });

  it('repeats the scope as it was asked for, and gives client_info in the Entra shape alone', async () => {
    const scope = `${AUDIENCE}/.default openid offline_access`;
    const form = { grant_type: 'password', client_id: AZURE_CLI, ...person(), scope, client_info: '1' };
    const adfs = (await site.grant(form)).answer;
    expect(adfs.scope).toBe(scope);
    expect(adfs).not.toHaveProperty('client_info');
    const authority = { shape: 'entra', issuer: 'https://login.site.test/t/v2.0', tokenEndpoint: '' } as const;
    const { client_info: info = '' } = (await site.grant(form, { authority })).answer;
    const told: unknown = JSON.parse(Buffer.from(info, 'base64url').toString());
    expect(told).toEqual({ uid: site.owner.id, utid: '11111111-1111-4111-8111-111111111111' });
  });
});

import { execFileSync } from 'node:child_process';
import { createPrivateKey, hash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADFS, AUDIENCE, createSignInSite, type SignInSite } from './test-sign-in.ts';

/** Certificates that are signed by themselves, as az makes them. */
function makeCertificate(name: string, algorithm: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cert-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${name}`, '-days', '3650', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', ...algorithm, '-nodes', ...subject], { stdio: 'ignore' });
  const pem = readFileSync(cert, 'utf8');
  const made = { key: createPrivateKey(readFileSync(key)), certificate: pem, der: new X509Certificate(pem).raw };
  rmSync(folder, { recursive: true });
  return made;
}
const EC = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
let rsa: ReturnType<typeof makeCertificate>;
let ec: ReturnType<typeof makeCertificate>;
let foreign: ReturnType<typeof makeCertificate>;
let site: SignInSite;
beforeAll(() => {
  [rsa, ec, foreign] = [
    makeCertificate('rsa', ['rsa:2048']),
    makeCertificate('ec', EC),
    makeCertificate('x', ['rsa:2048']),
  ];
});
beforeEach(async () => {
  site = await createSignInSite();
  for (const { certificate, der } of [rsa, ec]) {
    await site.store.transaction((tx) =>
      site.directory.addCertificate(tx, {
        ownerId: site.servicePrincipal.id,
        appId: site.servicePrincipal.appId,
        certificate,
        thumbprintSha1: hash('sha1', der, 'base64url'),
        thumbprintSha256: hash('sha256', der, 'base64url'),
        startsAt: site.clock.now(),
        endsAt: new Date(site.clock.now().getTime() + 86_400_000),
      }),
    );
  }
});

interface Assertion {
  readonly by?: ReturnType<typeof makeCertificate>;
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
}

async function sign({ by = rsa, header = {}, claims = {} }: Assertion = {}): Promise<string> {
  const now = site.clock.now().getTime() / 1000;
  const id = site.application.appId;
  const payload = {
    aud: ADFS.tokenEndpoint,
    iss: id,
    sub: id,
    jti: site.ids.uuid(),
    iat: now,
    nbf: now,
    exp: now + 600,
    ...claims,
  };
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', ...header }).sign(by.key);
}
const show = (assertion: string, more: Record<string, string> = {}) =>
  site.grant({
    grant_type: 'client_credentials',
    client_id: site.application.appId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: `${AUDIENCE}/.default`,
    ...more,
  });
const refused = { code: 'oauth.invalid-client' };
const x5t = () => `${hash('sha1', rsa.der, 'base64')}`;

describe('a client assertion', () => {
  it.each([
    [
      'az: RS256, x5t padded, times with a fraction',
      () => sign({ header: { typ: 'JWT', x5t: x5t() }, claims: { exp: site.clock.now().getTime() / 1000 + 600.25 } }),
    ],
    [
      '@azure/identity: PS256, x5t#S256',
      () => sign({ header: { alg: 'PS256', 'x5t#S256': hash('sha256', rsa.der, 'base64url') } }),
    ],
    ['openid-client: no thumbprint, the issuer as audience', () => sign({ claims: { aud: ADFS.issuer } })],
    ['a key of a curve', () => sign({ by: ec, header: { alg: 'ES256' } })],
    [
      'the token endpoint without its slash, in a list',
      () => sign({ claims: { aud: [ADFS.tokenEndpoint.slice(0, -1)] } }),
    ],
  ])('is taken as it comes from %s', async (_, make) => {
    const { answer } = await show(await make());
    expect(await site.signInTokens.verify(answer.access_token, 'management')).toHaveProperty('principal');
  });

  it('is good once', async () => {
    const assertion = await sign();
    const results = await Promise.allSettled([show(assertion), show(assertion), show(assertion)]);
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    await expect(show(assertion)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^AADSTS700030/),
    });
  });

  it('of a removed certificate is refused, and so are the tokens got by it', async () => {
    const { answer } = await show(await sign());
    const rows = await site.store.read.applicationCredentials.ofApplication(site.application.appId);
    const row = rows.find((c) => c.thumbprintSha1 === hash('sha1', rsa.der, 'base64url'));
    await site.store.transaction((tx) => tx.applicationCredentials.delete(row?.id ?? ''));
    await expect(show(await sign())).rejects.toMatchObject(refused);
    expect(await site.signInTokens.verify(answer.access_token, 'management')).toHaveProperty('problem');
  });

  it('is refused beyond the end of its certificate', async () => {
    site.clock.advance(86_400_000);
    await expect(show(await sign())).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^AADSTS700027/),
    });
  });

  const seconds = () => site.clock.now().getTime() / 1000;
  it.each<[string, () => Promise<string> | string]>([
    ['signed with another key', () => sign({ by: foreign })],
    ['signed with another key under the right thumbprint', () => sign({ by: foreign, header: { x5t: x5t() } })],
    ['naming another certificate', () => sign({ header: { x5t: hash('sha1', foreign.der, 'base64') } })],
    [
      'with its own key in the header',
      () => sign({ by: foreign, header: { jwk: foreign.key.export({ format: 'jwk' }) } }),
    ],
    [
      'with its own certificate in the header',
      () => sign({ by: foreign, header: { x5c: [foreign.der.toString('base64')] } }),
    ],
    ['of an RSA algorithm that is not listed', () => sign({ header: { alg: 'RS512' } })],
    ['for another service', () => sign({ claims: { aud: 'https://evil.test/token' } })],
    ['for no service', () => sign({ claims: { aud: undefined } })],
    ['of another client', () => sign({ claims: { iss: '11111111-1111-4111-8111-111111111111' } })],
    ['about another client', () => sign({ claims: { sub: '11111111-1111-4111-8111-111111111111' } })],
    ['without an id', () => sign({ claims: { jti: undefined } })],
    ['without an end', () => sign({ claims: { exp: undefined } })],
    ['that has ended', () => sign({ claims: { exp: seconds() - 301 } })],
    ['that begins later', () => sign({ claims: { nbf: seconds() + 301 } })],
    ['that is good for years', () => sign({ claims: { exp: seconds() + 1e8 } })],
    ['that is no JWT', () => 'a.b.c'],
    ['that is longer than any is', () => 'a'.repeat(13_000)],
    [
      'that is unsigned',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign()).split('.')[1]}.`,
    ],
    [
      'signed by the text of the certificate as a shared secret',
      async () => {
        const [, payload = ''] = (await sign()).split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(rsa.certificate));
      },
    ],
  ])('%s is refused', async (_, make) => {
    await expect(show(await make())).rejects.toMatchObject(refused);
  });

  it('goes alone: not with a secret, not with another type', async () => {
    const invalid = { code: 'oauth.invalid-request' };
    await expect(show(await sign(), { client_secret: 'x' })).rejects.toMatchObject(invalid);
    await expect(show(await sign(), { client_assertion_type: 'saml' })).rejects.toMatchObject(invalid);
  });
});

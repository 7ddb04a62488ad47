import { createHmac, sign } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { REGISTRY } from '../identity/test-site.ts';
import { createTokenSite, decode, HOST } from './test-tokens.ts';

// A13 and A14 of the attack list, RFC 8725, and the CVEs they come from (CVE-2025-24976: key injected by the jwk header).

const at = { registry: REGISTRY.name };
let site: Awaited<ReturnType<typeof createTokenSite>>;
let token: string;
let kid: string;
let ownKey: CryptoKey;
let publicJwk: JWK;
let foreign: { privateKey: CryptoKey; publicKey: CryptoKey };

beforeEach(async () => {
  site = await createTokenSite();
  const access = [{ type: 'repository', name: 'a', actions: ['pull'] }] as const;
  token = (await site.tokens.issueAccessToken({ principal: site.admin, service: HOST, access })).token;
  ({ kid, key: ownKey } = await site.keys.current());
  publicJwk = JSON.parse((await site.store.read.keys.all())[0]?.publicJwk ?? '') as JWK;
  foreign = await generateKeyPair('ES256', { extractable: true });
});

const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parts = (text: string) => text.split('.') as [string, string, string];
const accepts = async (text: string) => (await site.tokens.verifyBearer(text, at)) !== undefined;

/** The claims of the good token, changed, signed with the installation's own key: what only a fault of ours could issue. */
const signed = async (change: Record<string, unknown>, header: Record<string, unknown> = {}, key = ownKey) =>
  new CompactSign(Buffer.from(JSON.stringify({ ...decode(token), ...change })))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
    .sign(key);

/** A raw header text, signed with the installation's own key. */
async function signedHeader(header: string): Promise<string> {
  const input = `${b64(header)}.${parts(token)[1]}`;
  const bytes = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, ownKey as never, Buffer.from(input));
  return `${input}.${Buffer.from(bytes).toString('base64url')}`;
}

describe('the good token', () => {
  it('is accepted, and so is what this file signs like it', async () => {
    expect(await accepts(token)).toBe(true);
    expect(await accepts(await signed({}))).toBe(true);
    expect(await accepts(await signedHeader(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid })))).toBe(true);
  });
});

describe('another algorithm', () => {
  it('none is refused, with and without a signature', async () => {
    const [, payload, signature] = parts(token);
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      const header = b64({ alg, typ: 'at+jwt', kid });
      for (const rest of ['', signature, 'AA']) expect(await accepts(`${header}.${payload}.${rest}`)).toBe(false);
      expect(await accepts(`${header}.${payload}`)).toBe(false);
    }
  });

  it('HS256 keyed with the public key, in any of its spellings, is refused', async () => {
    const [, payload] = parts(token);
    const header = b64({ alg: 'HS256', typ: 'at+jwt', kid });
    const spki = await exportSPKI((await site.keys.find(kid)) as CryptoKey);
    const { x = '', y = '' } = publicJwk;
    const raw = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    for (const secret of [spki, spki.trim(), JSON.stringify(publicJwk), raw, x, kid]) {
      const mac = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
      expect(await accepts(`${header}.${payload}.${mac}`)).toBe(false);
    }
  });

  it('RS256, ES384 and EdDSA with a key of their own are refused', async () => {
    for (const alg of ['RS256', 'PS256', 'ES384', 'EdDSA']) {
      const pair = await generateKeyPair(alg, { extractable: true });
      expect(await accepts(await signed({}, { alg }, pair.privateKey))).toBe(false);
    }
  });
});

describe('a key brought along', () => {
  it('as jwk, jku, x5u or x5c in the header is refused, with a foreign kid and with ours', async () => {
    const jwk = await exportJWK(foreign.publicKey);
    const evil: Record<string, unknown>[] = [
      { jwk },
      { jwk: { ...jwk, kid } },
      { jku: 'http://127.0.0.1:1/keys' },
      { x5u: 'http://127.0.0.1:1/cert' },
      { x5c: ['MIIB'] },
      { 'x5t#S256': 'x' },
    ];
    for (const header of evil) {
      expect(await accepts(await signed({}, header, foreign.privateKey))).toBe(false);
      expect(await accepts(await signed({}, { ...header, kid: 'foreign' }, foreign.privateKey))).toBe(false);
      // Even signed with our own key: such a header is not ours.
      expect(await accepts(await signed({}, header))).toBe(false);
    }
  });

  it('under our kid is refused', async () => {
    expect(await accepts(await signed({}, {}, foreign.privateKey))).toBe(false);
  });

  it('under no kid, a path, a query or a property name is refused', async () => {
    const traversals = [
      '../../../dev/null',
      '/dev/null',
      "x' UNION SELECT '",
      '__proto__',
      'constructor',
      `${kid}\0`,
      ` ${kid}`,
    ];
    for (const evil of [...traversals, undefined, null, 0, {}, [kid]]) {
      expect(await accepts(await signed({}, { kid: evil }, foreign.privateKey))).toBe(false);
      expect(await accepts(await signed({}, { kid: evil }))).toBe(false);
    }
  });
});

describe('a header that is not ours byte for byte', () => {
  it.each([
    ['a doubled alg', () => `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${kid}"}`],
    ['a doubled kid', () => `{"alg":"ES256","typ":"at+jwt","kid":"x","kid":"${kid}"}`],
    ['another order', () => `{"kid":"${kid}","alg":"ES256","typ":"at+jwt"}`],
    ['blanks', () => `{"alg":"ES256", "typ":"at+jwt","kid":"${kid}"}`],
    ['crit', () => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}","crit":["exp"]}`],
    ['b64', () => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}","b64":false,"crit":["b64"]}`],
    ['another typ', () => `{"alg":"ES256","typ":"JWT","kid":"${kid}"}`],
    ['no typ', () => `{"alg":"ES256","kid":"${kid}"}`],
    ['__proto__', () => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}","__proto__":{"jwk":{}}}`],
    ['a byte order mark', () => `\ufeff{"alg":"ES256","typ":"at+jwt","kid":"${kid}"}`],
    ['an array', () => '["ES256"]'],
    ['null', () => 'null'],
    ['no JSON', () => 'ES256'],
  ])('is refused although our key signed it: %s', async (_, header) => {
    expect(await accepts(await signedHeader(header()))).toBe(false);
  });
});

describe('size and form', () => {
  it('of 16 KiB and more is refused before anything is parsed, also 1 MiB of header', async () => {
    const [, payload, signature] = parts(token);
    const huge = b64({ alg: 'ES256', typ: 'at+jwt', kid, x: 'x'.repeat(1 << 20) });
    const started = performance.now();
    for (let i = 0; i < 100; i++) expect(await accepts(`${huge}.${payload}.${signature}`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await accepts(`${'a'.repeat(17 * 1024)}.b.c`)).toBe(false);
  });

  it.each(['', '.', '..', '...', 'a.b', 'a.b.c', 'a.b.c.d', 'a.b.c.d.e', 'null', '{}', '\0', 'Bearer x', 'ü.ü.ü'])(
    '%j is refused',
    async (text) => {
      expect(await accepts(text)).toBe(false);
    },
  );

  it('with blanks, padding, lines or other base64 inside is refused', async () => {
    const [header, payload, signature] = parts(token);
    const variants = [`${token} `, ` ${token}`, `${token}=`, `${token}\n`, `${header}=.${payload}.${signature}`];
    for (const text of [...variants, `${header}.\n${payload}.${signature}`, `${token}.`, token.replaceAll('-', '+')]) {
      if (text !== token) expect(await accepts(text)).toBe(false);
    }
  });

  it('of which one character was changed is refused', async () => {
    const length = token.lastIndexOf('.') + 80;
    await fc.assert(
      fc.asyncProperty(fc.nat(length), fc.constantFrom(...'ABCxyz019-_.'), async (position, character) => {
        const changed = token.slice(0, position) + character + token.slice(position + 1);
        expect(await accepts(changed)).toBe(changed === token);
      }),
      { numRuns: 200 },
    );
  });

  it('signed in DER instead of the two raw numbers is refused', async () => {
    const [header, payload] = parts(token);
    const pem = Buffer.from(JSON.stringify(await exportJWK(foreign.privateKey))).toString();
    const der = sign('sha256', Buffer.from(`${header}.${payload}`), { key: JSON.parse(pem) as never, format: 'jwk' });
    expect(await accepts(`${header}.${payload}.${der.toString('base64url')}`)).toBe(false);
  });
});

describe('claims that our own key signed by mistake', () => {
  it.each([
    'jti',
    'sub',
    'nbf',
    'exp',
    'iat',
    'iss',
    'aud',
    'version',
    'access',
    'grant_type',
    'registry',
    'credential',
  ])('without %s are refused (A09)', async (claim) => {
    for (const value of [undefined, null, '', {}, -1, ['1']]) {
      expect(await accepts(await signed({ [claim]: value }))).toBe(false);
    }
  });

  it('of another issuer, registry, credential, subject or kind are refused', async () => {
    const changes = [
      { iss: 'azure container registry' },
      { registry: 'id-of-another' },
      { credential: 'gone' },
      { sub: 'admin-user:another' },
      { grant_type: 'refresh_token' },
      { version: '2.0' },
      { aud: [HOST] },
      { exp: 1e300 },
      { exp: Number.MAX_SAFE_INTEGER + 1 },
      { nbf: 9_999_999_999 },
      { iat: 9_999_999_999 },
    ];
    for (const change of changes) expect(await accepts(await signed(change))).toBe(false);
  });

  it('with access that is none of ours are refused as a whole', async () => {
    const wrong: unknown[] = [
      {},
      [null],
      [{ type: 'repository', name: 'a' }],
      [{ type: 'repository', name: 'a', actions: ['*'] }],
      [{ type: 'repository', name: 'a', actions: ['catalog'] }],
      [{ type: 'repository', name: 'a', actions: 'pull' }],
      [{ type: 'registry', name: 'catalog', actions: ['pull'] }],
      [{ type: 'registry', name: '*', actions: ['*'] }],
      [{ type: 'admin', name: 'a', actions: ['pull'] }],
      [{ Type: 'repository', Name: 'a', Actions: ['pull'] }],
    ];
    for (const access of wrong) expect(await accepts(await signed({ access }))).toBe(false);
  });
});

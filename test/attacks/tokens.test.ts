import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRegistry } from '../support/start-registry.ts';
import { envelopeOf } from './support/answers.ts';
import { pause } from './support/raw.ts';
import { recordStatements } from './support/statements.ts';
import { basic, everything, type Loot, startAttackedRegistry } from './support/workbench.ts';

// A10, A13, A14 through the front door; the units are in token/*.attacks.test.ts.

let registry: TestRegistry;
let loot: Loot;
let trap: Server;
let trapped = 0;
let good: string;
beforeAll(async () => {
  ({ registry, loot } = await startAttackedRegistry());
  trap = createServer((_, response) => {
    trapped += 1;
    response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  good = await loot.token(everything('a'));
});
afterAll(async () => {
  trap.close();
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claims = () =>
  JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
const head = () => JSON.parse(Buffer.from(good.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
const trapUrl = () => `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;

function forge(header: unknown, payload: unknown, key: KeyObject): string {
  const input = `${b64(header)}.${b64(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const ourPublicKey = () => createPublicKey({ key: JSON.parse(loot.publicJwk) as JsonWebKey, format: 'jwk' });
function hmac(key: string | Buffer): string {
  const input = `${b64({ ...head(), alg: 'HS256' })}.${good.split('.')[1]}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

describe('A13: a forged token', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const forgeries: Record<string, () => string> = {
    'alg none': () => `${b64({ ...head(), alg: 'none' })}.${good.split('.')[1]}.`,
    'alg none with the old signature': () => `${b64({ ...head(), alg: 'none' })}.${good.split('.').slice(1).join('.')}`,
    'HS256 keyed with nothing': () => hmac(''),
    'HS256 keyed with our public key as PEM': () => hmac(ourPublicKey().export({ type: 'spki', format: 'pem' })),
    'HS256 keyed with our public key as DER': () => hmac(ourPublicKey().export({ type: 'spki', format: 'der' })),
    'HS256 keyed with our public key as JWK': () => hmac(loot.publicJwk),
    'our kid, a foreign key': () => forge(head(), claims(), privateKey),
    'jwk beside our kid (CVE-2025-24976)': () =>
      forge({ ...head(), jwk: { ...jwk, kid: head().kid } }, claims(), privateKey),
    'jku of the attacker': () => forge({ ...head(), kid: 'x', jku: trapUrl() }, claims(), privateKey),
    'x5u of the attacker': () => forge({ ...head(), x5u: trapUrl() }, claims(), privateKey),
    'x5c of the attacker': () => forge({ ...head(), x5c: ['MIIB'] }, claims(), privateKey),
    'kid as a path': () => forge({ ...head(), kid: '../../../../dev/null' }, claims(), privateKey),
    'kid as SQL': () => forge({ ...head(), kid: "' OR 1=1 --" }, claims(), privateKey),
    'kid as an object': () => forge({ ...head(), kid: { toString: 'x' } }, claims(), privateKey),
    'kid twice': () => forge(`{"alg":"ES256","typ":"at+jwt","kid":"x","kid":"${head().kid}"}`, claims(), privateKey),
    'a changed claim': () => [good.split('.')[0], b64({ ...claims(), sub: 'root' }), good.split('.')[2]].join('.'),
    'a signature of zeros': () => `${good.split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
    'a signature padded': () => `${good}=`,
    'no signature': () => good.split('.').slice(0, 2).join('.'),
    'four parts': () => `${good}.x`,
    dots: () => '..',
    'an encrypted token (five parts)': () => 'a.b.c.d.e',
    'prototype keys': () =>
      forge('{"alg":"ES256","__proto__":{"kid":"x"},"constructor":1}', '{"__proto__":{"sub":"x"}}', privateKey),
    '20 KiB of token': () => `${good}${'A'.repeat(20_000)}`,
  };
  it.each(Object.keys(forgeries))('is 401 and nothing is fetched: %s', async (name) => {
    const answer = await registry.ask('GET', '/v2/', { as: forgeries[name]?.() ?? '' });
    expect([answer.status, envelopeOf(answer)]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.header('WWW-Authenticate')).toContain('error="invalid_token"');
    expect(trapped).toBe(0);
  });

  it('is refused as a password of the user of zeros, too', async () => {
    for (const make of Object.values(forgeries).slice(0, 6)) {
      const headers = { Authorization: basic('00000000-0000-0000-0000-000000000000', make()) };
      expect((await registry.ask('GET', '/v2/', { as: 'none', headers })).status).toBe(401);
      expect((await registry.ask('GET', '/oauth2/token?service=x', { as: 'none', headers })).status).toBe(401);
    }
  });

  it('of a megabyte does not even become a request', async () => {
    const connection = await registry.raw();
    await connection
      .write(`GET /v2/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'A'.repeat(1_000_000)}\r\n\r\n`)
      .catch(() => undefined);
    expect((await connection.answer()).status).toBe(431);
    connection.close();
  });

  it('leaves the good one good', async () => {
    expect((await registry.ask('GET', '/v2/', { as: good })).status).toBe(200);
  });
});

describe('A14: a flood of made-up key ids', () => {
  const FLOOD = 3000;
  const kidOf = (i: number) => b64(`${i}`.padStart(32, 'k')).slice(0, 43);

  it('reads the keys once a second at most, and good tokens go on being accepted, known ones and new ones', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const payload = claims();
    const forged = Array.from({ length: FLOOD }, (_, i) => forge({ ...head(), kid: kidOf(i) }, payload, privateKey));
    await pause(1100); // whatever was read before is a while ago: the flood's first is looked for in the table
    const keys = recordStatements(/\bsigning_keys\b/);
    try {
      const begun = performance.now();
      for (let i = 0; i < FLOOD; i += 50) {
        const answers = await Promise.all(
          forged.slice(i, i + 50).map((token) => registry.ask('GET', '/v2/', { as: token })),
        );
        expect(answers.every((answer) => answer.status === 401)).toBe(true);
        expect((await registry.ask('GET', '/v2/', { as: good })).status).toBe(200);
        const fresh = await loot.token(everything(`r${i}`)); // no cache of tokens knows it, only that of keys
        expect((await registry.ask('GET', '/v2/', { as: fresh })).status).toBe(200);
      }
      const seconds = (performance.now() - begun) / 1000;
      const reads = keys.take().length;
      expect(reads).toBeGreaterThan(0); // the flood does reach the lookup of keys
      expect(reads, `${reads} reads of the keys in ${seconds.toFixed(1)} s`).toBeLessThanOrEqual(
        Math.ceil(seconds) + 1,
      );
    } finally {
      keys.stop();
    }
  });

  it('good tokens alone read no key at all', async () => {
    await pause(1100); // the flood's last read is a while ago, so that nothing keeps from another one
    const keys = recordStatements(/\bsigning_keys\b/);
    for (let i = 0; i < 20; i++) {
      const fresh = await loot.token(everything(`s${i}`));
      expect((await registry.ask('GET', '/v2/', { as: fresh })).status).toBe(200);
    }
    expect(keys.take()).toEqual([]);
    keys.stop();
  });
});

describe('A10: the token endpoint', () => {
  interface Claim {
    type: string;
    name: string;
    actions: string[];
  }
  const ask = async (query: string, headers: Record<string, string>) => {
    const answer = await registry.ask('GET', `/oauth2/token?service=x&${query}`, { as: 'none', headers });
    if (answer.status !== 200) return answer.status;
    const token = answer.json<{ access_token: string }>().access_token;
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { access: Claim[] }).access;
  };
  const withToken = (token: string) => ({ Authorization: basic('00000000-0000-0000-0000-000000000000', token) });

  it('gives the bearer of a narrow token nothing wider', async () => {
    const narrow = withToken(await loot.token([{ type: 'repository', name: 'a', actions: ['pull'] }]));
    expect(await ask('scope=repository:a:*', narrow)).toEqual([{ type: 'repository', name: 'a', actions: ['pull'] }]);
    expect(await ask('scope=repository:a:pull,push,delete', narrow)).toEqual([
      { type: 'repository', name: 'a', actions: ['pull'] },
    ]);
    expect(await ask('scope=repository:a:pull&scope=repository:a:push', narrow)).toEqual([
      { type: 'repository', name: 'a', actions: ['pull'] },
    ]);
    for (const scope of [
      'repository:b:pull',
      'registry:catalog:*',
      'registry:blobs:mount',
      'repository:a/b:pull',
      'repository:*:pull',
      'admin:*:*',
      'repository:A:pull',
    ]) {
      expect(await ask(`scope=${scope}`, narrow), scope).toEqual([]);
    }
  });

  it('does not lengthen the life of a token', async () => {
    const answer = await registry.ask('GET', '/oauth2/token?service=x&scope=repository:a:pull', {
      as: 'none',
      headers: withToken(good),
    });
    const token = answer.json<{ access_token: string; refresh_token?: string }>();
    const { exp } = JSON.parse(Buffer.from(token.access_token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number;
    };
    expect(exp).toBeLessThanOrEqual(claims().exp as number);
    expect(token.refresh_token).toBeUndefined();
  });

  it("takes no other registry's credentials and no access token as a refresh token", async () => {
    const neighbour = basic('another', loot.otherRegistryPassword);
    expect(await ask('scope=repository:a:pull', { Authorization: neighbour })).toBe(401);
    expect(await ask('scope=repository:a:pull', withToken(await loot.tokenOfOtherRegistry(everything('a'))))).toBe(401);
    expect(await ask('scope=repository:a:pull', withToken(await loot.expiredToken(everything('a'))))).toBe(401);
    const form = (refresh: string) =>
      `grant_type=refresh_token&service=x&scope=repository:a:pull&refresh_token=${refresh}`;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await registry.ask('POST', '/oauth2/token', { as: 'none', headers, body: form(good) })).status).toBe(401);
    const swapped = form(await loot.refreshToken()).replace('refresh_token=ey', 'access_token=ey');
    expect((await registry.ask('POST', '/oauth2/token', { as: 'none', headers, body: swapped })).status).toBe(400);
    const host = { Host: 'another.azsacr.local.holdfast.internal' };
    const elsewhere = await registry.ask('POST', '/oauth2/token', {
      as: 'none',
      headers: { ...headers, ...host },
      body: form(await loot.refreshToken()),
    });
    expect(elsewhere.status).toBe(401);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { createTestSite, REGISTRY, type TestSite } from '../identity/test-site.ts';
import { createTokenRoom, createTokenSite, HOST } from './test-tokens.ts';

const DAY = 86_400_000;
const at = { registry: REGISTRY.name };
let site: TestSite;
beforeEach(async () => {
  site = await createTestSite();
});

describe('the signing key', () => {
  it('is made when first needed, once for many callers and nodes at a time', async () => {
    const [one, two] = [createTokenRoom(site), createTokenRoom(site)];
    const used = await Promise.all([one.keys.current(), one.keys.current(), two.keys.current(), two.keys.current()]);
    expect(new Set(used.map((k) => k.kid)).size).toBe(1);
    expect(await site.store.read.keys.all()).toHaveLength(1);
  });

  it('is stored sealed, its public half and its id (RFC 7638) in clear', async () => {
    const { kid } = await createTokenRoom(site).keys.current();
    const row = (await site.store.read.keys.all())[0];
    expect(kid).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.parse(row?.publicJwk ?? '')).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
    });
    expect(Buffer.from(row?.sealedPrivateJwk ?? []).includes('"d"')).toBe(false);
  });

  it('cannot be loaded with another master key, which is said plainly', async () => {
    await createTokenRoom(site).keys.current();
    const other = await createTestSite();
    await expect(createTokenRoom({ ...site, box: other.box }).keys.current()).rejects.toThrow('master.key');
  });

  it('is the same after a restart', async () => {
    const before = await createTokenRoom(site).keys.current();
    expect((await createTokenRoom(site).keys.current()).kid).toBe(before.kid);
  });
});

describe('rotation', () => {
  it('signs with a new key after 30 days, while the old one verifies until its last token has ended', async () => {
    const { keys } = createTokenRoom(site);
    const old = await keys.current();
    site.clock.advance(30 * DAY - 1);
    expect((await keys.current()).kid).toBe(old.kid);
    site.clock.advance(1);
    const fresh = await keys.current();
    expect(fresh.kid).not.toBe(old.kid);
    site.clock.advance(180 * 60_000);
    expect(await keys.find(old.kid)).toBeDefined();
    site.clock.advance(5 * 60_000);
    expect(await keys.find(old.kid)).toBeUndefined();
    expect(await keys.find(fresh.kid)).toBeDefined();
  });

  it('deletes expired keys when it makes the next one', async () => {
    const { keys } = createTokenRoom(site);
    const first = await keys.current();
    site.clock.advance(31 * DAY);
    await keys.current();
    expect((await site.store.read.keys.all()).map((k) => k.kid)).not.toContain(first.kid);
  });

  it('keeps a token valid that was issued just before, also on a node that never saw the old key', async () => {
    const full = await createTokenSite();
    const { token } = await full.tokens.issueRefreshToken({ principal: full.admin, service: HOST });
    full.clock.advance(30 * DAY - 60_000 - 1);
    const late = await full.tokens.issueRefreshToken({ principal: full.admin, service: HOST });
    full.clock.advance(60_001);
    await full.keys.current();
    expect(await full.store.read.keys.all()).toHaveLength(2);
    expect(await full.tokens.verifyRefreshToken(late.token, at)).toBeDefined();
    expect(await createTokenRoom(full).tokens.verifyRefreshToken(late.token, at)).toBeDefined();
    expect(await full.tokens.verifyRefreshToken(token, at)).toBeUndefined();
  });

  it('comes early when the configuration lengthens tokens past the key', async () => {
    const before = await createTokenRoom(site).keys.current();
    site.clock.advance(29 * DAY);
    const lifetimes = { accessSeconds: 4500, refreshSeconds: 7 * 86_400 };
    expect((await createTokenRoom(site, { lifetimes }).keys.current()).kid).not.toBe(before.kid);
  });

  it('on another node is noticed by the unknown id', async () => {
    const full = await createTokenSite();
    const other = createTokenRoom(full);
    await other.keys.current();
    full.clock.advance(30 * DAY);
    const { token } = await full.tokens.issueAccessToken({ principal: full.admin, service: HOST, access: [] });
    expect(await other.tokens.verifyBearer(token, at)).toBeDefined();
  });
});

describe('unknown key ids (A14)', () => {
  it('cost one read of the store per second, and leave good keys known', async () => {
    const { keys } = createTokenRoom(site);
    const { kid } = await keys.current();
    const reads = site.store.keyReads;
    const flood = Array.from({ length: 1000 }, (_, i) => i.toString().padStart(43, 'x'));
    expect(await Promise.all(flood.map((id) => keys.find(id)))).toEqual(flood.map(() => undefined));
    for (const id of flood.slice(0, 100)) await keys.find(id);
    expect(site.store.keyReads - reads).toBe(1);
    site.clock.advance(1000);
    await keys.find(flood[0] ?? '');
    expect(site.store.keyReads - reads).toBe(2);
    expect(await keys.find(kid)).toBeDefined();
  });

  it('that are no thumbprint are not looked up at all', async () => {
    const { keys } = createTokenRoom(site);
    const evil = [
      '',
      '../../etc/passwd',
      "' OR 1=1 --",
      '__proto__',
      'constructor',
      'x'.repeat(44),
      `${'x'.repeat(42)}\n`,
    ];
    for (const kid of evil) expect(await keys.find(kid)).toBeUndefined();
    expect(site.store.keyReads).toBe(0);
  });
});

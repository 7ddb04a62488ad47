import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSet } from './coded-set.ts';
import { readReceipt, writeReceipt } from './receipt.ts';
import { generateSigningKey, readSigningKey, readTrustedKeys, signBytes } from './signing.ts';

const pair = generateSigningKey();
const key = readSigningKey(pair.privatePem);
const trusted = readTrustedKeys(pair.publicPem);
const salt = Buffer.from('0123456789abcdef');
const digest = (i: number | string) => `sha256:${createHash('sha256').update(String(i)).digest('hex')}`;
const write = (manifests: string[], lacks: string[] = []) =>
  writeReceipt({ registry: 'far', created: new Date(0), manifests, lacks }, key, salt);

describe('a receipt', () => {
  it('of 10,000 manifests takes at most 64,000 bytes', async () => {
    const manifests = Array.from({ length: 10_000 }, (_, i) => `team-${i % 100}/application@${digest(i)}`);
    const text = await write(manifests);
    expect(text.length).toBeLessThanOrEqual(64_000);
    const receipt = readReceipt(text, trusted);
    expect(manifests.every((one) => receipt.has(...(one.split('@') as [string, string])))).toBe(true);
  });

  it('says no to what it does not know, and to all questions beyond those that it may answer', async () => {
    const receipt = readReceipt(await write([`app@${digest('there')}`]), trusted);
    for (let i = 0; i < 34_359; i++) expect(receipt.has('app', digest(i))).toBe(false);
    expect(receipt.has('app', digest('there'))).toBe(false);
    const fresh = readReceipt(await write([`app@${digest('there')}`]), trusted);
    for (let i = 0; i < 40_000; i++) fresh.has('app', digest(i % 1000)); // the same question again is none
    expect(fresh.has('app', digest('there'))).toBe(true);
  });

  it.each([20, 24, 28])(
    'of parameter %i answers so few questions that one bundle in a million may leave out anything',
    async (bits) => {
      const asked = Array.from({ length: 1000 }, (_, i) => `app@${digest(i)}`); // all of them are there
      const { count, data } = await encodeSet(asked, salt, bits);
      const set = { count, bits, salt: salt.toString('base64'), set: data.toString('base64') };
      const line = JSON.stringify({ format: 'holdfast-receipt/1', registry: 'far', created: 0, lacks: [], ...set });
      const receipt = readReceipt(`${line}\n${signBytes(key, Buffer.from(line))}`, trusted);
      const answered = asked.filter((_, i) => receipt.has('app', digest(i))).length;
      expect(answered).toBeGreaterThan(0);
      expect(answered * 2 ** -bits).toBeLessThanOrEqual(1e-6); // by the union bound
      expect((answered + 1) * 2 ** -bits).toBeGreaterThan(1e-6);
    },
  );

  it('knows a manifest in its own repository only', async () => {
    const receipt = readReceipt(await write([`app@${digest(1)}`]), trusted);
    expect([receipt.has('app', digest(1)), receipt.has('other', digest(1))]).toEqual([true, false]);
  });

  it('is believed with the signature of a trusted key only', async () => {
    const text = await write([]);
    expect(readReceipt(text, trusted).signer).toBe(key.id);
    expect(() => readReceipt(text, readTrustedKeys(generateSigningKey().publicPem))).toThrow(/no trusted key/);
    expect(() => readReceipt(text.split('\n')[0] ?? '', trusted)).toThrow(/no trusted key/);
  });

  it('with any one character changed is not believed', async () => {
    const text = await write([`app@${digest(1)}`]);
    const inLine = text.indexOf('\n');
    fc.assert(
      fc.property(fc.nat({ max: inLine - 1 }), fc.constantFrom('0', 'x', '"'), (at, character) => {
        fc.pre(text[at] !== character);
        expect(() => readReceipt(text.slice(0, at) + character + text.slice(at + 1), trusted)).toThrow();
      }),
    );
  });
});

describe('a key', () => {
  it('of another kind than Ed25519 is refused', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => readTrustedKeys(pem)).toThrow(/only ed25519/);
    expect(() => readSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(
      /only ed25519/,
    );
    expect(() => readTrustedKeys('no key')).toThrow(/no public key/);
  });
});

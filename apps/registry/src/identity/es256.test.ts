import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { signEs256, verifyEs256 } from './es256.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const header = Buffer.from('{"alg":"ES256"}').toString('base64url');

describe('ES256', () => {
  it('is what jose verifies, whatever zeros the two numbers of a signature begin with', async () => {
    // One in 256 numbers begins with a zero byte, so that its DER is shorter: among 2 × 1500 there are a dozen.
    for (let i = 0; i < 1500; i++) {
      const text = `${header}.${Buffer.from(String(i)).toString('base64url')}`;
      const signature = signEs256(text, pair.privateKey);
      expect(signature).toHaveLength(86);
      expect(verifyEs256(text, signature, pair.publicKey)).toBe(true);
      if (i % 50 === 0) await compactVerify(`${text}.${signature}`, pair.publicKey, { algorithms: ['ES256'] });
    }
  });

  it('verifies what jose signs, and nothing else', async () => {
    const token = await new CompactSign(Buffer.from('x')).setProtectedHeader({ alg: 'ES256' }).sign(pair.privateKey);
    const at = token.lastIndexOf('.');
    const [text, signature] = [token.slice(0, at), token.slice(at + 1)];
    expect(verifyEs256(text, signature, pair.publicKey)).toBe(true);
    expect(verifyEs256(`${text}x`, signature, pair.publicKey)).toBe(false);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(verifyEs256(text, signature, other.publicKey)).toBe(false);
    expect(verifyEs256(text, '', pair.publicKey)).toBe(false);
    expect(verifyEs256(text, 'A'.repeat(86), pair.publicKey)).toBe(false);
  });
});

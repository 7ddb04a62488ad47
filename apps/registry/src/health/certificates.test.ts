import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateKey, issueAuthority, issueServerCertificate } from '../http/tls/issue-certificate.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { type CertificateSource, describeCertificates } from './certificates.ts';

const DAY = 24 * 3_600_000;
const now = new FakeClock().now();
const at = (days: number) => new Date(now.getTime() + days * DAY);
const authorityKey = await generateKey();
const key = await generateKey();
const authority = issueAuthority(authorityKey, { from: at(-1), to: at(900) }, systemIds);
const issue = (from: number, to: number) =>
  issueServerCertificate({
    key,
    authorityKey,
    names: { dns: ['*.a.test'], ip: ['127.0.0.1'] },
    validity: { from: at(from), to: at(to) },
    ids: systemIds,
  });
const about = (source: Partial<CertificateSource> & { readonly pem: string }, when = now) =>
  describeCertificates([{ use: 'server', renewsItself: false, ...source }], when);

describe('what is told of a certificate', () => {
  it('is whom it names, who signed it, for what names, until when, and the chain above it', () => {
    const [own] = about({ pem: `${issue(-1, 90)}\n${authority}` });
    expect(own).toMatchObject({
      name: 'server',
      subject: 'CN=*.a.test, O=Holdfast',
      names: ['*.a.test', '127.0.0.1'],
      daysLeft: 90,
      state: 'good',
      chain: [{ subject: own?.issuer, to: at(900) }],
    });
    expect(own?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(own?.issuer).toContain('Holdfast site CA');
  });

  it.each([
    ['server', 31, 'good'],
    ['server', 29, 'ends-soon'],
    ['authority', 366, 'good'],
    ['authority', 364, 'ends-soon'],
    ['server', -1, 'ended'],
  ] as const)('of one for use as %s with %i days left is that it is %s', (use, days, state) => {
    const when = new Date(at(400).getTime() - days * DAY - 1);
    expect(about({ use, pem: issue(-500, 400) }, when)[0]?.state).toBe(state);
  });

  it('is that it does not count yet, and why no other one was taken', () => {
    expect(about({ pem: issue(2, 90), problem: 'unreadable' })[0]).toMatchObject({
      state: 'not-yet',
      problem: 'unreadable',
    });
  });

  it('is one line for each authority that is trusted, and nothing of what cannot be read', () => {
    const other = issueAuthority(key, { from: at(-1), to: at(10) }, systemIds);
    const found = about({ use: 'outbound', pem: `${authority}${other}` });
    expect(found.map(({ name, state, chain }) => [name, state, chain.length])).toEqual([
      ['outbound-1', 'good', 0],
      ['outbound-2', 'ends-soon', 0],
    ]);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    expect(about({ pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() })).toEqual([]);
  });
});

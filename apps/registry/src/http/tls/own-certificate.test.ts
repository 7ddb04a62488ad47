import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../platform/clock.ts';
import { systemIds } from '../../platform/ids.ts';
import { generateKey, issueAuthority, issueServerCertificate } from './issue-certificate.ts';
import { loadOwnCertificate } from './own-certificate.ts';
import { day } from './server-certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'own-certificate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = new FakeClock();
const at = (days: number) => new Date(clock.now().getTime() + days * day);
const authorityKey = await generateKey();
const key = await generateKey();
const authority = issueAuthority(authorityKey, { from: at(-1), to: at(900) }, systemIds);
const names = { dns: ['*.a.test', '*.azsacr.a.test'], ip: [] };
const pem = (of: KeyObject) => of.export({ type: 'pkcs8', format: 'pem' }).toString();
const issue = (from: number, to: number, dns = names.dns) =>
  issueServerCertificate({
    key,
    authorityKey,
    names: { dns, ip: [] },
    validity: { from: at(from), to: at(to) },
    ids: systemIds,
  });

function load(certificate: string, keyPem: string) {
  const paths = { certificate: join(folder, 'own.pem'), key: join(folder, 'own-key.pem') };
  writeFileSync(paths.certificate, certificate);
  writeFileSync(paths.key, keyPem);
  return loadOwnCertificate({ ...paths, domain: 'a.test', clock });
}

describe('an own certificate', () => {
  it('is taken with its intermediates', async () => {
    const chain = `Bag Attributes\n${issue(-1, 90)}${authority}`;
    expect(await load(chain, pem(key))).toEqual({
      certificate: chain,
      key: pem(key),
      expires: at(90),
      made: false,
      warnings: [],
    });
  });

  it('near its end, or not for the names of the site, is taken with a warning', async () => {
    expect((await load(issue(-1, 20), pem(key))).warnings).toEqual([expect.stringMatching(/own\.pem expires on/)]);
    expect((await load(issue(-1, 90, ['*.a.test']), pem(key))).warnings).toEqual([
      expect.stringMatching(
        /is not for registry\.azsacr\.a\.test; clients need \*\.azsacr\.a\.test and \*\.a\.test in it/,
      ),
    ]);
  });

  it('that no client would accept is refused with the reason', async () => {
    const right = issue(-1, 90);
    const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const cases: [certificate: string, key: string, reason: RegExp][] = [
      ['', pem(key), /own\.pem holds no PEM certificate that can be read/],
      [right.replace('MII', 'AAA'), pem(key), /own\.pem holds no PEM certificate/],
      [right, 'nothing', /own-key\.pem holds no PEM private key/],
      [right, encrypted, /own-key\.pem is encrypted; give one without a passphrase/],
      [right, pem(await generateKey()), /own-key\.pem does not belong to the certificate .*own\.pem/],
      [right, pem(rsa), /does not belong to the certificate/],
      [authority + right, pem(key), /begins with another certificate than the server's own; put that one first/],
      [issue(-90, -1), pem(key), /own\.pem has expired on/],
      [issue(1, 90), pem(key), /own\.pem is valid from .* only/],
    ];
    for (const [certificate, keyPem, reason] of cases) await expect(load(certificate, keyPem)).rejects.toThrow(reason);
    const missing = { certificate: join(folder, 'none.pem'), key: join(folder, 'none.pem'), domain: 'a.test', clock };
    await expect(loadOwnCertificate(missing)).rejects.toThrow(/none\.pem cannot be read \(ENOENT\)/);
  });
});

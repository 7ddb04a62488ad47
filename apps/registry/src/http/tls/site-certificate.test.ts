import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../platform/clock.ts';
import { systemIds } from '../../platform/ids.ts';
import { day } from './server-certificate.ts';
import { ensureSiteCertificate } from './site-certificate.ts';
import { handshake, listen } from './test-listener.ts';
import { tlsOptions } from './tls-options.ts';

const domain = 'local.holdfast.internal';
let dataDir: string;
let clock: FakeClock;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tls-'));
  clock = new FakeClock(new Date());
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const ensure = (options: { domain?: string } = {}) =>
  ensureSiteCertificate({ dataDir, domain, clock, ids: systemIds, ...options });
const path = (name: string) => join(dataDir, 'tls', name);
const text = (name: string) => readFileSync(path(name), 'utf8');
const certificate = (name: string) => new X509Certificate(text(name));

describe('the first start', () => {
  it('makes a CA and a server certificate, the keys for the owner only', async () => {
    const made = await ensure();
    expect(made).toMatchObject({
      made: true,
      warnings: [],
      certificate: text('server.pem'),
      key: text('server-key.pem'),
    });
    expect(readdirSync(join(dataDir, 'tls')).sort()).toEqual(['ca-key.pem', 'ca.pem', 'server-key.pem', 'server.pem']);
    const mode = (name: string) => (statSync(path(name)).mode & 0o777).toString(8);
    expect(['ca-key.pem', 'ca.pem', 'server-key.pem', 'server.pem'].map(mode)).toEqual(['600', '644', '600', '644']);
  });

  it('makes a CA of ten years that may sign server certificates and nothing longer', async () => {
    await ensure();
    const ca = certificate('ca.pem');
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.subject).toMatch(/^O=Holdfast\nCN=Holdfast site CA [0-9a-f]{16}$/);
    expect((ca.validToDate.getTime() - ca.validFromDate.getTime()) / day).toBe(3650);
    expect(ca.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  it('makes a server certificate that Go and Apple accept', async () => {
    await ensure();
    const server = certificate('server.pem');
    expect(server.ca).toBe(false);
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']); // Node's name for the extended key usage
    expect((server.validToDate.getTime() - server.validFromDate.getTime()) / day).toBeLessThanOrEqual(398);
    expect(clock.now().getTime() - server.validFromDate.getTime()).toBeGreaterThanOrEqual(60 * 60 * 1000);
    expect(server.serialNumber).toHaveLength(32);
    expect(server.subjectAltName?.split(', ')).toEqual([
      `DNS:${domain}`,
      `DNS:*.${domain}`,
      `DNS:*.azsacr.${domain}`,
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
    ]);
  });
});

describe('a client that trusts the CA', () => {
  it('connects by every name of the site and to loopback', async () => {
    const server = await listen(tlsOptions(await ensure()));
    const names = ['localhost', domain, `registry.azsacr.${domain}`, `management.${domain}`];
    for (const servername of names) {
      expect(await handshake(server.port, { ca: text('ca.pem'), servername })).toMatchObject({ protocol: 'TLSv1.3' });
    }
    for (const host of ['127.0.0.1', '::1']) {
      // No server name is sent to an address, so the address itself must be in the certificate.
      expect(certificate('server.pem').checkIP(host)).toBe(host);
    }
    await handshake(server.port, { ca: text('ca.pem') });
    server.close();
  });

  it('is refused by any other name', async () => {
    const server = await listen(tlsOptions(await ensure()));
    for (const servername of ['registry.azsacr.other.internal', `a.b.azsacr.${domain}`, 'example.com']) {
      await expect(handshake(server.port, { ca: text('ca.pem'), servername })).rejects.toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    }
    server.close();
  });

  it('of another site is refused', async () => {
    const server = await listen(tlsOptions(await ensure()));
    rmSync(join(dataDir, 'tls'), { recursive: true });
    await ensure();
    await expect(handshake(server.port, { ca: text('ca.pem'), servername: 'localhost' })).rejects.toThrow(
      /unable to verify|issuer/,
    );
    await expect(handshake(server.port, { servername: 'localhost' })).rejects.toThrow(/unable to verify|issuer/);
    server.close();
  });
});

describe('a later start', () => {
  it('changes nothing while all is well', async () => {
    const first = await ensure();
    clock.advance(300 * day);
    expect(await ensure()).toEqual({ ...first, made: false });
  });

  it('renews the certificate thirty days before its end, under the same CA', async () => {
    const first = await ensure();
    const ca = text('ca.pem');
    clock.advance(368 * day);
    const second = await ensure();
    expect(second.made).toBe(true);
    expect(second.key).not.toBe(first.key);
    expect(second.expires.getTime() - clock.now().getTime()).toBeGreaterThan(396 * day);
    expect(text('ca.pem')).toBe(ca);
    expect(certificate('server.pem').verify(certificate('ca.pem').publicKey)).toBe(true);
  });

  it('renews it for another domain', async () => {
    await ensure();
    const ca = text('ca.pem');
    expect((await ensure({ domain: 'redmond.ext.corp' })).made).toBe(true);
    expect(certificate('server.pem').checkHost('r.azsacr.redmond.ext.corp')).toBe('*.azsacr.redmond.ext.corp');
    expect(certificate('server.pem').checkHost(`r.azsacr.${domain}`)).toBeUndefined();
    expect(text('ca.pem')).toBe(ca);
  });

  it('renews one that was made while the clock was ahead', async () => {
    clock.advance(50 * day);
    await ensure();
    clock = new FakeClock(new Date());
    expect((await ensure()).made).toBe(true);
  });

  it('mends what a crash or a hand has broken', async () => {
    await ensure();
    const ca = text('ca.pem');
    const breaks: (() => void)[] = [
      () => writeFileSync(path('server.pem'), 'torn'),
      () => writeFileSync(path('server-key.pem'), ''),
      () => rmSync(path('server.pem')),
      () => rmSync(path('server-key.pem')),
      () => writeFileSync(path('server-key.pem'), text('ca-key.pem')),
      () => writeFileSync(path('server.pem'), text('ca.pem')),
    ];
    for (const harm of breaks) {
      harm();
      expect((await ensure()).made).toBe(true);
      expect((await ensure()).made).toBe(false);
      expect(text('ca.pem')).toBe(ca);
    }
    writeFileSync(path('server.pem.0.tmp'), 'left by a crash');
    await ensure();
    expect(readdirSync(join(dataDir, 'tls'))).toHaveLength(4);
  });

  it('makes the same authority again if only ca.pem is lost', async () => {
    const server = await listen(tlsOptions(await ensure()));
    const trusted = text('ca.pem');
    rmSync(path('ca.pem'));
    expect((await ensure()).made).toBe(false);
    for (const ca of [trusted, text('ca.pem')]) await handshake(server.port, { ca, servername: 'localhost' });
    server.close();
  });

  it('goes on without the key of the CA, but says so, and renews nothing', async () => {
    await ensure();
    rmSync(path('ca-key.pem'));
    expect((await ensure()).warnings).toEqual([expect.stringContaining('cannot be renewed')]);
    await expect(ensure({ domain: 'a.b' })).rejects.toThrow(/ca-key\.pem is missing .* Restore it from a backup/);
  });

  it('never replaces a CA that it cannot read, nor signs in the name of a foreign one', async () => {
    await ensure();
    const other = text('server.pem');
    writeFileSync(path('ca.pem'), 'torn');
    await expect(ensure()).rejects.toThrow(/ca\.pem cannot be read as PEM, and clients trust this CA/);
    expect(text('ca.pem')).toBe('torn');
    writeFileSync(path('ca.pem'), other);
    writeFileSync(path('ca-key.pem'), text('server-key.pem'));
    await expect(ensure()).rejects.toThrow(/is a CA that this program has not made/);
  });

  it('never lets the certificate outlive its CA, and says when the CA has ended', async () => {
    await ensure();
    clock.advance(3500 * day);
    const late = await ensure();
    expect(late.expires).toEqual(certificate('ca.pem').validToDate);
    expect(late.warnings).toEqual([expect.stringContaining("The site's CA ends on")]);
    clock.advance(200 * day);
    await expect(ensure()).rejects.toThrow(/CA has ended/);
  });
});

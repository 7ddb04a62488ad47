import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { systemIds } from '../../platform/ids.ts';
import { ensureSiteCertificate } from './site-certificate.ts';
import { handshake, listen } from './test-listener.ts';
import { tlsOptions } from './tls-options.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'tls-options-'));
let server: Awaited<ReturnType<typeof listen>>;
let ca: string;
beforeAll(async () => {
  const site = await ensureSiteCertificate({ dataDir, domain: 'a.test', clock: systemClock, ids: systemIds });
  server = await listen(tlsOptions(site));
  ca = readFileSync(join(dataDir, 'tls', 'ca.pem'), 'utf8');
});
afterAll(() => {
  server.close();
  rmSync(dataDir, { recursive: true });
});

const connect = (options: Parameters<typeof handshake>[1]) =>
  handshake(server.port, { ca, servername: 'localhost', ...options });

describe('tlsOptions', () => {
  it('serves TLS 1.3 and 1.2', async () => {
    expect(await connect({})).toMatchObject({ protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' });
    expect(await connect({ maxVersion: 'TLSv1.2' })).toMatchObject({
      protocol: 'TLSv1.2',
      cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    });
  });

  it('refuses TLS 1.1 and 1.0', async () => {
    for (const version of ['TLSv1.1', 'TLSv1'] as const) {
      // SECLEVEL=0, or the client would not even ask.
      const old = connect({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
      await expect(old).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    }
  });

  it('refuses suites without forward secrecy or authenticated encryption', async () => {
    for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384']) {
      await expect(connect({ maxVersion: 'TLSv1.2', ciphers })).rejects.toThrow(/handshake failure/);
    }
  });

  it('speaks HTTP/1.1 to clients with and without ALPN', async () => {
    expect(await connect({ ALPNProtocols: ['h2', 'http/1.1'] })).toMatchObject({ alpn: 'http/1.1' });
    expect(await connect({})).toMatchObject({ alpn: false });
  });
});

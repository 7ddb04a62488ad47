import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../platform/clock.ts';
import { systemIds } from '../../platform/ids.ts';
import { certificateSource, keepCertificateCurrent } from './keep-certificate-current.ts';
import { day } from './server-certificate.ts';
import { handshake, listen } from './test-listener.ts';
import { tlsOptions } from './tls-options.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A listener whose certificate is kept current, and a clock to move it by. */
async function serve(which: 'own' | 'site') {
  const clock = new FakeClock(new Date());
  const folders = ['data', 'other'].map((name) => mkdtempSync(join(tmpdir(), `${name}-`)));
  const [dataDir = '', otherDir = ''] = folders;
  const domain = 'a.test';
  // Certificates of another site stand in for those that an operator would bring.
  const other = certificateSource({ own: undefined, dataDir: otherDir, domain, clock, ids: systemIds });
  const own = { certificate: join(otherDir, 'tls/server.pem'), key: join(otherDir, 'tls/server-key.pem') };
  await other.load();
  const reissue = async () => {
    rmSync(own.certificate);
    await other.load();
  };
  const source = certificateSource({ own: which === 'own' ? own : undefined, dataDir, domain, clock, ids: systemIds });
  const current = await source.load();
  const server = await listen(tlsOptions(current));
  const ending = new AbortController();
  const seen: unknown[] = [];
  const kept = keepCertificateCurrent({
    server,
    source,
    current,
    clock,
    signal: ending.signal,
    onChange: () => seen.push('changed'),
    onProblem: (error) => seen.push(String(error)),
    onMended: () => seen.push('mended'),
  });
  endings.push(() => {
    ending.abort();
    server.close();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  const serial = async () => (await handshake(server.port, { rejectUnauthorized: false })).serial;
  /** Lets the keeper look once, and waits for it to have done so. */
  const look = async (ms = source.everyMs) => {
    clock.advance(ms);
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  return { own, reissue, look, seen, serial, kept, end: () => ending.abort() };
}

describe('a running server', () => {
  it('takes up a new own certificate without a restart', async () => {
    const { reissue, look, seen, serial } = await serve('own');
    const first = await serial();
    await look();
    expect(await serial()).toBe(first);
    expect(seen).toEqual([]);
    await reissue();
    await look();
    expect(await serial()).not.toBe(first);
    expect(seen).toEqual(['changed']);
  });

  it('keeps the certificate it has if the new one is no good, and tells so once', async () => {
    const { own, look, seen, serial } = await serve('own');
    const first = await serial();
    const key = readFileSync(own.key, 'utf8');
    writeFileSync(own.key, 'half wri');
    await look();
    expect(seen).toEqual([]);
    await look();
    await look();
    expect(seen).toEqual([expect.stringContaining('holds no PEM private key')]);
    writeFileSync(own.key, key);
    await look();
    await look();
    expect(seen.slice(1)).toEqual(['mended']);
    expect(await serial()).toBe(first);
  });

  it("renews the site's certificate while it runs", async () => {
    const { look, seen, serial } = await serve('site');
    const first = await serial();
    await look(370 * day);
    expect(seen).toEqual(['changed']);
    expect(await serial()).not.toBe(first);
  });

  it('stops looking when told to', async () => {
    const { kept, end } = await serve('site');
    end();
    await expect(kept).resolves.toBeUndefined();
  });
});

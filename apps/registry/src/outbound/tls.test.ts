import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKey, issueAuthority, issueServerCertificate } from '../http/tls/issue-certificate.ts';
import { systemClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { readAuthorities } from './authorities.ts';
import { createOutbound } from './http-outbound.ts';
import { startReceiver, type TestReceiver } from './test-receiver.ts';

const HOST = 'hooks.corp.example';
let authority = '';
let server: TestReceiver;

beforeAll(async () => {
  const [authorityKey, key] = [await generateKey(), await generateKey()];
  const validity = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 3_600_000) };
  authority = issueAuthority(authorityKey, validity, systemIds);
  const names = { dns: [HOST], ip: [] };
  const cert = issueServerCertificate({ key, authorityKey, names, validity, ids: systemIds });
  server = await startReceiver(undefined, { tls: { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) } });
});
afterAll(() => server.stop());

async function call(host: string, ca: string | undefined, scheme = 'https') {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const outbound = createOutbound({ allow: [host], ca, clock: systemClock, resolve });
  const answer = await outbound.send({
    method: 'GET',
    url: new URL(`${scheme}://${host}:${server.port}/`),
    timeoutMs: 5000,
  });
  answer.body.destroy();
  return answer.status;
}

describe('a call over TLS', () => {
  it('believes the authorities that outbound.ca names', async () => {
    expect(await call(HOST, authority)).toBe(200);
  });

  it('believes nobody else, and says what to do', async () => {
    await expect(call(HOST, undefined)).rejects.toThrow(
      /certificate is not trusted \(\w+\); name the authority .* outbound\.ca/,
    );
  });

  it('wants the certificate of the host that it calls, whose address was pinned', async () => {
    await expect(call('other.corp.example', authority)).rejects.toThrow(/not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
  });
});

describe('outbound.ca', () => {
  it('is read when the server starts, and refused when there is no certificate in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outbound-'));
    try {
      await writeFile(join(folder, 'ca.pem'), authority);
      await writeFile(join(folder, 'empty.pem'), 'nothing');
      expect(await readAuthorities(undefined)).toBeUndefined();
      expect(await readAuthorities(join(folder, 'ca.pem'))).toBe(authority);
      await expect(readAuthorities(join(folder, 'empty.pem'))).rejects.toThrow(/outbound\.ca names .*empty\.pem/);
      await expect(readAuthorities(join(folder, 'gone.pem'))).rejects.toThrow(/outbound\.ca names .*gone\.pem/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

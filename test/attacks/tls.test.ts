import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect } from 'node:tls';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBytes, pushBlob } from '../../apps/registry/src/distribution/test-content.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { sendRaw } from './support/raw.ts';

const MiB = 1024 * 1024;

let registry: TestRegistry;
let ca: string;
beforeAll(async () => {
  registry = await startRegistry({ https: true, config: 'limits: { headerSeconds: 1 }' });
  ca = readFileSync(join(registry.dataDir, 'tls', 'ca.pem'), 'utf8');
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const port = () => Number(new URL(registry.https ?? '').port);

/** Sends the bytes inside TLS and answers with what came back, or rejects with the error that a client would show. */
function over(options: ConnectionOptions, bytes = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: port(), host: '127.0.0.1', servername: 'localhost', ca, ...options }, () =>
      socket.write(bytes),
    );
    let text = '';
    socket.setTimeout(4000, () => socket.destroy(new Error('nothing came')));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

describe('the TLS listener', () => {
  it('answers, with the secrets of HTTPS behind it', async () => {
    const host = 'registry.azsacr.local.holdfast.internal';
    const text = await over({}, `GET /v2/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
    expect(text).toContain('Strict-Transport-Security: ');
    expect(text).toContain('realm="https://registry.azsacr.local.holdfast.internal:');
  });

  it('refuses TLS 1.1 and 1.0', async () => {
    for (const version of ['TLSv1.1', 'TLSv1'] as const) {
      const old = over({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
      await expect(old).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    }
  });

  it('A28: speaks no HTTP/2, also when it is offered', async () => {
    const text = await over({ ALPNProtocols: ['h2', 'http/1.1'] }, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    await expect(over({ ALPNProtocols: ['h2'] })).rejects.toThrow();
  });

  it('takes a whole body behind a download that its client reads late', async () => {
    const [large, pushed] = [newBytes(8 * MiB), newBytes(200_000)];
    const { digest } = await pushBlob(registry, 'wire/app', large);
    const socket = connect({ port: port(), host: '127.0.0.1', servername: 'localhost', ca });
    await once(socket, 'secureConnect');
    const authorized = `Host: localhost\r\nAuthorization: ${registry.basic}\r\n`;
    socket.write(`GET /v2/wire/app/blobs/${digest} HTTP/1.1\r\n${authorized}\r\n`);
    socket.pause();
    await sleep(300); // the server cannot get rid of all of it
    const push = `POST /v2/wire/app/blobs/uploads/?digest=${digestOf(pushed)} HTTP/1.1\r\n${authorized}`;
    // Many records of TLS in one piece: the server reads them together.
    socket.write(Buffer.concat([Buffer.from(`${push}Content-Length: ${pushed.length}\r\n\r\n`), pushed]));
    await sleep(100);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunk.toString('latin1').includes('HTTP/1.1 201 ')) socket.end();
    });
    socket.resume();
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString('latin1')).toContain('HTTP/1.1 201 ');
  });

  it('gives plain HTTP nothing and lives on', async () => {
    const answer = await sendRaw(
      registry.https?.replace('https', 'http') ?? '',
      'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    expect(answer.statuses.filter((status) => status < 400)).toEqual([]);
    expect(answer.closed).toBe(true);
    expect(await over({}, 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('closes a connection that never begins its handshake', async () => {
    const socket = connectTcp({ port: port(), host: '127.0.0.1' });
    const begun = performance.now();
    await new Promise((resolve) => socket.on('error', resolve).on('close', resolve).resume());
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('does not renegotiate (it would cost us more than the client)', () => {
    const script = `printf 'R\\n' | timeout 3 openssl s_client -connect 127.0.0.1:${port()} -tls1_2 2>&1 | tail -5; true`;
    try {
      execFileSync('openssl', ['version']);
    } catch {
      return; // no openssl on this machine
    }
    expect(execFileSync('sh', ['-c', script]).toString()).not.toContain('HTTP/1.1');
  });
});

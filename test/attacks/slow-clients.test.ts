import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushBlob } from '../../apps/registry/src/distribution/test-content.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { pause, sendRaw, until } from './support/raw.ts';

// A24: clients that take their time. Each is closed when its time is up, and the others do not notice.

const IDLE_MS = 1000;
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({
    config: 'limits: { headerSeconds: 1, idleSeconds: 1 }\nuploads: { perPrincipal: 5 }',
  });
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});

const port = () => Number(new URL(registry.http).port);
/** Opens a connection, sends the bytes and answers when the server closes it. */
async function dial(bytes = ''): Promise<{ socket: Socket; closed: Promise<number> }> {
  const socket = connect({ host: '127.0.0.1', port: port() });
  const begun = performance.now();
  const closed = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now() - begun)));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  if (bytes) socket.write(bytes);
  return { socket, closed };
}
const authorized = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', `Authorization: ${registry.basic}`, ...headers, '', ''].join('\r\n');

/** How many published or staged blobs this process has open. */
function openFiles(kind: 'blobs' | 'uploads'): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes(`/${kind}/`);
    } catch {
      return false;
    }
  }).length;
}

describe.concurrent('A24: a connection is closed', () => {
  it('that says nothing', async () => {
    const { socket, closed } = await dial();
    socket.resume();
    expect(await closed).toBeLessThan(5 * IDLE_MS);
  });

  it('that sends its head byte by byte, with 408', async () => {
    const { socket, closed } = await dial('GET /livez HTTP/1.1\r\nX: ');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const drip = setInterval(() => socket.write('x'), 100);
    const ms = await closed;
    clearInterval(drip);
    expect(ms).toBeLessThan(5 * IDLE_MS);
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(text).toMatch(/X-Ms-Correlation-Request-Id: [0-9a-f-]{36}\r\n/);
  });

  it('that is kept alive and not used again', async () => {
    const { socket, closed } = await dial('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.resume();
    expect(await closed).toBeLessThan(6 * IDLE_MS);
  });

  it('whose body stalls, and the upload stays where it was', async () => {
    const location = (await registry.ask('POST', '/v2/a/blobs/uploads/')).header('Location') ?? '';
    const { socket, closed } = await dial(`${authorized(`PATCH ${location}`, 'Content-Length: 1000')}half`);
    socket.resume();
    expect(await closed).toBeLessThan(5 * IDLE_MS);
    expect((await registry.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe('0');
    expect((await registry.ask('DELETE', location)).status).toBe(204);
  });

  it('whose manifest or form stalls', async () => {
    const manifest = await dial(`${authorized('PUT /v2/a/manifests/x', 'Content-Length: 1000')}{`);
    const form = await dial('POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ngrant');
    for (const { socket, closed } of [manifest, form]) {
      socket.resume();
      expect(await closed).toBeLessThan(5 * IDLE_MS);
    }
  });

  it('whose download is not read, and its file with it', async () => {
    const { digest } = await pushBlob(registry, 'a', randomBytes(32 * 1024 * 1024));
    const { socket } = await dial();
    socket.pause();
    socket.write(authorized(`GET /v2/a/blobs/${digest}`));
    expect(await until(() => openFiles('blobs') > 0)).toBe(true);
    expect(await until(() => openFiles('blobs') === 0, 6 * IDLE_MS)).toBe(true);
    socket.destroy();
  });
});

describe.concurrent('A24: a connection is kept', () => {
  it('while its body moves, however slowly', async () => {
    const location = (await registry.ask('POST', '/v2/a/blobs/uploads/')).header('Location') ?? '';
    const { socket } = await dial(authorized(`PATCH ${location}`, 'Content-Length: 7'));
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    for (const byte of 'abcdefg') {
      await pause(300);
      socket.write(byte);
    }
    expect(await until(() => text.includes('\r\n\r\n'))).toBe(true);
    expect(text).toMatch(/^HTTP\/1\.1 202 /);
    socket.destroy();
    await registry.ask('DELETE', location);
  });

  it('while its download is read, however slowly', async () => {
    const size = 24 * 1024 * 1024;
    const { digest } = await pushBlob(registry, 'a', randomBytes(size));
    const { socket } = await dial(authorized(`GET /v2/a/blobs/${digest}`));
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 3); // about 20 MB/s at 64 KiB a read
    });
    expect(await until(() => received > size, 15_000)).toBe(true);
    socket.destroy();
  });
});

describe('A24: others do not notice', () => {
  it('5,000 silent connections', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 50; i++) {
      sockets.push(
        ...(await Promise.all(Array.from({ length: 100 }, () => dial()))).map(({ socket }) => socket.resume()),
      );
    }
    const begun = performance.now();
    for (let i = 0; i < 20; i++) expect((await registry.ask('GET', '/v2/')).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(await until(() => sockets.every((socket) => socket.destroyed), 10_000)).toBe(true);
  }, 30_000);

  it('a flood of uploads: one principal has as many as it may, also when it asks for all at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => registry.ask('POST', '/v2/flood/blobs/uploads/')),
    );
    const opened = answers.filter((answer) => answer.status === 202);
    const refused = answers.filter((answer) => answer.status === 429);
    expect(opened.length).toBeLessThanOrEqual(5);
    expect(opened.length + refused.length).toBe(40);
    for (const answer of refused) expect(answer.header('Retry-After')).toMatch(/^\d+$/);
    for (const answer of opened) await registry.ask('DELETE', answer.header('Location') ?? '');
  });

  it('a flood of blobs in one request each that never end', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const line = `POST /v2/flood/blobs/uploads/?digest=${digest}`;
    const head = authorized(line, 'Content-Length: 1000', 'Expect: 100-continue');
    // Nobody leaves after the 100: the place would go to the next one.
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => sendRaw(registry.http, head, { answers: 2, timeoutMs: 1500 })),
    );
    const count = (status: number) => answers.filter((answer) => answer.statuses[0] === status).length;
    expect(count(100)).toBeLessThanOrEqual(5);
    expect(count(100) + count(429)).toBe(40);
    expect(await until(() => openFiles('uploads') === 0)).toBe(true);
  });
});

import { hash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newFolder, type ServerProcess, startProcess } from './support/process.ts';
import { pause, sendRaw, until } from './support/raw.ts';

// A37 (light), A46 and the end of a process: the real server as its users run it.

const folder = newFolder();
const running = new Set<ServerProcess>();
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
  folder.remove();
});

async function start(name: string, options: { https?: boolean; shell?: string } = {}): Promise<ServerProcess> {
  const server = await startProcess({ dataDir: join(folder.path, name), ...options });
  running.add(server);
  void server.exited.then(() => running.delete(server));
  return server;
}

const digestOf = (bytes: Uint8Array | string) => `sha256:${hash('sha256', bytes, 'hex')}`;

/** Pushes an image whose layer and tag carry the number; answers what was acknowledged. */
async function pushOne(
  server: ServerProcess,
  repository: string,
  i: number,
): Promise<{ tag: string; digest: string; layer: string }> {
  const layer = Buffer.concat([Buffer.from(`layer ${repository} ${i} `), randomBytes(20_000)]);
  const config = JSON.stringify({ i, repository });
  for (const bytes of [layer, Buffer.from(config)]) {
    const answer = await server.client.request('POST', `/v2/${repository}/blobs/uploads/?digest=${digestOf(bytes)}`, {
      body: bytes,
    });
    if (answer.status !== 201) throw new Error(`blob: ${answer.status}`);
  }
  const descriptor = (bytes: Uint8Array | string, mediaType: string) => ({
    mediaType,
    digest: digestOf(bytes),
    size: Buffer.byteLength(bytes),
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
    layers: [descriptor(layer, 'application/vnd.oci.image.layer.v1.tar')],
  });
  const headers = { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' };
  const answer = await server.client.request('PUT', `/v2/${repository}/manifests/t${i}`, { body: manifest, headers });
  if (answer.status !== 201) throw new Error(`manifest: ${answer.status}`);
  return { tag: `t${i}`, digest: digestOf(manifest), layer: digestOf(layer) };
}

describe('A37: kill -9 in the middle of pushes', () => {
  it('loses nothing that was acknowledged, three times over', async () => {
    const acknowledged: { repository: string; tag: string; digest: string; layer: string }[] = [];
    for (let round = 0; round < 3; round++) {
      const server = await start('killed');
      const pushers = Array.from({ length: 6 }, async (_, p) => {
        for (let i = 0; i < 500; i++) {
          const repository = `r${round}-${p}`;
          try {
            acknowledged.push({ repository, ...(await pushOne(server, repository, i)) });
          } catch {
            return;
          }
        }
      });
      await pause(500 + 150 * round);
      server.child.kill('SIGKILL');
      await Promise.all(pushers);
      await server.exited;
    }
    expect(acknowledged.length).toBeGreaterThan(20);
    const server = await start('killed');
    for (const { repository, tag, digest, layer } of acknowledged) {
      const manifest = await server.client.request('GET', `/v2/${repository}/manifests/${tag}`);
      expect(digestOf(manifest.body)).toBe(digest);
      expect(digestOf((await server.client.request('GET', `/v2/${repository}/blobs/${layer}`)).body)).toBe(layer);
    }
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
  });
});

describe('SIGTERM', () => {
  it('lets an open upload end, takes nobody new, and exits 0 at once, past connections that say nothing', async () => {
    const server = await start('drained', { https: true });
    const silent: Socket[] = [];
    for (const url of [server.http, server.https ?? '']) {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      silent.push(socket); // one never sends a head, the other never begins its handshake
    }
    const kept = connect({ host: '127.0.0.1', port: Number(new URL(server.http).port) });
    kept.on('error', () => undefined).write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => kept.once('data', resolve));

    const body = randomBytes(200_000);
    const location = (await server.client.request('POST', '/v2/a/blobs/uploads/')).header('Location') ?? '';
    const upload = connect({ host: '127.0.0.1', port: Number(new URL(server.http).port) });
    let answer = '';
    upload.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    upload.write(
      `PUT ${location}?digest=${digestOf(body)} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.basic}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    upload.write(body.subarray(0, 100_000));
    await pause(200);
    const begun = performance.now();
    server.child.kill('SIGTERM');
    await pause(300);
    const refused = await sendRaw(server.http, 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n', { timeoutMs: 1000 });
    expect(refused.statuses).toEqual([]);
    upload.write(body.subarray(100_000));
    expect(await until(() => answer.includes('\r\n\r\n'))).toBe(true);
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(answer).toMatch(/Connection: close\r\n/i);
    const { code, signal } = await server.exited;
    expect([code, signal]).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(8000);
    for (const socket of [...silent, kept, upload]) socket.destroy();
    const again = await start('drained');
    expect((await again.client.request('HEAD', `/v2/a/blobs/${digestOf(body)}`)).status).toBe(200);
    again.child.kill('SIGTERM');
    expect((await again.exited).code).toBe(0);
  });
});

describe('A46: secrets', () => {
  it('are in no log, argument, metric or error, and in files of their owner only', async () => {
    const server = await start('secrets', { https: true, shell: 'umask 0; exec "$@"' });
    const wrong = 'wrong-password-7391';
    const ask = (target: string, Authorization: string, method = 'GET') =>
      server.client.request(method, target, { headers: { Authorization } });
    const token = (await ask('/oauth2/token?service=x&scope=repository:a:pull', server.basic)).json<{
      access_token: string;
    }>().access_token;
    const answers = await Promise.all([
      ask('/v2/', server.basic),
      ask('/v2/', `Bearer ${token}`),
      ask('/v2/a/tags/list', `Bearer ${token}x`),
      ask('/v2/', `Basic ${Buffer.from(`registry:${wrong}`).toString('base64')}`),
      ask(`/v2/?access_token=${token}&password=${server.password}`, server.basic),
      ask(`/oauth2/token?service=x&password=${server.password}`, 'Basic !!'),
      ask(`/nowhere?refresh_token=${token}`, server.basic),
      ask('/v2/a/manifests/..', server.basic),
      server.client.request('POST', '/oauth2/token', {
        body: `grant_type=password&username=registry&password=${wrong}&service=x`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      }),
    ]);
    const metrics = (await ask('/metrics', '')).text;
    await pause(700); // the log is written in batches
    server.child.kill('SIGTERM');
    await server.exited;
    const secrets = [
      server.password,
      wrong,
      token,
      token.split('.')[2] ?? '',
      server.basic.slice(6),
      Buffer.from(`registry:${wrong}`).toString('base64'),
    ];
    const places: Record<string, string> = {
      stdout: server.output.stdout,
      stderr: server.output.stderr,
      metrics,
      errors: answers
        .filter((answer) => answer.status >= 400)
        .map((answer) => answer.text + answer.rawHeaders.join())
        .join(),
    };
    expect(places.stderr).toContain('"request"');
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) expect(text.includes(secret), `${place} has ${secret.slice(0, 6)}…`).toBe(false);
    }
  });

  it('are not in the arguments or the environment, and their files are 0600 whatever the umask', async () => {
    const server = await start('files', { https: true, shell: 'umask 0; exec "$@"' });
    for (const file of ['cmdline', 'environ']) {
      expect(readFileSync(`/proc/${server.pid}/${file}`, 'utf8')).not.toContain(server.password);
    }
    expect(statSync(server.dataDir).mode & 0o777).toBe(0o700);
    const entries = readdirSync(server.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const open = entries
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (statSync(path).mode & 0o077) !== 0)
      .map((path) => path.slice(server.dataDir.length + 1))
      .filter((path) => !['lock.db', 'lock.db-journal', 'lock.pid', 'tls/ca.pem', 'tls/server.pem'].includes(path)); // hold no secret
    expect(open).toEqual([]);
    expect(entries.map((entry) => entry.name)).toEqual(
      expect.arrayContaining(['bootstrap.json', 'master.key', 'ca-key.pem', 'server-key.pem']),
    );
    server.child.kill('SIGTERM');
    await server.exited;
  });

  it('are made anew by each installation: there is no default password', async () => {
    const [one, two] = await Promise.all([start('one'), start('two')]);
    expect(one.password).not.toBe(two.password);
    expect(one.password.length).toBeGreaterThanOrEqual(32);
    for (const password of ['', 'admin', 'password', 'registry', 'Harbor12345', 'changeme', two.password]) {
      for (const user of ['registry', 'admin', '']) {
        const headers = { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
        expect((await one.client.request('GET', '/v2/', { headers })).status).toBe(401);
      }
    }
    for (const server of [one, two]) server.child.kill('SIGTERM');
    await Promise.all([one.exited, two.exited]);
  });
});

describe('A29: what runs out', () => {
  it('descriptors: blobs are not called damaged, and all is well when they are back', async () => {
    const server = await start('descriptors', { shell: 'ulimit -n 120; exec "$@"' });
    const bytes = randomBytes(8_000_000); // more than the sockets' buffers take
    const digest = digestOf(bytes);
    expect((await server.client.request('POST', `/v2/a/blobs/uploads/?digest=${digest}`, { body: bytes })).status).toBe(
      201,
    );
    const port = Number(new URL(server.http).port);
    const get = `GET /v2/a/blobs/${digest} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.basic}\r\n\r\n`;
    let text = '';
    const sockets = Array.from({ length: 150 }, () => {
      const socket = connect({ host: '127.0.0.1', port });
      socket
        .on('error', () => undefined)
        .once('data', (chunk: Buffer) => {
          text += chunk.toString('latin1').slice(0, 600);
          socket.pause();
        });
      socket.write(get);
      return socket;
    });
    await pause(1500);
    for (const socket of sockets) socket.destroy();
    expect(text).not.toContain('HTTP/1.1 500');
    expect(text).not.toContain('damaged');
    expect(
      await until(
        async () =>
          (await server.client.request('GET', `/v2/a/blobs/${digest}`).catch(() => undefined))?.status === 200,
      ),
    ).toBe(true);
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
  });
});

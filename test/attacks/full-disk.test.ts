import { hash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { envelopeOf } from './support/answers.ts';
import { canMount, newFolder, type ServerProcess, startProcess } from './support/process.ts';

// A29 on a real file system: a small tmpfs in a mount namespace of the server's own, which needs no root where user
// namespaces are allowed. Where they are not, storage/filesystem/faults.test.ts alone stands for it.

const folder = newFolder();
let server: ServerProcess | undefined;
afterAll(() => {
  server?.child.kill('SIGKILL');
  folder.remove();
});

const digestOf = (bytes: Uint8Array | string) => `sha256:${hash('sha256', bytes, 'hex')}`;
const push = (bytes: Uint8Array) =>
  (server as ServerProcess).client.request('POST', `/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`, { body: bytes });

describe.skipIf(!canMount(folder.path))('A29: a disk that is full', () => {
  it('answers 507 and keeps nothing half, goes on reading, and recovers when there is space again', async () => {
    const mount = join(folder.path, 'small');
    mkdirSync(mount);
    const dataDir = join(mount, 'data');
    const seen = (pid: number) => join(`/proc/${pid}/root`, dataDir);
    server = await startProcess({
      dataDir,
      seenAt: seen,
      shell: `exec unshare -Urm sh -c 'mount -t tmpfs -o size=24m tmpfs ${mount} && exec "$@"' sh "$@"`,
    });
    const { pid, client } = server;
    const kept = randomBytes(1_000_000);
    expect((await push(kept)).status).toBe(201);
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(kept), size: kept.length };
    const put = (tag: string) => {
      const document = { schemaVersion: 2, config, layers: [], annotations: { tag, pad: 'p'.repeat(200_000) } };
      const headers = { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' };
      return client.request('PUT', `/v2/a/manifests/${tag}`, { body: JSON.stringify(document), headers });
    };
    expect((await put('before')).status).toBe(201);

    const large = randomBytes(30_000_000);
    const refused = await push(large);
    expect([refused.status, envelopeOf(refused)], refused.text).toEqual([507, 'UNAVAILABLE']);
    expect((await client.request('HEAD', `/v2/a/blobs/${digestOf(large)}`)).status).toBe(404);

    // Every last byte, so that the database has nowhere to write either.
    const filler = join(seen(pid), 'filler');
    for (let size = 4 * 1024 * 1024; size >= 512; size = size / 2) {
      for (let i = 0; statfsSync(seen(pid)).bavail * 4096 >= size && i < 64; i++) {
        try {
          writeFileSync(`${filler}-${size}-${i}`, Buffer.alloc(size), { flag: 'wx' });
        } catch {
          break;
        }
      }
    }
    for (const attempt of [
      () => put('during'),
      () => push(randomBytes(500_000)),
      () => client.request('POST', '/v2/a/blobs/uploads/'),
    ]) {
      const answer = await attempt();
      expect([503, 507], answer.text).toContain(answer.status);
      envelopeOf(answer);
    }
    expect((await client.request('GET', `/v2/a/blobs/${digestOf(kept)}`)).body).toEqual(kept);
    expect((await client.request('GET', '/v2/a/manifests/before')).status).toBe(200);
    expect((await client.request('GET', '/v2/a/manifests/during')).status).toBe(404);

    for (let size = 4 * 1024 * 1024; size >= 512; size = size / 2) {
      for (let i = 0; i < 64; i++) {
        const path = `${filler}-${size}-${i}`;
        if (existsSync(path)) rmSync(path);
      }
    }
    expect((await put('after')).status).toBe(201);
    const small = randomBytes(300_000);
    expect((await push(small)).status).toBe(201);
    expect((await client.request('GET', `/v2/a/blobs/${digestOf(small)}`)).body).toEqual(small);
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
  }, 30_000);
});

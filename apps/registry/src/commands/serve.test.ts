import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { migrations } from '../metadata/schema.ts';
import { acquireFolderLock } from '../metadata/sqlite/folder-lock.ts';
import { applyMigration, refuseNewerSchema } from '../metadata/sqlite/migrate.ts';

const program = join(import.meta.dirname, '../../../../bin/holdfast');

const PLANES = ['distribution', 'token', 'metadata-api', 'bundle', 'resource-manager', 'identity', 'graph'];

/** In the server: tells at SIGUSR2 what of its own code it has read, and what of Node's. */
const TELL_WHAT_IS_READ = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const files = [];
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
  process.on('SIGUSR2', () => process.stderr.write(JSON.stringify({ files, node: process.moduleLoadList }) + '\\n'));
`)}`;

describe('a start', () => {
  it('reads what pulls need, each other plane with the first request for it, and never the client behind fetch (ADR 0033)', async () => {
    const data = await mkdtemp(join(tmpdir(), 'hf-serve-'));
    const child = spawn(program, ['serve', '--data', data, '--http', '127.0.0.1:0', '--https', 'off'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: `--import ${TELL_WHAT_IS_READ}`, HOLDFAST_LOG_LEVEL: 'silent' },
    });
    const lines = async (stream: Readable) => JSON.parse((await once(createInterface(stream), 'line'))[0]);
    const read = async () => {
      const told = lines(child.stderr);
      child.kill('SIGUSR2');
      const { files, node } = (await told) as { files: string[]; node: string[] };
      const rooms = PLANES.filter((room) => files.some((url) => url.endsWith(`/apps/registry/src/${room}/routes.ts`)));
      return { rooms, ofFetch: node.filter((name) => name.includes('undici')) };
    };
    try {
      const { http } = (await lines(child.stdout)) as { http: string };
      expect((await fetch(`${http}/v2/`)).status).toBe(401);
      expect(await read()).toEqual({ rooms: ['distribution', 'token'], ofFetch: [] });
      expect((await fetch(`${http}/metadata/endpoints?api-version=2022-09-01`)).status).toBe(200);
      expect(await read()).toEqual({ rooms: ['distribution', 'token', 'resource-manager'], ofFetch: [] });
      for (const path of ['/acr/v1/_catalog', '/holdfast/v1/_key', '/v1.0/me']) {
        expect((await fetch(`${http}${path}`)).status, path).toBe(401);
      }
      expect((await fetch(`${http}/adfs/.well-known/openid-configuration`)).status).toBe(200);
      expect(await read()).toEqual({ rooms: PLANES, ofFetch: [] });
    } finally {
      child.kill('SIGTERM');
      await once(child, 'close');
      await rm(data, { recursive: true });
    }
  });

  it('says that it brings the database of an earlier program up to date, and what that took', async () => {
    const data = await mkdtemp(join(tmpdir(), 'hf-serve-'));
    const database = new DatabaseSync(join(data, 'metadata.db'));
    refuseNewerSchema(database, migrations);
    for (const migration of migrations.slice(0, -1)) applyMigration(database, migration);
    database.close();
    const child = spawn(program, ['serve', '--data', data, '--http', '127.0.0.1:0', '--https', 'off'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      await once(child.stdout, 'data');
      child.kill('SIGTERM');
      await once(child, 'close');
      const { version, name } = migrations.at(-1) as (typeof migrations)[number];
      expect(
        log.split('\n').flatMap((line) => (line.includes('metadata database') ? [JSON.parse(line)] : [])),
      ).toMatchObject([
        {
          level: 'info',
          schema: version,
          newest: version,
          msg: expect.stringContaining(`to schema ${version} (${name})`),
        },
        { level: 'info', schema: version, seconds: expect.any(Number), msg: 'the metadata database is up to date' },
      ]);
    } finally {
      child.kill('SIGKILL');
      await rm(data, { recursive: true });
    }
  });
});

describe('a start that fails half-way', () => {
  it('says which port is taken, ends with 1 and lets go of the data folder', async () => {
    const data = await mkdtemp(join(tmpdir(), 'hf-serve-'));
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      // HTTP is listening already when HTTPS finds its port taken.
      const args = ['serve', '--data', data, '--http', '127.0.0.1:0', '--https', `127.0.0.1:${port}`];
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let told = '';
      child.stderr.on('data', (chunk: Buffer) => {
        told += chunk.toString();
      });
      const [code] = await once(child, 'close');
      expect([code, told]).toEqual([1, expect.stringContaining(`127.0.0.1:${port} of --https cannot be listened on`)]);
      acquireFolderLock(data).release();
    } finally {
      taken.close();
      await rm(data, { recursive: true });
    }
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireFolderLock } from '../metadata/sqlite/folder-lock.ts';

const program = join(import.meta.dirname, '../../../../bin/holdfast');

/** What a start reads, and behind it the planes in the order in which they are asked for, each with what it answers to nobody. */
const AT_ONCE = ['distribution', 'token', 'portal'];
const PLANES = [
  ['/acr/v1/_catalog', 401, 'metadata-api'],
  ['/holdfast/v1/_key', 401, 'bundle'],
  ['/metadata/endpoints?api-version=2022-09-01', 200, 'resource-manager'],
  ['/adfs/.well-known/openid-configuration', 200, 'identity'],
  ['/v1.0/me', 401, 'graph'],
] as const;

/** In the server: tells at SIGUSR2 what of its own code it has read, and what of Node's. */
const TELL_WHAT_IS_READ = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const files = [];
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
  process.on('SIGUSR2', () => process.stdout.write(JSON.stringify({ files, node: process.moduleLoadList }) + '\\n'));
`)}`;

/** A server that tells it; killed at the end of the test, whatever became of it. */
async function start() {
  const data = await mkdtemp(join(tmpdir(), 'hf-serve-'));
  const child = spawn(program, ['serve', '--data', data, '--http', '127.0.0.1:0', '--https', 'off'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HOLDFAST_LOG_LEVEL: 'warn', NODE_OPTIONS: `--import ${TELL_WHAT_IS_READ}` },
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
    await rm(data, { recursive: true });
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the server has ended');
    return JSON.parse(value);
  };
  const { http } = (await nextLine()) as { http: string };
  return { child, http, nextLine };
}

describe('a start', () => {
  it('reads what pulls need, each other plane with the first request for it, and never the client behind fetch (ADR 0033)', async () => {
    const { child, http, nextLine } = await start();
    const rooms = [...AT_ONCE, ...PLANES.map(([, , room]) => room)];
    const read = async () => {
      child.kill('SIGUSR2');
      const { files, node } = (await nextLine()) as { files: string[]; node: string[] };
      const own = files.flatMap((url) => /\/apps\/registry\/src\/(.*)\.ts$/.exec(url)?.[1] ?? []);
      return {
        rooms: rooms.filter((room) => own.includes(`${room}/routes`)),
        works: own.filter((name) => /^bundle\/(?:create|apply|import-archive)$/.test(name)),
        ofFetch: node.filter((name) => name.includes('undici')),
      };
    };
    const asked: string[] = [...AT_ONCE];
    expect((await fetch(`${http}/v2/`)).status).toBe(401);
    expect(await read()).toEqual({ rooms: asked, works: [], ofFetch: [] });
    for (const [path, status, room] of PLANES) {
      expect((await fetch(`${http}${path}`)).status, path).toBe(status);
      asked.push(room);
      expect(await read(), path).toMatchObject({ rooms: asked, ofFetch: [] });
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

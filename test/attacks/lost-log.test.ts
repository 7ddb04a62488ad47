import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../support/http-client.ts';
import { canMount, newFolder, type ServerProcess, startProcess, watchedSpawn } from './support/process.ts';
import { pause, until } from './support/raw.ts';

// A29, the log: its disk is full, or its reader is gone. The registry goes on, and says how much is missing when it can.

const folder = newFolder();
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  folder.remove();
});

/** Each makes a line of 2 kB, so that they soon are more than is kept in memory. */
const REQUESTS = 4000;
const pad = 'p'.repeat(1900);
const mark = (i: number) => `/livez?mark=${i}&${pad}`;

async function askAll(server: ServerProcess): Promise<void> {
  for (let i = 0; i < REQUESTS; i += 40) {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, j) => server.client.request('GET', mark(i + j))));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
  }
}

async function lostSoFar(server: ServerProcess): Promise<number> {
  const { text } = await server.client.request('GET', '/metrics?mark=');
  return Number(/^holdfast_log_lines_lost_total (\d+)$/m.exec(text)?.[1]);
}

/** What a log says of the requests that were marked: those it has, and how many lines it owns to have lost. */
function accountOf(log: string): { kept: number; lost: number; reason: string | undefined } {
  const lines = log.split('\n').filter((line) => line !== '');
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>); // none is torn
  const notices = parsed.filter(({ msg }) => typeof msg === 'string' && msg.startsWith('log lines were lost'));
  return {
    kept: parsed.filter(({ url }) => typeof url === 'string' && url.includes('mark=')).length,
    lost: notices.reduce((sum, { lines: count }) => sum + Number(count), 0),
    reason: notices[0]?.reason as string | undefined,
  };
}

async function expectAccounted(server: ServerProcess, log: () => string, reason: string, asked: number): Promise<void> {
  expect(await until(() => /"msg":"log lines were lost[^\n]*\n/.test(log()), 10_000)).toBe(true);
  const before = accountOf(log());
  expect(before.reason).toBe(reason);
  expect(before.lost).toBeGreaterThan(0);
  expect(before.kept + before.lost).toBe(asked); // not one is missing unsaid
  await server.client.request('GET', '/livez?after');
  expect(await until(() => log().includes('/livez?after'))).toBe(true);
  expect(await lostSoFar(server)).toBe(before.lost);
}

describe('A29: a log that cannot be written', () => {
  it('since its reader went away, stops nobody; the next reader is told how many lines are missing', async () => {
    const fifo = join(folder.path, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const read = () => {
      const reader = watchedSpawn(children, 'cat', [fifo]);
      const text = { value: '' };
      reader.stdout?.on('data', (chunk: Buffer) => {
        text.value += chunk.toString();
      });
      return { reader, text };
    };
    const first = read();
    const server = await startProcess({ dataDir: join(folder.path, 'piped'), shell: `exec "$@" 2>${fifo}` });
    children.add(server.child);
    await server.client.request('GET', '/livez?before');
    expect(await until(() => first.text.value.includes('/livez?before'))).toBe(true);
    first.reader.kill('SIGKILL');
    await new Promise((resolve) => first.reader.once('close', resolve));
    await askAll(server);
    await pause(700); // at least one attempt to write failed
    expect(await lostSoFar(server)).toBeGreaterThan(0);
    const second = read();
    await expectAccounted(server, () => second.text.value, 'EPIPE', REQUESTS + 1);
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
  }, 40_000);

  it('at the end, either, does not keep the process', async () => {
    const server = await startProcess({ dataDir: join(folder.path, 'full'), shell: 'exec "$@" 2>/dev/full' });
    children.add(server.child);
    for (let i = 0; i < 50; i++) expect((await server.client.request('GET', '/v2/')).status).toBe(200);
    await pause(700);
    expect((await server.client.request('GET', '/nowhere')).status).toBe(404);
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
  });

  it('and a stdout that nobody reads stop nobody', async () => {
    const dataDir = join(folder.path, 'unread');
    const bin = join(import.meta.dirname, '../../bin/holdfast');
    const listen = ['--http', '127.0.0.1:0', '--https', 'off'];
    const child = watchedSpawn(children, bin, ['serve', '--data', dataDir, ...listen]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    const file = join(dataDir, 'bootstrap.json');
    expect(await until(() => existsSync(file), 10_000)).toBe(true);
    const { registry } = JSON.parse(readFileSync(file, 'utf8')) as { registry: { loginServer: string } };
    const client = new HttpClient(`http://127.0.0.1:${registry.loginServer.split(':')[1]}`);
    await pause(1000); // it has announced itself by now
    for (let i = 0; i < 50; i++) expect((await client.request('GET', mark(i))).status).toBe(200);
    expect(child.exitCode).toBeNull();
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await client.close();
  });
});

// In a mount namespace of the server's own, which needs no root where user namespaces are allowed.
describe.skipIf(!canMount(folder.path))('A29: the disk of the log', () => {
  it('is full: the registry goes on, and when there is space again the log says how many lines it lacks', async () => {
    const mount = join(folder.path, 'small');
    mkdirSync(mount);
    const inside = (pid: number, name: string) => join(`/proc/${pid}/root`, mount, name);
    const server = await startProcess({
      dataDir: join(folder.path, 'elsewhere'),
      shell: `exec unshare -Urm sh -c 'mount -t tmpfs -o size=16m tmpfs ${mount} && exec "$@" 2>${mount}/log' sh "$@"`,
    });
    children.add(server.child);
    const { bavail, bsize } = statfsSync(inside(server.pid, ''));
    writeFileSync(inside(server.pid, 'filler'), Buffer.alloc(bavail * bsize - 64 * 1024)); // some lines still fit
    await askAll(server);
    await pause(700);
    const kept = Buffer.from('a blob on the other disk');
    const digest = `sha256:${(await import('node:crypto')).hash('sha256', kept, 'hex')}`;
    const pushed = await server.client.request('POST', `/v2/a/blobs/uploads/?mark=&digest=${digest}`, {
      body: kept,
    });
    expect(pushed.status).toBe(201);
    expect(await lostSoFar(server)).toBeGreaterThan(0);
    rmSync(inside(server.pid, 'filler'));
    await expectAccounted(server, () => readFileSync(inside(server.pid, 'log'), 'utf8'), 'ENOSPC', REQUESTS + 2);
    server.child.kill('SIGTERM');
    expect((await server.exited).code).toBe(0);
  }, 40_000);
});

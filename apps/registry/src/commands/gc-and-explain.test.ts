import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { newBytes, pushBlob, pushImage, type TestDescriptor, type TestImage } from '../distribution/test-content.ts';
import { openSqliteMetadataStore } from '../metadata/sqlite/open.ts';
import { FakeClock } from '../platform/clock.ts';

const main = join(import.meta.dirname, '../main.ts');

/** The real program; not waited for synchronously, since a server runs in this process. */
async function run(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (told.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number];
  return { status, ...told, json: <T>() => JSON.parse(told.stdout) as T };
}

const DAY = 86_400_000;
/** The server lives three days ago, so that for the commands everything that it does is older than the grace period. */
const clock = new FakeClock(new Date(Date.now() - 3 * DAY));
let registry: TestRegistry;
let base: TestDescriptor;
let pending: TestDescriptor;
let released: TestDescriptor;
let kept: TestImage;
beforeAll(async () => {
  registry = await startRegistry({ clock });
  base = await pushBlob(registry, 'shop/one', newBytes(1000));
  await registry.ask('POST', `/v2/shop/two/blobs/uploads/?mount=${base.digest}&from=shop/one`);
  kept = await pushImage(registry, 'shop/one', { tag: 'v1', layers: [base] });
  pending = await pushBlob(registry, 'shop/one', newBytes(300));
  released = await pushBlob(registry, 'shop/two', newBytes(5000));
  const gone = await pushImage(registry, 'shop/two', { tag: 'v1', layers: [base, released] });
  await registry.ask('DELETE', `/v2/shop/two/manifests/${gone.digest}`);
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});
const on = (...args: string[]) => run(...args, '--data', registry.dataDir);

describe('holdfast gc', () => {
  it('explains itself, and ends with 3 where no registry ever was', async () => {
    expect(await run('gc', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: holdfast gc'),
    });
    expect((await run('gc', '--now')).status).toBe(2);
    const folder = await mkdtemp(join(tmpdir(), 'hf-gc-'));
    expect(await run('gc', '--dry-run', '--data', folder)).toMatchObject({ status: 3, stdout: '' });
    await rm(folder, { recursive: true });
  });

  it('says beside a running server what would be freed, and changes nothing', async () => {
    const dry = await on('gc', '--dry-run', '--json');
    const report = dry.json<{ graceHours: number; now: { count: number; bytes: number }; waiting: object }>();
    // The pushed one, the released one with its config; the base is needed elsewhere.
    expect(report).toMatchObject({ graceHours: 24, now: { count: 3 }, waiting: { count: 0, bytes: 0 } });
    expect(report.now.bytes).toBeGreaterThanOrEqual(5300);
    expect((await on('gc', '--dry-run')).stdout).toMatch(
      /^3 blobs \(5\.\d+ KiB\) would be freed now\.\n0 blobs \(0 bytes\) wait/,
    );
    expect((await registry.ask('GET', `/v2/shop/two/blobs/${released.digest}`)).status).toBe(200);
    const refused = await on('gc');
    expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('--dry-run') });
  });

  it('lists what waits, oldest first, and why', async () => {
    const lines = (await on('gc', '--dry-run', '--list')).stdout.trim().split('\n');
    const listed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(listed).toHaveLength(4);
    const of = (digest: string) => listed.find((line) => line.digest === digest);
    expect(of(pending.digest)).toMatchObject({
      registry: 'registry',
      repository: 'shop/one',
      state: 'pushed',
      size: 300,
    });
    expect(of(released.digest)).toMatchObject({ repository: 'shop/two', state: 'released', size: 5000 });
    expect(of(base.digest)).toMatchObject({ repository: 'shop/two', state: 'released' });
  });
});

describe('holdfast explain', () => {
  it('explains itself, and refuses what it cannot read', async () => {
    expect((await run('explain', '--help')).stdout).toContain('Usage: holdfast explain blob DIGEST');
    for (const wrong of [
      [],
      ['blob'],
      ['blob', 'sha256:1'],
      ['manifest', 'a:b'],
      ['manifest', 'r/A:b'],
      ['usage'],
      ['x', 'y'],
    ]) {
      expect((await on('explain', ...wrong)).status, wrong.join(' ')).toBe(2);
    }
    for (const unknown of [
      ['blob', digestOf('nobody')],
      ['manifest', 'registry/shop/one:v9'],
      ['manifest', 'nowhere/shop/one:v1'],
      ['usage', 'nowhere'],
    ]) {
      const answer = await on('explain', ...unknown);
      expect([answer.status, answer.stdout]).toEqual([3, '']);
      expect(answer.stderr).toContain(unknown[1]);
    }
  });

  it('says of a blob which tags need it, and which repositories will let it go', async () => {
    const { stdout } = await on('explain', 'blob', base.digest);
    expect(stdout).toContain(`blob ${base.digest}, 1000 bytes\n`);
    expect(stdout).toContain(`registry/shop/one: kept, needed by\n  ${kept.digest}  v1\n`);
    expect(stdout).toMatch(/registry\/shop\/two: its last manifest was deleted \S+; it goes after \S+\n/);
    expect((await on('explain', 'blob', pending.digest)).stdout).toMatch(/pushed \S+, no manifest names it yet/);
    const json = (await on('explain', 'blob', base.digest, '--json')).json<{ holders: { state: string }[] }>();
    expect(json.holders.map(({ state }) => state)).toEqual(['named', 'released']);
  });

  it('says of a manifest what hangs on it and what its deletion frees', async () => {
    const { stdout } = await on('explain', 'manifest', 'registry/shop/one:v1');
    expect(stdout).toContain(`manifest registry/shop/one@${kept.digest}\n`);
    expect(stdout).toContain('Never pulled, as far as is known\nTags: v1\n');
    expect(stdout).toContain(`  ${base.digest}  layer, 1000 bytes\n`);
    expect(stdout).toContain('It can be deleted.\n');
    const config = (JSON.parse(kept.bytes.toString()) as { config: { size: number } }).config.size;
    const json = (await on('explain', 'manifest', `registry/shop/one@${kept.digest}`, '--json')).json<object>();
    expect(json).toMatchObject({ deletingFrees: { count: 2, bytes: 1000 + config + kept.size } });
  });

  it('names the lock that keeps a manifest', async () => {
    const lock = await registry.ask('PATCH', '/acr/v1/shop/one/_tags/v1', {
      body: '{"deleteEnabled":false}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(lock.status).toBe(200);
    const { stdout } = await on('explain', 'manifest', 'registry/shop/one:v1');
    expect(stdout).toMatch(/It cannot be deleted: the lock delete on the tag v1, set by the admin user registry\.\n/);
  });

  it('says of what is soft-deleted until when it can be restored', async () => {
    const image = await pushImage(registry, 'shop/three', { tag: 'v1' });
    await registry.halt();
    const store = openSqliteMetadataStore({ path: join(registry.dataDir, 'metadata.db') });
    await store.transaction(async (tx) => {
      const row = await tx.registries.byName('registry');
      const policies = JSON.stringify({ softDelete: { status: 'enabled', retentionDays: 5 } });
      if (row) await tx.registries.update({ ...row, policies });
    });
    await store.close();
    await registry.resume();
    await registry.ask('DELETE', `/v2/shop/three/manifests/${image.digest}`);
    const manifest = await on('explain', 'manifest', `registry/shop/three@${image.digest}`);
    expect(manifest.stdout).toMatch(/\nsoft-deleted until 2\d{3}-\S+Z, deleted 2\S+Z; nobody can pull it\n/);
    expect(manifest.stdout).toContain(`az acr manifest restore -r registry -n shop/three:v1 -d ${image.digest}\n`);
    const blob = await on('explain', 'blob', image.layers[0]?.digest ?? '');
    expect(blob.stdout).toMatch(
      /registry\/shop\/three: kept, needed by\n {2}sha256:\w+ {2}v1, soft-deleted until 2\S+Z\n/,
    );
  });

  it('says what a registry stores, where, and that the figures do not drift', async () => {
    const { stdout } = await on('explain', 'usage', 'registry');
    expect(stdout).toMatch(/^registry stores [\d.]+ KiB of 100 GiB \(quota Default\)\./);
    expect(stdout).toMatch(/\n {2,}[\d.]+ KiB {2}shop\/one\n/);
    expect(stdout).toContain('needed by no manifest');
    expect(stdout).not.toContain('fsck');
    expect((await on('explain', 'usage', 'REGISTRY', '--json')).json<object>()).toMatchObject({
      drift: 0,
      registry: 'registry',
    });
  });
});

describe('holdfast gc on a folder without a server', () => {
  it('frees what it said it would, and nothing that is needed', async () => {
    await registry.halt();
    const freed = (await on('gc', '--json')).json<object>();
    expect(freed).toMatchObject({ freed: 3, unlinked: 6 });
    expect((await on('gc', '--dry-run', '--json')).json<object>()).toMatchObject({ now: { count: 0, bytes: 0 } });
    expect(await on('gc')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('0 blobs (0 bytes) were freed'),
    });
    await registry.resume();
    const get = async (path: string) => (await registry.ask('GET', path)).status;
    expect(await get(`/v2/shop/one/blobs/${base.digest}`)).toBe(200);
    expect(await get(`/v2/shop/one/manifests/v1`)).toBe(200);
    expect(await get(`/v2/shop/one/blobs/${pending.digest}`)).toBe(404);
    expect(await get(`/v2/shop/two/blobs/${released.digest}`)).toBe(404);
  });
});

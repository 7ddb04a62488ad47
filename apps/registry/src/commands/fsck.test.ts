import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { descriptorOf, newBytes, pushBlob, pushImage, type TestImage } from '../distribution/test-content.ts';
import { changeRows, readRows } from '../metadata/sqlite/test-database.ts';
import { blobPath, layoutOf } from '../storage/filesystem/layout.ts';
import { runProgram } from './test-program.ts';

let registry: TestRegistry;
let image: TestImage;
beforeEach(async () => {
  registry = await startRegistry();
  image = await pushImage(registry, 'team/app', { tag: 'v1' });
  await registry.halt();
});
afterEach(async () => {
  await registry.resume();
  await registry.stop();
});

const run = (...args: string[]) => runProgram('fsck', '--data', registry.dataDir, ...args);
const file = (digest: Digest) => blobPath(layoutOf(registry.dataDir), digest).file;
const layer = () => image.layers[0]?.digest as Digest;

const database = () => join(registry.dataDir, 'metadata.db');
const damage = (sql: string, ...parameters: (string | number)[]) =>
  expect(changeRows(database(), sql, ...parameters)).toBeGreaterThan(0);

const kindsOf = (stdout: string) => (JSON.parse(stdout) as { found: { kind: string }[] }).found.map(({ kind }) => kind);

/** Found as it is, then repaired, then gone. */
async function expectRepaired(kind: string, of: string): Promise<void> {
  const found = await run();
  expect([found.status, found.stderr]).toEqual([1, '']);
  expect(found.stdout).toContain(`${kind} ${of}: `);
  expect(found.stdout).toContain('1 found, 0 repaired. Stop the server and run holdfast fsck --repair.');
  const repaired = await run('--repair', '--json');
  expect([repaired.status, kindsOf(repaired.stdout)]).toEqual([0, [kind]]);
  const again = await run();
  expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('All of it agrees.')]);
}

/** What was repaired serves: the image can be pulled, deleted and pushed. */
async function expectServing(): Promise<void> {
  await registry.resume();
  expect((await registry.ask('GET', `/v2/team/app/blobs/${layer()}`)).status).toBe(200);
  expect((await registry.ask('DELETE', `/v2/team/app/manifests/${image.digest}`)).status).toBe(202);
  await pushImage(registry, 'team/app', { tag: 'v2' });
  expect((await registry.ask('GET', '/v2/_catalog')).json<{ repositories: string[] }>().repositories).toEqual([
    'team/app',
  ]);
  expect(registry.problems).toEqual([]);
  await registry.halt();
}

describe('holdfast fsck', () => {
  it('explains itself', async () => {
    const help = await run('--help');
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('Usage: holdfast fsck')]);
    expect((await run('--mend')).status).toBe(2);
    expect((await runProgram('fsck', '--data', join(registry.dataDir, 'none'))).status).toBe(3);
  });

  it('finds nothing where all agrees, and repairs nothing then', async () => {
    for (const args of [[], ['--repair']]) {
      const clean = await run(...args);
      expect([clean.status, clean.stderr]).toEqual([0, '']);
      expect(clean.stdout).toContain('2 blobs, 2 files, 2 links, 1 repositories, 1 registries were looked at.');
    }
  });

  it('looks beside a running server, repairs nothing there, and says why', async () => {
    damage("UPDATE repositories SET tag_count = 7 WHERE name = 'team/app'");
    await registry.resume();
    const found = await run('--json');
    expect([found.status, kindsOf(found.stdout)]).toEqual([1, ['tag-count']]);
    const refused = await run('--repair');
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('A server is running')]);
    // The bytes of a push that is not finished are nobody's damage.
    const young = descriptorOf(newBytes(), 'x').digest;
    await mkdir(dirname(file(young)), { recursive: true });
    await writeFile(file(young), newBytes());
    expect(kindsOf((await run('--json')).stdout)).toEqual(['tag-count']);
    await registry.halt();
  });
});

describe('fsck --repair', () => {
  it('refuses what has lost its bytes until it is pushed again', async () => {
    await rm(file(layer()));
    const found = await run();
    expect([found.status, found.stdout]).toEqual([
      1,
      expect.stringContaining(`blob-missing ${layer()}: its bytes are not there\n`),
    ]);
    const marked = await run('--repair');
    expect([marked.status, marked.stdout]).toEqual([1, expect.stringContaining('[refused until it is pushed again]')]);
    expect((await run()).status).toBe(0); // it is known now
    await registry.resume();
    const refused = await registry.ask('GET', `/v2/team/app/blobs/${layer()}`);
    expect([refused.status, refused.text]).toEqual([404, expect.stringContaining('Push the blob again')]);
    await registry.halt();
  });

  it('refuses what has another length', async () => {
    await truncate(file(layer()), 10);
    const marked = await run('--repair');
    expect([marked.status, marked.stdout]).toEqual([
      1,
      expect.stringContaining(`blob-wrong-size ${layer()}: it has 10 bytes, not 1000 [refused`),
    ]);
  });

  it('sets a wrong size in a row right when the bytes are the digest’s', async () => {
    damage('UPDATE blobs SET size = 5 WHERE digest = ?', layer());
    damage('UPDATE registry_usage SET bytes = bytes - 995');
    const repaired = await run('--repair', '--json');
    expect(kindsOf(repaired.stdout)).toEqual(['blob-wrong-size', 'usage']);
    expect((await run()).status).toBe(0);
    await expectServing();
  });

  it('forgets a row without bytes that nothing links', async () => {
    const lost = descriptorOf(newBytes(), 'x').digest;
    damage('INSERT INTO blobs (digest, size, link_count, unlinked_at) VALUES (?, 5, 0, 1)', lost);
    await expectRepaired('blob-missing', lost);
  });

  it('removes bytes that no row knows', async () => {
    const bytes = newBytes();
    const { digest } = descriptorOf(bytes, 'x');
    await mkdir(dirname(file(digest)), { recursive: true });
    await writeFile(file(digest), bytes);
    await expectRepaired('bytes-unknown', digest);
    expect(await readdir(dirname(file(digest)))).not.toContain(digest.slice(7));
  });

  it.each([
    ['too many', 'UPDATE blobs SET link_count = 3 WHERE digest = ?'],
    ['none', 'UPDATE blobs SET link_count = 0, unlinked_at = 1 WHERE digest = ?'],
  ])('counts the links of a blob: %s', async (_, sql) => {
    damage(sql, layer());
    await expectRepaired('link-count', layer());
    await expectServing();
  });

  it.each([0, 1])('sets whether a manifest names a blob: it was %d', async (flag) => {
    await registry.resume();
    const free = await pushBlob(registry, 'team/app');
    await registry.halt();
    const digest = flag === 0 ? layer() : free.digest;
    damage('UPDATE repository_blobs SET referenced = ? WHERE digest = ?', flag, digest);
    await expectRepaired('referenced-flag', `team/app@${digest}`);
    await expectServing();
  });

  it.each([
    ['manifest-count', "UPDATE repositories SET manifest_count = 5 WHERE name = 'team/app'"],
    ['manifest-count', "UPDATE repositories SET manifest_count = 0, listed = 0 WHERE name = 'team/app'"],
    ['tag-count', "UPDATE repositories SET tag_count = 0 WHERE name = 'team/app'"],
    ['lock-count', "UPDATE repositories SET lock_count = 2 WHERE name = 'team/app'"],
    ['byte-count', "UPDATE repositories SET stored_bytes = stored_bytes + 5 WHERE name = 'team/app'"],
    ['shared-byte-count', "UPDATE repositories SET shared_bytes = shared_bytes + 5 WHERE name = 'team/app'"],
    ['own-blob-count', "UPDATE repositories SET own_blobs = own_blobs + 5 WHERE name = 'team/app'"],
    ['logical-byte-count', "UPDATE repositories SET logical_bytes = 0 WHERE name = 'team/app'"],
  ])('counts what a repository has: %s', async (kind, sql) => {
    damage(sql);
    await expectRepaired(kind, 'team/app');
    await expectServing();
  });

  it('counts the bytes of a registry', async () => {
    damage('UPDATE registry_usage SET bytes = 1');
    await expectRepaired('usage', 'registry');
    await expectServing();
  });

  it('leaves a row in the activity log for each thing that it repaired', async () => {
    damage('UPDATE registry_usage SET bytes = 1');
    await run('--repair');
    const rows = readRows(database(), "SELECT target, reason FROM audit WHERE action = 'fsck.repair'");
    expect(rows).toEqual([{ target: 'registry', reason: expect.stringContaining('usage: 1 bytes') }]);
  });
});

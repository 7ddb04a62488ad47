import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { readManifest } from '../backup/manifest.ts';
import { newBytes, pushBlob, pushImage } from '../distribution/test-content.ts';
import { blobPath, layoutOf } from '../storage/filesystem/layout.ts';
import { runProgram, startProgram } from './test-program.ts';

let registry: TestRegistry;
let folder: string;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => {
  expect(registry.problems).toEqual([]);
  await registry.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-backup-'));
});
afterEach(() => rm(folder, { recursive: true }));

const to = (name = 'backup') => join(folder, name);
const backUp = (...more: string[]) => runProgram('backup', '--data', registry.dataDir, '--to', to(), ...more);
const restore = (data = to('restored'), from = to()) => runProgram('restore', '--from', from, '--data', data);

async function backUpJson(...more: string[]) {
  const done = await backUp('--json', ...more);
  expect([done.status, done.stderr]).toEqual([0, '']);
  return JSON.parse(done.stdout) as {
    blobs: { count: number };
    copied: { count: number };
    removed: number;
    snapshot: string;
    takenAt: string;
  };
}

/** A server on what was restored. */
async function restored<T>(work: (other: TestRegistry) => Promise<T>, from = to()): Promise<T> {
  const prepare = async (dataDir: string) => {
    const done = await restore(dataDir, from);
    expect([done.status, done.stderr]).toEqual([0, '']);
  };
  const other = await startRegistry({ prepare });
  try {
    return await work(other);
  } finally {
    expect(other.problems).toEqual([]);
    await other.stop();
  }
}

const tagsOf = async (of: TestRegistry, repository: string) =>
  (await of.ask('GET', `/v2/${repository}/tags/list`)).json<{ tags: string[] }>().tags;

describe('holdfast backup and restore', () => {
  it('explain themselves, and say what is wrong with their options', async () => {
    for (const command of ['backup', 'restore']) {
      expect(await runProgram(command, '--help')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`Usage: holdfast ${command}`),
      });
      expect((await runProgram(command)).status).toBe(2);
      expect((await runProgram(command, '--to', '/x', '--from', '/x', '--fast')).status).toBe(2);
    }
    const inside = await runProgram('backup', '--data', registry.dataDir, '--to', join(registry.dataDir, 'b'));
    expect([inside.status, inside.stderr]).toEqual([2, expect.stringContaining('lies in the data folder')]);
  });

  it('leave out volumes of bundles, which lie where uploads do, and the room that they keep', async () => {
    const begun = await registry.ask('POST', '/holdfast/v1/_files', {
      body: JSON.stringify({ name: 'v.tar', size: 5000 }),
    });
    expect(begun.status, begun.text).toBe(201);
    const key = (await registry.ask('GET', '/holdfast/v1/_key')).text;
    await backUpJson();
    await restored(async (other) => {
      expect((await other.ask('GET', '/holdfast/v1/_files')).json()).toEqual({ files: [] });
      expect((await other.ask('GET', '/holdfast/v1/_key')).text).toBe(key);
      const tags = [{ repository: 'a', tag: '1', digest: `sha256:${'0'.repeat(64)}` }];
      const body = JSON.stringify({ bytes: 0, tags });
      const [there, here] = [other, registry].map((site) => site.ask('POST', '/holdfast/v1/a/_plan', { body }));
      const left = async (answer: typeof there) => (await answer)?.json<{ room: { left: number } }>().room.left ?? 0;
      expect((await left(there)) - (await left(here))).toBe(5000);
    });
    await registry.ask('DELETE', `/holdfast/v1/_files/${begun.json<{ id: string }>().id}`);
  });

  it('end with 3 where there is nothing to back up or to restore', async () => {
    expect((await runProgram('backup', '--data', to('none'), '--to', to())).status).toBe(3);
    await mkdir(to('empty'));
    const none = await restore(to('restored'), to('empty'));
    expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('no finished backup')]);
  });

  it('bring back what was there, passwords included, and nothing that came later', async () => {
    const image = await pushImage(registry, 'kept/app', { tag: 'v1' });
    await backUpJson();
    await pushImage(registry, 'kept/app', { tag: 'later' });
    await restored(async (other) => {
      expect(other.password).toBe(registry.password);
      expect(await tagsOf(other, 'kept/app')).toEqual(['v1']);
      expect((await other.ask('GET', `/v2/kept/app/manifests/v1`)).body).toEqual(image.bytes);
      const [layer] = image.layers;
      expect((await other.ask('GET', `/v2/kept/app/blobs/${layer?.digest}`)).body).toHaveLength(layer?.size ?? 0);
      await pushImage(other, 'kept/app', { tag: 'v2' });
      expect(await tagsOf(other, 'kept/app')).toEqual(['v1', 'v2']);
    });
  });

  it('copy only what is new the second time, and keep nothing that nobody names any more', async () => {
    await pushImage(registry, 'again/app', { tag: 'v1' });
    const first = await backUpJson();
    expect(first.copied.count).toBe(first.blobs.count);
    await pushImage(registry, 'again/app', { tag: 'v2' });
    await pushImage(registry, 'again/gone', { tag: 'v1' });
    expect((await backUpJson()).copied.count).toBe(4);
    expect((await registry.ask('DELETE', '/acr/v1/again/gone')).status).toBe(202);
    const third = await backUpJson();
    expect([third.copied.count, third.removed]).toEqual([0, 2]);
    expect(await readdir(to('backup/snapshots'))).toEqual([third.snapshot]);
    await restored(async (other) => {
      expect(await tagsOf(other, 'again/app')).toEqual(['v1', 'v2']);
    });
  });

  it('work on a stopped server, too', async () => {
    const other = await startRegistry();
    await pushImage(other, 'cold', { tag: 'v1' });
    await other.halt();
    const done = await runProgram('backup', '--data', other.dataDir, '--to', to());
    expect([done.status, done.stderr]).toEqual([0, '']);
    await other.resume();
    await other.stop();
    await restored(async (again) => expect(await tagsOf(again, 'cold')).toEqual(['v1']));
  });

  it('leave the secrets out when they are told to, and say so', async () => {
    const without = await backUp('--without-secrets');
    expect([without.status, without.stdout]).toEqual([0, expect.stringContaining('The master key is not in it')]);
    const { snapshot } = (await readManifest(to())) ?? { snapshot: '' };
    expect(await readdir(join(to(), 'snapshots', snapshot))).toEqual(['metadata.db']);
    const done = await restore();
    expect([done.status, done.stdout]).toEqual([0, expect.stringContaining('secrets/master.key')]);
    const start = await runProgram('serve', '--data', to('restored'), '--http', '127.0.0.1:0', '--https', 'off');
    expect([start.status, start.stderr]).toEqual([1, expect.stringContaining('master.key is missing')]);
    await mkdir(to('restored/secrets'), { recursive: true });
    await cp(join(registry.dataDir, 'secrets/master.key'), to('restored/secrets/master.key'));
  });

  it('let only the owner read what is in the folder', async () => {
    const done = await backUp();
    expect(done.stdout).toContain('The master key and the keys of the certificates are in it');
    const files = await readdir(to(), { recursive: true, withFileTypes: true });
    expect(files.map(({ name }) => name)).toContain('master.key');
    for (const file of files) {
      const { mode } = await stat(join(file.parentPath, file.name));
      // lock.db is SQLite's and holds nothing.
      if (!file.name.startsWith('lock.')) expect([file.name, mode & 0o077]).toEqual([file.name, 0]);
    }
  });

  it('take no folder that holds something else, and no other site', async () => {
    await mkdir(to());
    await writeFile(to('backup/letter.txt'), 'dear');
    const foreign = await backUp();
    expect([foreign.status, foreign.stderr]).toEqual([1, expect.stringContaining('holds letter.txt')]);
    expect(await readdir(to())).toEqual(['letter.txt']);
    await rm(to('backup/letter.txt'));
    await backUpJson();
    const before = await readManifest(to());
    const other = await startRegistry();
    const theirs = await runProgram('backup', '--data', other.dataDir, '--to', to());
    await other.stop();
    expect([theirs.status, theirs.stderr]).toEqual([1, expect.stringContaining('another site')]);
    expect(await readManifest(to())).toEqual(before);
    await mkdir(to('full'));
    await writeFile(to('full/file'), '');
    const full = await restore(to('full'));
    expect([full.status, full.stderr]).toEqual([1, expect.stringContaining('is not empty')]);
  });
});

describe('a backup that would not be whole', () => {
  it('is none: what vanished or is damaged is named, and the former one stays', async () => {
    const before = await pushImage(registry, 'whole/app', { tag: 'v1' });
    await backUpJson();
    const former = await readManifest(to());
    for (const damage of ['vanished', 'changed'] as const) {
      const blob = await pushBlob(registry, 'whole/app');
      await pushImage(registry, 'whole/app', { tag: damage, layers: [blob] });
      const { file } = blobPath(layoutOf(registry.dataDir), blob.digest);
      const bytes = await readFile(file);
      if (damage === 'vanished') await rm(file);
      else await writeFile(file, newBytes(bytes.length));
      const failed = await backUp();
      expect([failed.status, failed.stderr]).toEqual([1, expect.stringContaining(blob.digest)]);
      expect(await readManifest(to())).toEqual(former);
      await writeFile(file, bytes);
    }
    await restored(async (other) => {
      expect((await other.ask('GET', '/v2/whole/app/manifests/v1')).body).toEqual(before.bytes);
      expect(await tagsOf(other, 'whole/app')).toEqual(['v1']);
    });
    await backUpJson();
  });

  it('because the program was killed leaves the former one as it was', async () => {
    await pushImage(registry, 'killed/app', { tag: 'v1' });
    await backUpJson();
    const former = await readManifest(to());
    for (let n = 0; n < 60; n++) await pushBlob(registry, 'killed/app', newBytes(20_000));
    await pushImage(registry, 'killed/app', { tag: 'v2' });
    let unfinished = 0;
    for (const ms of [150, 250, 350, 450, 550]) {
      const child = startProgram('backup', '--data', registry.dataDir, '--to', to());
      const ended = new Promise((resolve) => child.once('close', resolve));
      setTimeout(() => child.kill('SIGKILL'), ms);
      await ended;
      const now = await readManifest(to());
      if (now?.snapshot !== former?.snapshot) break;
      unfinished += 1;
      expect((await restore(to(`after-${ms}`))).status).toBe(0);
    }
    expect(unfinished).toBeGreaterThan(0);
    const { snapshot } = await backUpJson();
    expect(await readdir(to('backup/snapshots'))).toEqual([snapshot]);
    expect(await readdir(to('backup/uploads'))).toEqual([]);
    await restored(async (other) => expect(await tagsOf(other, 'killed/app')).toEqual(['v1', 'v2']));
  });
});

describe('a byte of the backup that flipped', () => {
  const flip = async (path: string) => {
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    await writeFile(path, bytes);
  };

  it('is refused by restore, wherever it is, and nothing is made', async () => {
    const image = await pushImage(registry, 'flipped/app', { tag: 'v1' });
    const { snapshot } = await backUpJson();
    const [layer] = image.layers;
    const blob = layer ? blobPath(layoutOf(to()), layer.digest).file : '';
    const at = join(to(), 'snapshots', snapshot);
    for (const path of [blob, join(at, 'metadata.db'), join(at, 'secrets/master.key'), join(to(), 'backup.json')]) {
      await flip(path);
      const refused = await restore();
      expect([path, refused.status], refused.stderr).toEqual([path, 1]);
      expect(refused.stderr).toContain('The backup cannot be used');
      expect(await readdir(folder)).toEqual(['backup']);
      await flip(path);
    }
    const written = await readFile(join(to(), 'backup.json'), 'utf8');
    await writeFile(join(to(), 'backup.json'), written.replace(/"takenAt": "\d{4}/, '"takenAt": "1999'));
    const altered = await restore();
    expect([altered.status, altered.stderr]).toEqual([1, expect.stringContaining('its checksum is another')]);
    await writeFile(join(to(), 'backup.json'), written);
    await rm(blob);
    const missing = await restore();
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining(`${layer?.digest} is not there`)]);
  });

  it('is found and mended by the next backup with --verify', async () => {
    const image = await pushImage(registry, 'mended/app', { tag: 'v1' });
    await backUpJson();
    await flip(blobPath(layoutOf(to()), image.layers[0]?.digest as never).file);
    expect((await backUpJson()).copied.count).toBe(0);
    expect((await backUpJson('--verify')).copied.count).toBe(1);
    expect((await restore()).status).toBe(0);
  });
});

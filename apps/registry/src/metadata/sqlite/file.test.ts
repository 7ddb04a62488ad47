import { spawn } from 'node:child_process';
import { copyFileSync, fdatasync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { metadataStoreSuite } from '../metadata-store.suite.ts';
import type { MetadataStore } from '../metadata-store.ts';
import { registryRow } from '../test-rows.ts';
import { acquireFolderLock } from './folder-lock.ts';
import { openMemoryMetadataStore, openSqliteMetadataStore } from './open.ts';
import { Connection } from './session.ts';
import { SqliteSettingWriter } from './settings.ts';
import { Writer } from './writer.ts';

const GARBAGE = `sha256:${'ab'.repeat(32)}` as Digest;
const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-metadata-'));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

metadataStoreSuite('SQLite in a file', async () => {
  const store = openSqliteMetadataStore({ path: join(newFolder(), 'metadata.db') });
  await store.migrate();
  return store;
});

const put = (store: MetadataStore, name: string, value = name): Promise<string> =>
  store.transaction((tx) => tx.settings.put(name, value));
const turns = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A sync that tests hold back, let go or fail. */
class HeldSync {
  calls = 0;
  hold = false;
  failure: Error | undefined;
  #waiting: (() => void)[] = [];

  readonly sync = async (descriptor: number): Promise<void> => {
    this.calls++;
    if (this.hold) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.failure) throw this.failure;
    await promisify(fdatasync)(descriptor);
  };

  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function openHeld(
  path = join(newFolder(), 'metadata.db'),
): Promise<{ store: MetadataStore; held: HeldSync; path: string }> {
  const held = new HeldSync();
  const store = openSqliteMetadataStore({ path, sync: held.sync });
  await store.migrate();
  return { store, held, path };
}

describe('durability', () => {
  it('answers, and shows readers, a commit only after its sync', async () => {
    const { store, held } = await openHeld();
    held.hold = true;
    let answered = false;
    const writing = put(store, 'a').then(() => {
      answered = true;
    });
    await turns(20);
    expect(answered).toBe(false);
    expect(await store.read.settings.get('a')).toBeUndefined();
    held.release();
    await writing;
    expect(await store.read.settings.get('a')).toBe('a');
    held.hold = false;
    await store.close();
  });

  it('shows readers the last durable commit while the next one is synced, though nobody read between', async () => {
    const { store, held } = await openHeld();
    await put(store, 'a');
    held.hold = true;
    const writing = put(store, 'b');
    await turns(20);
    expect(await store.read.settings.get('b')).toBeUndefined();
    expect(await store.read.settings.get('a')).toBe('a');
    held.release();
    await writing;
    expect(await store.read.settings.get('b')).toBe('b');
    held.hold = false;
    await store.close();
  });

  it('answers a refusal that rests on a neighbour only with the neighbour', async () => {
    const { store, held } = await openHeld();
    held.hold = true;
    const answered: string[] = [];
    const first = put(store, 'a').then(() => answered.push('put'));
    const second = store
      .transaction(async (tx) => {
        if (await tx.settings.get('a')) throw new Error('taken');
      })
      .catch(() => answered.push('refused'));
    await turns(20);
    expect(answered).toEqual([]);
    held.release();
    await Promise.all([first, second]);
    expect(answered).toEqual(['put', 'refused']);
    await store.close();
  });

  it('shares one sync among all that wait', async () => {
    const { store, held } = await openHeld();
    const before = held.calls;
    held.hold = true;
    const first = put(store, 'first');
    await turns(10);
    const others = Array.from({ length: 50 }, (_, i) => put(store, `n${i}`));
    await turns(10);
    expect(held.calls - before).toBe(1);
    held.hold = false;
    held.release();
    await Promise.all([first, ...others]);
    expect(held.calls - before).toBe(2);
    await store.close();
  });

  it('syncs nothing for a transaction that wrote nothing', async () => {
    const { store, held } = await openHeld();
    const before = held.calls;
    await store.transaction((tx) => tx.settings.get('a'));
    expect(held.calls).toBe(before);
    await store.close();
  });

  it('collects in turn with transactions, and answers after the sync', async () => {
    const { store, held } = await openHeld();
    const linked = await store.transaction(async (tx) => {
      await tx.registries.create(registryRow({ id: 'r', name: 'R' }));
      const { id } = await tx.repositories.findOrCreate('r', 'a/b' as RepositoryName, new Date(0));
      await tx.blobs.link(id, { digest: GARBAGE, size: 1 }, new Date(0));
      return id;
    });
    const collector = store.openCollector?.();
    if (!collector) throw new Error('a file has a collector');
    held.hold = true;
    const answered: string[] = [];
    const slice = { forget: [], links: 9, before: new Date(9), since: new Date(9) };
    const all = Promise.all([
      store.transaction((tx) => tx.settings.put('before', '')).then(() => answered.push('before')),
      collector.take(slice).then(({ links }) => answered.push(`collected ${links}`)),
      store.transaction((tx) => tx.blobs.linked(linked, GARBAGE)).then((blob) => answered.push(`then ${blob?.size}`)),
    ]);
    await turns(50);
    expect(answered).toEqual([]);
    held.release();
    await expect.poll(() => answered).toEqual(['before']);
    await turns(300); // the thread has started and committed
    expect(answered).toEqual(['before']);
    expect(await store.read.blobs.linked(linked, GARBAGE)).toBeDefined();
    held.hold = false;
    held.release();
    await all;
    expect(answered).toEqual(['before', 'collected 1', 'then undefined']);
    expect(await store.read.blobs.linked(linked, GARBAGE)).toBeUndefined();
    held.failure = new Error('EIO');
    await expect(collector.take(slice)).rejects.toMatchObject({ kind: 'unavailable', cause: held.failure });
    await expect(collector.take(slice)).rejects.toMatchObject({ kind: 'unavailable' });
    await collector.close();
    await store.close();
  });

  it('believes a failed sync: rejects who waits, then everybody, until it is opened anew', async () => {
    const { store, held, path } = await openHeld();
    await put(store, 'kept');
    expect(store.problem()).toBeUndefined();
    held.hold = true;
    const lost = put(store, 'lost');
    await turns(10);
    const queued = put(store, 'queued');
    held.failure = new Error('EIO');
    held.release();
    const unavailable = { kind: 'unavailable', code: 'server.unavailable' };
    await expect(lost).rejects.toMatchObject({ ...unavailable, cause: held.failure });
    await expect(queued).rejects.toMatchObject(unavailable);
    held.failure = undefined;
    held.hold = false;
    const calls = held.calls;
    await expect(put(store, 'later')).rejects.toMatchObject(unavailable);
    expect(store.problem()).toContain('could not be written to disk');
    expect(held.calls).toBe(calls);
    expect(await store.read.settings.get('kept')).toBe('kept');
    expect(await store.read.settings.get('lost')).toBeUndefined();
    await store.close();
    // Not copied into the database by the closing: whether the log is whole is for the next opening to find out.
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    const { store: again } = await openHeld(path);
    expect(await put(again, 'later')).toBe('later');
    expect(await again.read.settings.get('kept')).toBe('kept');
    expect(await again.read.settings.get('queued')).toBeUndefined();
    await again.close();
  });

  it('keeps everything over a reopening', async () => {
    const { store, path } = await openHeld();
    await store.transaction(async (tx) => {
      await tx.registries.create(registryRow({ id: 'r', name: 'R', adminUserEnabled: false, createdAt: new Date(5) }));
      await tx.repositories.findOrCreate('r', 'a/b' as RepositoryName, new Date(6));
    });
    await store.close();
    await store.close();
    const { store: again } = await openHeld(path);
    expect(await again.read.registries.byName('r')).toMatchObject({ name: 'R', createdAt: new Date(5) });
    expect(await again.read.repositories.find('r', 'a/b' as RepositoryName)).toMatchObject({ manifestCount: 0 });
    await again.close();
  });

  it('keeps what was acknowledged when the process is killed', async () => {
    const path = join(newFolder(), 'metadata.db');
    const child = startChild(`
      import { openSqliteMetadataStore } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
      const store = openSqliteMetadataStore({ path: ${JSON.stringify(path)} });
      await store.migrate();
      for (let i = 0; ; i++) {
        await store.transaction((tx) => tx.settings.put('n', String(i)));
        console.log(i);
      }`);
    let acknowledged = -1;
    child.stdout.on('data', (chunk) => {
      acknowledged = Number(String(chunk).trim().split('\n').at(-1));
      if (acknowledged > 200) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(acknowledged).toBeGreaterThan(200);
    const { store } = await openHeld(path);
    expect(Number(await store.read.settings.get('n'))).toBeGreaterThanOrEqual(acknowledged);
    await store.close();
  });

  it('keeps what was acknowledged when the power fails in the middle of a later write', async () => {
    const { store, held, path } = await openHeld();
    // More than one log's worth: the write below lands on frames of before the last checkpoint.
    for (let i = 0; i < 1500; i++) await put(store, `n${i % 300}`, String(Math.floor(i / 300)).repeat(30_000));
    held.hold = true;
    const synced = readFileSync(`${path}-wal`);
    const unacknowledged = put(store, 'torn', 'y'.repeat(50_000));
    await turns(20);
    const written = readFileSync(`${path}-wal`);
    const changed = [...written.keys()].filter((i) => written[i] !== synced[i]);
    const [first = 0, last = 0] = [changed[0], changed.at(-1)];
    for (let tear = 0; tear < 12; tear++) {
      // Pages reach the disk in any order: some of the new ones are there, the others hold what was there before.
      const disk = Buffer.from(written);
      for (let at = first - (first % 512); at <= last; at += 512) {
        if (tear > 0 && (at / 512 + tear) % 3 > 0) continue;
        disk.fill(0, at, Math.min(at + 512, disk.length));
        if (at < synced.length) synced.copy(disk, at, at, at + 512);
      }
      const copy = join(newFolder(), 'metadata.db');
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, disk);
      const { store: again } = await openHeld(copy);
      for (let i = 0; i < 300; i++) expect(await again.read.settings.get(`n${i}`)).toBe('4'.repeat(30_000));
      expect(await again.read.settings.get('torn')).toBeUndefined();
      await again.close();
      const database = new DatabaseSync(copy, { readOnly: true });
      expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      database.close();
    }
    held.hold = false;
    held.release();
    await unacknowledged;
    await store.close();
  });

  it('keeps the log bounded under a steady load', async () => {
    const { store, path } = await openHeld();
    for (let round = 0; round < 240; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => put(store, `n${i}`, String(round % 10).repeat(20_000))));
    }
    const { size } = statSync(`${path}-wal`); // of 96 MB that were written: a checkpoint begins at 16 MiB, and as much again is written beside it at most
    expect(size).toBeLessThan(36 * 1024 * 1024);
    expect((await store.read.settings.get('n19'))?.length).toBe(20_000);
    await store.close();
  });
});

describe('a full disk', () => {
  it('fails the transactions that met it, and works on when there is room', async () => {
    const { writer, database, put } = await openBare();
    database.exec('PRAGMA max_page_count = 100');
    const results = await Promise.allSettled([put('small'), put('big', 'x'.repeat(1_000_000))]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'storage-full', code: 'storage.full' } });
    }
    expect(await put('small')).toBe('small');
    database.exec('PRAGMA max_page_count = 1000000');
    expect(await put('big', 'x'.repeat(1_000_000))).toHaveLength(1_000_000);
    await writer.close();
  });

  it('that shows at COMMIT is treated the same', async () => {
    const { writer, database, put, get } = await openBare();
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql === 'COMMIT') throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
      exec(sql);
    };
    await expect(put('a')).rejects.toMatchObject({ code: 'storage.full' });
    database.exec = exec;
    expect(get('a')).toBeUndefined();
    expect(await put('b')).toBe('b');
    expect(get('a')).toBeUndefined();
    await writer.close();
  });

  it('any other failure of COMMIT is final', async () => {
    const { writer, database, put } = await openBare();
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      if (sql === 'COMMIT') throw Object.assign(new Error('disk I/O error'), { errcode: 778 });
      exec(sql);
    };
    await expect(put('a')).rejects.toMatchObject({ code: 'server.unavailable' });
    database.exec = exec;
    await expect(put('b')).rejects.toMatchObject({ code: 'server.unavailable' });
    await writer.close();
  });
});

/** A store whose writing connection the test holds in its hands. */
async function openBare(): Promise<{
  writer: Writer;
  database: DatabaseSync;
  put: (name: string, value?: string) => Promise<unknown>;
  get: (name: string) => unknown;
}> {
  const database = new DatabaseSync(join(newFolder(), 'metadata.db'));
  const writer = new Writer(new Connection(database), undefined);
  await writer.submit((session) => session.db.exec('CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT)'));
  return {
    writer,
    database,
    put: (name, value = name) => writer.submit((session) => new SqliteSettingWriter(session).put(name, value)),
    get: (name) => database.prepare('SELECT value FROM settings WHERE name = ?').get(name)?.value,
  };
}

describe('the schema', () => {
  it('that is newer than the program is refused', async () => {
    const { store, path } = await openHeld();
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("INSERT INTO schema_migrations (version, name) VALUES (999, 'from the future')");
    database.close();
    const older = openSqliteMetadataStore({ path });
    await expect(older.migrate()).rejects.toMatchObject({ kind: 'unavailable', code: 'server.unavailable' });
    await expect(older.migrate()).rejects.toThrow('schema 999');
    await older.close();
  });

  it('is made once, by however many migrate at once', async () => {
    const store = openMemoryMetadataStore();
    await Promise.all([store.migrate(), store.migrate(), store.migrate()]);
    expect(await put(store, 'a')).toBe('a');
    await store.close();
  });

  it('lives in a file that only its owner reads', async () => {
    const { store, path } = await openHeld();
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o077).toBe(0);
    await store.close();
  });

  it('says which file cannot be opened', () => {
    const path = join(newFolder(), 'missing', 'metadata.db');
    expect(() => openSqliteMetadataStore({ path })).toThrow(path);
  });
});

describe('a work that awaits something foreign', () => {
  /** What one connection shared by all requests does: BEGIN and ROLLBACK of one enclose the writes of another. */
  class NaiveStore {
    readonly database = new DatabaseSync(':memory:');

    async transaction(work: (database: DatabaseSync) => Promise<void>): Promise<void> {
      const outermost = !this.database.isTransaction;
      if (outermost) this.database.exec('BEGIN');
      try {
        await work(this.database);
        if (outermost) this.database.exec('COMMIT');
      } catch (error) {
        if (outermost) this.database.exec('ROLLBACK');
        throw error;
      }
    }
  }

  it('loses an acknowledged write of another request in a naive store', async () => {
    const naive = new NaiveStore();
    naive.database.exec('CREATE TABLE t (name TEXT)');
    const failing = naive.transaction(async (database) => {
      database.exec("INSERT INTO t VALUES ('mine')");
      await turns(10);
      throw new Error('fails late');
    });
    await naive.transaction(async (database) => database.exec("INSERT INTO t VALUES ('acknowledged')"));
    await expect(failing).rejects.toThrow('fails late');
    expect(naive.database.prepare('SELECT name FROM t').all()).toEqual([]);
  });

  it.each([
    ['file', () => openSqliteMetadataStore({ path: join(newFolder(), 'metadata.db') })],
    ['memory', () => openMemoryMetadataStore()],
  ])('loses nothing here (%s)', async (_, open) => {
    const store = open();
    await store.migrate();
    const failing = store.transaction(async (tx) => {
      await tx.settings.put('mine', '1');
      await turns(10);
      throw new Error('fails late');
    });
    const other = put(store, 'acknowledged');
    await expect(failing).rejects.toThrow('fails late');
    await other;
    expect(await store.read.settings.get('acknowledged')).toBe('acknowledged');
    expect(await store.read.settings.get('mine')).toBeUndefined();
    await store.close();
  });
});

describe('the lock of the data folder', () => {
  it('is refused to a second holder, which learns the pid of the first, and ends with a killed process', async () => {
    const folder = newFolder();
    const child = startChild(`
      import { setFlagsFromString } from 'node:v8';
      import { runInNewContext } from 'node:vm';
      import { acquireFolderLock } from ${JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href)};
      acquireFolderLock(${JSON.stringify(folder)});
      // The lock is the process's, also where what was returned is dropped and collected.
      setFlagsFromString('--expose-gc');
      runInNewContext('gc')();
      await new Promise((resolve) => setTimeout(resolve, 10));
      runInNewContext('gc')();
      console.log('held');
      setInterval(() => {}, 1000);`);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(() => acquireFolderLock(folder)).toThrow(`pid ${child.pid}`);
    expect(() => acquireFolderLock(folder)).toThrow(
      expect.objectContaining({ kind: 'conflict', code: 'server.unavailable' }),
    );
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const lock = acquireFolderLock(folder);
    expect(() => acquireFolderLock(folder)).toThrow(`pid ${process.pid}`);
    lock.release();
    lock.release();
    acquireFolderLock(folder).release();
  });
});

function startChild(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

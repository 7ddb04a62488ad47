import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../apps/registry/src/commands/test-program.ts';
import { pushImage } from '../../apps/registry/src/distribution/test-content.ts';
import { migrations } from '../../apps/registry/src/metadata/schema.ts';
import { applyMigration, refuseNewerSchema } from '../../apps/registry/src/metadata/sqlite/migrate.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { newFolder, startProcess } from './support/process.ts';

// A47: a store of any earlier version is brought up to date when it is opened, with what is in it; one of an unknown version
// is left as it is.

const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [] }));
const digest = digestOf(index);

/** What the first version wrote: a site with a registry, in it a repository with a tagged index. */
function writeFirstVersion(db: DatabaseSync): void {
  const insert = (sql: string, ...values: (string | number | Uint8Array)[]) => void db.prepare(sql).run(...values);
  for (const name of ['tenantId', 'subscriptionId'])
    insert(
      'INSERT INTO settings (name, value) VALUES (?, ?)',
      name,
      `00000000-0000-4000-8000-00000000000${name.length}`,
    );
  insert(`INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at)
    VALUES ('00000000-0000-4000-8000-000000000001', 'registry', 'registry', 1, 1000)`);
  insert(`INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at)
    VALUES (7, '00000000-0000-4000-8000-000000000001', 'old/app', 1, 1, 1000)`);
  insert('INSERT INTO manifest_contents (digest, bytes) VALUES (?, ?)', digest, index);
  insert(
    `INSERT INTO manifests (repository_id, digest, media_type, size, pushed_by, pushed_at) VALUES (7, ?, ?, ?, 'me', 2000)`,
    digest,
    MEDIA_TYPE.ociIndex,
    index.length,
  );
  insert(
    "INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (7, 'v1', ?, 2000, 2000)",
    digest,
  );
}

/** The data of the first version, brought to a later one by the programs in between. */
async function writeVersion(dataDir: string, version: number): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, 'metadata.db'));
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter((one) => one.version <= version)) {
    applyMigration(db, migration);
    if (migration.version === 1) writeFirstVersion(db);
  }
  db.close();
}

async function expectServing(registry: TestRegistry): Promise<void> {
  expect((await registry.ask('GET', '/v2/old/app/manifests/v1')).body).toEqual(index);
  const { tags } = (await registry.ask('GET', '/acr/v1/old/app/_tags')).json<{
    tags: { name: string; digest: string }[];
  }>();
  expect(tags.map(({ name, digest: of }) => [name, of])).toEqual([['v1', digest]]);
  const { manifests } = (await registry.ask('GET', '/acr/v1/old/app/_manifests')).json<{
    manifests: { digest: string }[];
  }>();
  expect(manifests.map(({ digest: of }) => of)).toEqual([digest]);
}

describe.each(migrations.map(({ version }) => version))('a data folder of schema %d', (version) => {
  it('is brought up to date by a start, and serves what was in it, pushes and deletions included', async () => {
    const registry = await startRegistry({ prepare: (dataDir) => writeVersion(dataDir, version) });
    await expectServing(registry);
    await pushImage(registry, 'old/app', { tag: 'v2' });
    await registry.restart();
    expect((await registry.ask('DELETE', `/v2/old/app/manifests/${digest}`)).status).toBe(202);
    const { tags } = (await registry.ask('GET', '/v2/old/app/tags/list')).json<{ tags: string[] }>();
    expect(tags).toEqual(['v2']);
    await registry.halt();
    const checked = await runProgram('fsck', '--data', registry.dataDir);
    expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('All of it agrees.')]);
    expect(registry.problems).toEqual([]);
    await registry.resume();
    await registry.stop();
  });
});

describe('a start on the data folder of an earlier program', () => {
  it('tells each step by which the database is brought up to date, and what they took together', async () => {
    const folder = newFolder();
    const dataDir = join(folder.path, 'data');
    await writeVersion(dataDir, migrations.length - 2);
    const server = await startProcess({ dataDir, shell: 'HOLDFAST_LOG_LEVEL=info exec "$@"' });
    server.child.kill('SIGTERM');
    await server.exited;
    const told = () => server.output.stderr.split('\n').filter((line) => line.includes('the metadata database'));
    await expect.poll(told).toHaveLength(3);
    const newest = migrations.length;
    const step = (schema: number) => {
      const msg = `schema ${schema} of ${newest} (${migrations[schema - 1]?.name});`;
      return { level: 'info', schema, newest, msg: expect.stringContaining(msg) };
    };
    const done = {
      level: 'info',
      schema: newest,
      seconds: expect.any(Number),
      msg: expect.stringContaining('up to date'),
    };
    expect(told().map((line) => JSON.parse(line))).toMatchObject([step(newest - 1), step(newest), done]);
    folder.remove();
  });
});

describe('a data folder of a newer program', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-newer-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is refused by every command, which changes nothing in it; the program that wrote it goes on with it', async () => {
    await writeVersion(folder, migrations.at(-1)?.version ?? 0);
    const open = () => new DatabaseSync(join(folder, 'metadata.db'));
    let db = open();
    db.exec("INSERT INTO schema_migrations (version, name) VALUES (999, 'of a newer program'); CREATE TABLE newer (a)");
    db.close();
    const schema = () => {
      const reading = open();
      const rows = reading.prepare('SELECT * FROM sqlite_schema ORDER BY name').all();
      reading.close();
      return JSON.stringify(rows);
    };
    const before = schema();
    for (const [command, ...args] of [
      ['serve', '--http', '127.0.0.1:0', '--https', 'off'],
      ['scrub'],
      ['fsck', '--repair'],
      ['backup', '--to', `${folder}-backup`],
    ]) {
      const refused = await runProgram(command as string, '--data', folder, ...args);
      expect([command, refused.status, refused.stderr]).toEqual([command, 1, expect.stringContaining('schema 999')]);
    }
    await rm(`${folder}-backup`, { recursive: true, force: true });
    expect(await readdir(folder)).not.toContain('bootstrap.json');
    expect(schema()).toBe(before);
    db = open();
    db.exec('DELETE FROM schema_migrations WHERE version = 999');
    db.close();
    const registry = await startRegistry({
      prepare: async (dataDir) => {
        await mkdir(dataDir, { recursive: true });
        const copy = new DatabaseSync(join(folder, 'metadata.db'));
        copy.prepare('VACUUM INTO ?').run(join(dataDir, 'metadata.db'));
        copy.close();
      },
    });
    await expectServing(registry);
    await registry.stop();
  });
});

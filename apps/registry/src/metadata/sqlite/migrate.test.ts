import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type MigrationStep, migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from './migrate.ts';
import { openMemoryMetadataStore, openSqliteMetadataStore } from './open.ts';

describe('a database', () => {
  it('of an earlier program is brought up to date step by step, each told before it is made, and then no more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-migrate-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'metadata.db');
    const database = new DatabaseSync(path);
    refuseNewerSchema(database, migrations);
    const newest = migrations.length;
    for (const migration of migrations.slice(0, -2)) applyMigration(database, migration);
    const schema = () => database.prepare('SELECT max(version) AS version FROM schema_migrations').get()?.version;
    const store = openSqliteMetadataStore({ path });
    const told: unknown[] = [];
    const begins = (step: MigrationStep) => void told.push({ ...step, before: schema() });
    await store.migrate(begins);
    const [last, first] = [migrations.at(-1)?.name, migrations.at(-2)?.name];
    expect(told).toEqual([
      { schema: newest - 1, newest, name: first, before: newest - 2 },
      { schema: newest, newest, name: last, before: newest - 1 },
    ]);
    await store.migrate(begins);
    expect(told).toHaveLength(2);
    await store.close();
    database.close();
    const fresh = openMemoryMetadataStore();
    await fresh.migrate(begins);
    expect(told).toHaveLength(2);
    await fresh.close();
  });
});

import type { DatabaseSync } from 'node:sqlite';
import { type Migration, sqliteDialect, versionTable } from '../schema.ts';
import { unavailable } from './errors.ts';

/** Applies one migration unless the database has it; runs inside a transaction. */
export function applyMigration(db: DatabaseSync, migration: Migration): void {
  if (schemaVersion(db) >= migration.version) return;
  for (const sql of migration.statements(sqliteDialect)) db.exec(sql);
  db.prepare('INSERT INTO schema_migrations (version, name) VALUES (?, ?)').run(migration.version, migration.name);
}

/** Makes sure that this program understands the database; runs inside a transaction. */
export function refuseNewerSchema(db: DatabaseSync, migrations: readonly Migration[]): void {
  db.exec(versionTable);
  const found = schemaVersion(db);
  const known = migrations.at(-1)?.version ?? 0;
  if (found <= known) return;
  throw unavailable(
    `The metadata database has schema ${found}, this program knows ${known} and older. Start the newer holdfast that wrote it, or restore a backup from before the upgrade.`,
  );
}

/** For those who only read, and so cannot migrate. */
export function refuseOtherSchema(db: DatabaseSync, migrations: readonly Migration[]): void {
  const found = schemaVersion(db);
  const known = migrations.at(-1)?.version ?? 0;
  if (found === known) return;
  throw unavailable(
    `The metadata database has schema ${found}, this program reads ${known}. Use the program of the version that the server runs.`,
  );
}

/** For a copy, which is read as it is: this program's schema or an older one. Answers which. */
export function readableSchema(db: DatabaseSync, migrations: readonly Migration[]): number {
  const found = schemaVersion(db);
  const known = migrations.at(-1)?.version ?? 0;
  if (found > 0 && found <= known) return found;
  throw unavailable(
    `The metadata database has schema ${found}, this program reads ${known} and older. Use the holdfast of the version that wrote it, or a newer one.`,
  );
}

/** 0 for a database that has no schema yet. */
export function schemaVersion(db: DatabaseSync): number {
  const row = db.prepare('SELECT max(version) AS version FROM schema_migrations').get();
  return Number(row?.version ?? 0);
}

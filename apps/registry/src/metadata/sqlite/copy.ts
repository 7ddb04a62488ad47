import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { MetadataReader } from '../metadata-store.ts';
import { migrations } from '../schema.ts';
import { readableSchema } from './migrate.ts';
import { Connection } from './session.ts';
import { readerOn } from './tables.ts';

/** As for the store: how long a lock of the server may take. */
const BUSY_MILLISECONDS = 2000;

/** The last schema that knows no volumes. */
const BEFORE_BUNDLES = 18;
/** They lie where uploads do, and are not copied. */
const STAGED = `
  DELETE FROM reservations WHERE upload_id IN (SELECT id FROM bundle_files);
  DELETE FROM bundle_files; DELETE FROM bundle_documents WHERE made = 0;`;

export interface MetadataCopy {
  readonly read: MetadataReader;
  /** Version of its schema: this program's or an older one. */
  readonly schema: number;
  close(): void;
}

/**
 * Copies the database as it is at one moment, while the server that has it goes on writing, to a file that is not there yet.
 * One read transaction on a connection of its own: writers are never waited for, nor do they wait; their log only grows
 * until it ends (100 MB beside steady pushes: 0.6 s, in which the slowest push took 0.1 s). SQLite's online backup begins
 * anew when another process has written, says its documentation, so when it ends would depend on who pushes. Left out is
 * what a copy could not keep its word for: blobs that nothing links, whose bytes may be freed at any time, open uploads, and volumes
 * of bundles.
 * Blocks the event loop while it copies.
 */
export function copyDatabase(from: string, to: string): void {
  closeSync(openSync(to, 'wx', 0o600)); // SQLite takes an empty file, and would make one that others may read
  const source = new DatabaseSync(from, { timeout: BUSY_MILLISECONDS });
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    copy.exec('PRAGMA trusted_schema = OFF');
    const staged = readableSchema(copy, migrations) > BEFORE_BUNDLES ? STAGED : '';
    copy.exec(`BEGIN; DELETE FROM uploads; ${staged} DELETE FROM blobs WHERE link_count = 0; COMMIT`);
  } finally {
    copy.close();
  }
}

/**
 * Opens a copy for reading and checks it: structure, and that rows name rows that are there. Throws `server.unavailable` for
 * a schema that this program does not know, and for a database that is damaged.
 */
export function openDatabaseCopy(path: string): MetadataCopy {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('PRAGMA trusted_schema = OFF');
    const schema = readableSchema(database, migrations);
    const problem = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (problem !== 'ok') throw new Error(`the database ${path} is damaged: ${String(problem)}`);
    const broken = database.prepare('PRAGMA foreign_key_check').get();
    if (broken)
      throw new Error(`in the database ${path} a row of ${String(broken.table)} names a row that is not there`);
    return { read: readerOn(new Connection(database)), schema, close: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

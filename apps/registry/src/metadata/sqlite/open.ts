import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Awaitable } from '../../platform/awaitable.ts';
import { KeyedLock } from '../../platform/keyed-lock.ts';
import type { Collector } from '../collector.ts';
import type { MetadataReader, MetadataStore, MetadataTx } from '../metadata-store.ts';
import { type MigrationStep, migrations } from '../schema.ts';
import { CheckpointThread } from './checkpoint-thread.ts';
import { CollectorThread } from './collector-thread.ts';
import { isFull, unavailable } from './errors.ts';
import { FileLog, type SyncFile } from './log.ts';
import { applyMigration, refuseNewerSchema, refuseOtherSchema, schemaVersion } from './migrate.ts';
import { Connection, SnapshotConnection } from './session.ts';
import { readerOn, SqliteTx, waitingReader } from './tables.ts';
import { Writer } from './writer.ts';

export interface SqliteOptions {
  /** The database file; its folder exists. */
  readonly path: string;
  /** fdatasync, unless a test wants it to fail or to wait. */
  readonly sync?: SyncFile;
}

/** How long another program (a backup) may keep a lock; waiting blocks the event loop. */
const BUSY_MILLISECONDS = 2000;

/** A store in a file, made when it is not there. `migrate` comes before everything else. */
export function openSqliteMetadataStore(options: SqliteOptions): MetadataStore {
  try {
    return openFile(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw unavailable(
      `The metadata database ${options.path} cannot be opened: ${reason}. Check the file and its folder.`,
      error,
    );
  }
}

/** A store for tests: the same code on one connection to a database that dies with it. */
export function openMemoryMetadataStore(): MetadataStore {
  const connection = new Connection(new DatabaseSync(':memory:'));
  const writer = new Writer(connection, undefined);
  // One connection sees its own uncommitted rows, so a read waits until no transaction is open.
  const read = waitingReader(readerOn(connection), () => writer.open);
  return new SqliteMetadataStore(writer, read, { closeFiles: () => connection.db.close() });
}

/**
 * For reading beside the server that has the data folder, from another process: each answer is what was committed last. Refuses a
 * schema that is not this program's.
 */
export function openSqliteMetadataReader(path: string): { read: MetadataReader; close(): void } {
  const database = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS, readOnly: true });
  try {
    database.exec('PRAGMA trusted_schema = OFF');
    refuseOtherSchema(database, migrations);
  } catch (error) {
    database.close();
    throw error;
  }
  return { read: readerOn(new Connection(database)), close: () => database.close() };
}

function openFile({ path, sync }: SqliteOptions): MetadataStore {
  createPrivate(path);
  const writing = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
  writing.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -8192;
    PRAGMA trusted_schema = OFF`);
  copyLogIntoDatabase(writing);
  const reading = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS, readOnly: true });
  reading.exec('PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF');
  const reader = new SnapshotConnection(reading);
  const log = new FileLog(
    path,
    { writer: writing, reader, thread: new CheckpointThread(path, BUSY_MILLISECONDS) },
    sync,
  );
  const writer = new Writer(new Connection(writing), log);
  const openCollector = (): Collector => {
    const thread = new CollectorThread(path, BUSY_MILLISECONDS);
    return {
      // A sweep fills the log in a second or two.
      start: async () => void (await Promise.all([thread.start(), log.startCopying()])),
      take: (slice) => writer.submitCollector(() => thread.take(slice)),
      close: () => thread.close(),
    };
  };
  const closeFiles = async () => {
    await log.close();
    // The last connection to close copies the log into the database. After a failed sync nobody knows what the log holds,
    // so then the last one is the reader, which cannot: the next opening recovers the log by its checksums.
    const order = writer.broken ? [writing, reading] : [reading, writing];
    for (const database of order) database.close();
  };
  return new SqliteMetadataStore(writer, readerOn(reader), { closeFiles, openCollector });
}

/**
 * What a crash left in the log was perhaps never synced, and readers are about to see it: into the database with it. When the
 * disk is too full for that, the log stays; it is synced before the first read.
 */
function copyLogIntoDatabase(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** Only if it is new: closing a descriptor of an open database would drop this process's locks on it. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

class SqliteMetadataStore implements MetadataStore {
  readonly read: MetadataReader;
  readonly openCollector: (() => Collector) | undefined;
  readonly #writer: Writer;
  readonly #closeFiles: () => Awaitable<void>;
  readonly #locks = new KeyedLock();
  #closing: Promise<void> | undefined;

  constructor(
    writer: Writer,
    read: MetadataReader,
    { closeFiles, openCollector }: { closeFiles: () => Awaitable<void>; openCollector?: () => Collector },
  ) {
    this.#writer = writer;
    this.read = read;
    this.#closeFiles = closeFiles;
    this.openCollector = openCollector;
  }

  transaction<T>(work: (tx: MetadataTx) => Awaitable<T>): Promise<T> {
    return this.#writer.submit((session) => work(new SqliteTx(session)));
  }

  exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#locks.hold(key, work);
  }

  problem(): string | undefined {
    return this.#writer.broken?.message;
  }

  async migrate(begins?: (step: MigrationStep) => void): Promise<void> {
    const found = await this.#writer.submit((session) => {
      session.wrote = true;
      refuseNewerSchema(session.db, migrations);
      return schemaVersion(session.db);
    });
    const newest = migrations.at(-1)?.version ?? 0;
    for (const migration of migrations.filter(({ version }) => version > found)) {
      const { version: schema, name } = migration;
      if (found > 0) begins?.({ schema, newest, name });
      await this.#writer.submit((session) => {
        session.wrote = true;
        applyMigration(session.db, migration);
      });
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#writer.close().then(this.#closeFiles);
    return this.#closing;
  }
}

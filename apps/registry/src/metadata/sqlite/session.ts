import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type Changes, type Statement, unpeeked } from './statements.ts';

type Parameter = SQLInputValue | undefined;

/** What the tables of the port ask of a connection. `R` is the shape that the statement's columns have. */
export interface Session {
  get<R>(statement: Statement, ...parameters: Parameter[]): R | undefined;
  /** What `make`, always the same one for a statement, makes of the row. It is shared, so nobody changes it. */
  made<R, T>(statement: Statement, make: (row: R) => T, ...parameters: Parameter[]): T | undefined;
  all<R>(statement: Statement, ...parameters: Parameter[]): R[];
  /** Row by row, for a caller that may stop early. */
  each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R>;
  /** Rows changed. */
  run(statement: Statement, ...parameters: Parameter[]): number;
  /** Inserts one row and answers the number that it was given. `RETURNING` costs as much as three rows. */
  insert(statement: Statement, ...parameters: Parameter[]): number;
}

/** One connection and the statements it has prepared. */
export class Connection implements Session {
  readonly db: DatabaseSync;
  readonly #prepared: (StatementSync | undefined)[] = [];

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  get<R>(statement: Statement, ...parameters: Parameter[]): R | undefined {
    return this.#prepare(statement).get(...bindable(parameters)) as R | undefined;
  }

  made<R, T>(statement: Statement, make: (row: R) => T, ...parameters: Parameter[]): T | undefined {
    const row = this.get<R>(statement, ...parameters);
    return row && make(row);
  }

  all<R>(statement: Statement, ...parameters: Parameter[]): R[] {
    return this.#prepare(statement).all(...bindable(parameters)) as R[];
  }

  each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R> {
    return this.#prepare(statement).iterate(...bindable(parameters)) as Iterable<R>;
  }

  run(statement: Statement, ...parameters: Parameter[]): number {
    return Number(this.#prepare(statement).run(...bindable(parameters)).changes);
  }

  insert(statement: Statement, ...parameters: Parameter[]): number {
    return Number(this.#prepare(statement).run(...bindable(parameters)).lastInsertRowid);
  }

  #prepare(statement: Statement): StatementSync {
    const known = this.#prepared[statement.index];
    if (known) return known;
    const prepared = this.db.prepare(unpeeked(statement.sql));
    this.#prepared[statement.index] = prepared;
    return prepared;
  }
}

/** How many rows are kept, how large one may be, and how large all together: nothing before anybody asks. */
const KEPT_ROWS = 4096;
const KEPT_BYTES = 64 * 1024;
const KEPT_BYTES_TOGETHER = 16 * 1024 * 1024;

interface Kept {
  /** The row, or what was made of it. */
  readonly value: unknown;
  readonly make: Make;
}
type Make = (row: never) => unknown;

function asItIs<R>(row: R): R {
  return row;
}

/** By the first parameter, then by the next: a key made of all of them took longer than the rest. */
type Level = Map<Parameter, Level | Kept>;

interface Answers {
  readonly statement: Statement;
  readonly rows: Level;
}

/** What statements answered. Forgets everything when it is full. */
class KeptRows {
  readonly #statements = new Map<number, Answers>();
  #rows = 0;
  #bytes = 0;

  get(statement: Statement, parameters: readonly Parameter[]): Kept | undefined {
    let level = this.#statements.get(statement.index)?.rows;
    const last = parameters.length - 1;
    for (let i = 0; level && i < last; i++) level = level.get(parameters[i]) as Level | undefined;
    return level?.get(parameters[last]) as Kept | undefined;
  }

  set(statement: Statement, parameters: readonly Parameter[], kept: Kept, bytes: number): void {
    if (bytes > KEPT_BYTES) return;
    if (this.#rows === KEPT_ROWS || this.#bytes + bytes > KEPT_BYTES_TOGETHER) this.#clear();
    let level: Level = this.#statements.get(statement.index)?.rows ?? new Map();
    this.#statements.set(statement.index, { statement, rows: level });
    for (const parameter of parameters.slice(0, -1)) {
      const next = (level.get(parameter) as Level | undefined) ?? new Map();
      level.set(parameter, next);
      level = next;
    }
    level.set(parameters.at(-1), kept);
    this.#rows += 1;
    this.#bytes += bytes;
  }

  /** Rows that are forgotten count as long as others are kept: that there may be fewer does no harm. */
  forget(changes: Changes): void {
    for (const [index, { statement }] of this.#statements)
      if (changes === 'anything' || statement.reads.some((name) => changes.has(name))) this.#statements.delete(index);
    if (this.#statements.size === 0) this.#clear();
  }

  #clear(): void {
    this.#statements.clear();
    this.#rows = 0;
    this.#bytes = 0;
  }
}

/**
 * The readers' connection, which shows one snapshot until the next commit. So what a hot statement answered stays true
 * until a commit changes a table that it reads, and is kept: while nodes pull and nobody pushes, a request asks SQLite nothing
 * (4 × 2.4 µs, measured), and pushes do not make it ask anew who the registry is. Rows are shared: nobody changes them.
 */
export class SnapshotConnection extends Connection {
  readonly #kept = new KeptRows();
  #renewal: readonly StatementSync[] = [];
  #outdated = false;

  /** Takes the first snapshot. */
  begin(): void {
    this.db.exec('BEGIN');
    // BEGIN alone takes no snapshot.
    this.#renewal = ['COMMIT', 'BEGIN', 'SELECT 1 FROM sqlite_schema LIMIT 1'].map((sql) => this.db.prepare(sql));
    this.outdate('anything');
    this.renew();
  }

  /** From now on the next read sees what is committed, and with it these changes. Kept rows that have none of them stay true. */
  outdate(changes: Changes): void {
    this.#kept.forget(changes);
    this.#outdated = true;
  }

  /** Takes a new snapshot if the old one is outdated. */
  renew(): void {
    if (!this.#outdated) return;
    for (const statement of this.#renewal) statement.get();
    this.#outdated = false;
  }

  override get<R>(statement: Statement, ...parameters: Parameter[]): R | undefined {
    if (!statement.hot) return this.#ask<R>(statement, parameters);
    return this.#find<R, R>(statement, asItIs, parameters);
  }

  override made<R, T>(statement: Statement, make: (row: R) => T, ...parameters: Parameter[]): T | undefined {
    if (!statement.hot) return super.made(statement, make, ...parameters);
    return this.#find(statement, make, parameters);
  }

  #find<R, T>(statement: Statement, make: (row: R) => T, parameters: Parameter[]): T | undefined {
    const known = this.#kept.get(statement, parameters);
    if (known) {
      if (known.make !== make) throw new Error(`What was made of a row otherwise is kept for it: ${statement.sql}`);
      return known.value as T | undefined;
    }
    const row = this.#ask<R & { readonly bytes?: Uint8Array; readonly names?: string }>(statement, parameters);
    const value = row && make(row);
    this.#kept.set(statement, parameters, { value, make }, row?.bytes?.length ?? row?.names?.length ?? 0);
    return value;
  }

  override all<R>(statement: Statement, ...parameters: Parameter[]): R[] {
    this.renew();
    return super.all<R>(statement, ...parameters);
  }

  override each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R> {
    this.renew();
    return super.each<R>(statement, ...parameters);
  }

  override run(statement: Statement): never {
    throw new Error(`A reader does not write: ${statement.sql}`);
  }

  override insert(statement: Statement): never {
    return this.run(statement);
  }

  #ask<R>(statement: Statement, parameters: Parameter[]): R | undefined {
    this.renew();
    return super.get<R>(statement, ...parameters);
  }
}

function bindable(parameters: Parameter[]): SQLInputValue[] {
  for (let i = 0; i < parameters.length; i++) parameters[i] ??= null;
  return parameters as SQLInputValue[];
}

/**
 * One run of one transaction's work: the writer's connection, lent until `end`. It notes whether anything was written and
 * which statement failed: a work that swallows a database error is refused all the same, as on PostgreSQL, and a
 * statement that somebody forgot to await fails instead of slipping into a neighbour's transaction.
 */
export class LentSession implements Session {
  readonly #connection: Connection;
  #ended = false;
  readonly #changed = new Set<string>();
  #changedAnything = false;
  wrote = false;
  failure: unknown;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** For what is no declared statement: a migration. */
  get db(): DatabaseSync {
    this.#changedAnything = true;
    return this.#connection.db;
  }

  get changes(): Changes {
    return this.#changedAnything ? 'anything' : this.#changed;
  }

  end(): void {
    this.#ended = true;
  }

  get<R>(statement: Statement, ...parameters: Parameter[]): R | undefined {
    this.#note(statement);
    return this.#guard(statement, () => this.#connection.get<R>(statement, ...parameters));
  }

  made<R, T>(statement: Statement, make: (row: R) => T, ...parameters: Parameter[]): T | undefined {
    const row = this.get<R>(statement, ...parameters);
    return row && make(row);
  }

  all<R>(statement: Statement, ...parameters: Parameter[]): R[] {
    this.#note(statement);
    return this.#guard(statement, () => this.#connection.all<R>(statement, ...parameters));
  }

  each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R> {
    this.#note(statement);
    return this.#guard(statement, () => this.#connection.each<R>(statement, ...parameters));
  }

  run(statement: Statement, ...parameters: Parameter[]): number {
    const rows = this.#guard(statement, () => this.#connection.run(statement, ...parameters));
    if (rows > 0) this.#note(statement);
    return rows;
  }

  insert(statement: Statement, ...parameters: Parameter[]): number {
    this.#note(statement);
    return this.#guard(statement, () => this.#connection.insert(statement, ...parameters));
  }

  #note(statement: Statement): void {
    if (statement.changes !== undefined) this.#changed.add(statement.changes);
  }

  #guard<T>(statement: Statement, work: () => T): T {
    if (this.#ended) throw new Error(`Transaction already ended; somebody did not await: ${statement.sql}`);
    if (this.failure !== undefined) throw this.failure;
    this.wrote ||= statement.writes;
    try {
      return work();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

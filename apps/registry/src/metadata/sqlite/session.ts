import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Statement } from './statements.ts';

type Parameter = SQLInputValue | undefined;

/** What the tables of the port ask of a connection. `R` is the shape that the statement's columns have. */
export interface Session {
  get<R>(statement: Statement, ...parameters: Parameter[]): R | undefined;
  all<R>(statement: Statement, ...parameters: Parameter[]): R[];
  /** Row by row, for a caller that may stop early. */
  each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R>;
  /** Rows changed. */
  run(statement: Statement, ...parameters: Parameter[]): number;
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

  all<R>(statement: Statement, ...parameters: Parameter[]): R[] {
    return this.#prepare(statement).all(...bindable(parameters)) as R[];
  }

  each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R> {
    return this.#prepare(statement).iterate(...bindable(parameters)) as Iterable<R>;
  }

  run(statement: Statement, ...parameters: Parameter[]): number {
    return Number(this.#prepare(statement).run(...bindable(parameters)).changes);
  }

  #prepare(statement: Statement): StatementSync {
    const known = this.#prepared[statement.index];
    if (known) return known;
    const prepared = this.db.prepare(statement.sql);
    this.#prepared[statement.index] = prepared;
    return prepared;
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
  wrote = false;
  failure: unknown;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get db(): DatabaseSync {
    return this.#connection.db;
  }

  end(): void {
    this.#ended = true;
  }

  get<R>(statement: Statement, ...parameters: Parameter[]): R | undefined {
    return this.#guard(statement, () => this.#connection.get<R>(statement, ...parameters));
  }

  all<R>(statement: Statement, ...parameters: Parameter[]): R[] {
    return this.#guard(statement, () => this.#connection.all<R>(statement, ...parameters));
  }

  each<R>(statement: Statement, ...parameters: Parameter[]): Iterable<R> {
    return this.#guard(statement, () => this.#connection.each<R>(statement, ...parameters));
  }

  run(statement: Statement, ...parameters: Parameter[]): number {
    return this.#guard(statement, () => this.#connection.run(statement, ...parameters));
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

/**
 * Every SQL statement of the store is declared here, once, when its module loads: connections prepare it at its first
 * use and keep it, and a test asks the planner about each one.
 */
export interface Statement {
  /** Place in the list of all statements, and in every connection's list of prepared ones. */
  readonly index: number;
  readonly sql: string;
  readonly writes: boolean;
  /** The table that it changes, if it changes any. */
  readonly changes: string | undefined;
  /** A point query that nearly every request asks, or a page that is asked for again and again: readers keep its answers as long as their snapshot. */
  readonly hot: boolean;
  /** What its answer is made of: tables, and those columns which the collector changes in tables that it does not change otherwise. */
  readonly reads: readonly string[];
}

/** Names of tables, and of columns as in `CHANGED_BY_COLLECTOR`; of a migration nobody knows. */
export type Changes = ReadonlySet<string> | 'anything';

export function together(all: readonly Changes[]): Changes {
  const names = new Set<string>();
  for (const changes of all) {
    if (changes === 'anything') return changes;
    for (const name of changes) names.add(name);
  }
  return names;
}

/** All that a slice of the collector changes (`collectSlice`): whole tables, and columns of others. */
export const CHANGED_BY_COLLECTOR = {
  tables: ['blobs', 'repository_blobs', 'registry_usage'],
  columns: ['stored_bytes', 'shared_bytes', 'own_blobs', 'logical_bytes'],
} as const;
export const COLLECTED: Changes = new Set(Object.values(CHANGED_BY_COLLECTOR).flat());

const CHANGED = /^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/;
const READ = new RegExp(`\\b(?:(?:FROM|JOIN) (\\w+)|(${CHANGED_BY_COLLECTOR.columns.join('|')})\\b)`, 'g');

const statements: Statement[] = [];

function declare(sql: string, writes: boolean, hot = false): Statement {
  const line = sql.replace(/\s+/g, ' ').trim();
  const changes = CHANGED.exec(line)?.[1];
  const reads = [...new Set([...line.matchAll(READ)].map(([, table, column]) => table ?? column ?? ''))];
  const statement = { index: statements.length, sql: line, writes, changes, hot, reads };
  statements.push(statement);
  return statement;
}

export const query = (sql: string): Statement => declare(sql, false);
export const hotQuery = (sql: string): Statement => declare(sql, false, true);
export const command = (sql: string): Statement => declare(sql, true);
export const declaredStatements = (): readonly Statement[] => statements;

/**
 * The text that is prepared: `?` is `+?`, which has the same value and the same want of an affinity (https://www.sqlite.org/datatype3.html, 3.2). The planner
 * looks at what is bound to a bare parameter, and so SQLite parses and plans the statement anew at each binding, unless it is one look at
 * one row: a join of two lookups took 6.4 µs instead of 1.3 (ADR 0029).
 */
export const unpeeked = (sql: string): string => sql.replaceAll('?', '+?');

/** LIMIT for "all of them": understood by every database, unlike -1. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Every SQL statement of the store is declared here, once, when its module loads: connections prepare it at its first
 * use and keep it, and a test asks the planner about each one.
 */
export interface Statement {
  /** Place in the list of all statements, and in every connection's list of prepared ones. */
  readonly index: number;
  readonly sql: string;
  readonly writes: boolean;
  /** A point query that nearly every request asks, or a page that is asked for again and again: readers keep its answers as long as their snapshot. */
  readonly hot: boolean;
  /** Reads what collecting garbage changes. */
  readonly readsGarbage: boolean;
}

/** All that a slice of the collector changes (`collectSlice`): whole tables, and columns of others. */
export const CHANGED_BY_COLLECTOR = {
  tables: ['blobs', 'repository_blobs', 'registry_usage'],
  columns: ['stored_bytes', 'shared_bytes', 'own_blobs', 'logical_bytes'],
} as const;
const garbage = new RegExp(`\\b(?:${Object.values(CHANGED_BY_COLLECTOR).flat().join('|')})\\b`);

const statements: Statement[] = [];

function declare(sql: string, writes: boolean, hot = false): Statement {
  const line = sql.replace(/\s+/g, ' ').trim();
  const statement = { index: statements.length, sql: line, writes, hot, readsGarbage: garbage.test(line) };
  statements.push(statement);
  return statement;
}

export const query = (sql: string): Statement => declare(sql, false);
export const hotQuery = (sql: string): Statement => declare(sql, false, true);
export const command = (sql: string): Statement => declare(sql, true);
export const declaredStatements = (): readonly Statement[] => statements;

/** LIMIT for "all of them": understood by every database, unlike -1. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

import { DatabaseSync } from 'node:sqlite';

/** Changes rows behind the store's back, as no code of ours would. Answers how many. */
export function changeRows(path: string, sql: string, ...parameters: (string | number)[]): number {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON');
    return Number(database.prepare(sql).run(...parameters).changes);
  } finally {
    database.close();
  }
}

export function readRows(path: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

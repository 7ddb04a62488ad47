import { constants, DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from './migrate.ts';
import { declaredStatements, unpeeked } from './statements.ts';
import './tables.ts';

/** A handful of rows at most whatever the installation's size, or one for each registry and each upload under way. */
const small = new Set(['signing_keys', 'sign_in_keys', 'quotas', 'registry_usage', 'reservations']);

function plan(db: DatabaseSync, sql: string): string[] {
  return db
    .prepare(`EXPLAIN QUERY PLAN ${unpeeked(sql)}`)
    .all()
    .map((row) => String(row.detail));
}

describe('every statement of the SQLite store', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations) applyMigration(db, migration);
  const tables = new Set(
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map((row) => String(row.name)),
  );

  it('is in the list', () => {
    expect(declaredStatements().length).toBeGreaterThan(60);
  });

  it.each(declaredStatements().map((statement) => statement.sql))('is answered from an index: %s', (sql) => {
    const details = plan(db, sql);
    const aliases = new Map([...sql.matchAll(/\b(?:FROM|JOIN) (\w+) (\w+)\b/g)].map((match) => [match[2], match[1]]));
    const scanned = details
      .map((detail) => /^SCAN (\w+)/.exec(detail)?.[1])
      .map((name) => (name && aliases.has(name) ? aliases.get(name) : name))
      .filter((name) => name !== undefined && tables.has(name) && !small.has(name));
    expect(scanned, details.join('\n')).toEqual([]);
  });

  it.each(
    declaredStatements()
      .filter(({ sql }) => sql.includes('ORDER BY') && sql.includes('LIMIT'))
      .map((statement) => statement.sql),
  )('pages in the order of an index, without sorting: %s', (sql) => {
    expect(plan(db, sql).join('\n')).not.toContain('TEMP B-TREE');
  });

  it.each(
    declaredStatements()
      .filter(({ sql }) =>
        /json_group_array|repository_name AS name|FROM blobs WHERE unlinked_at|count\(\*\)|DISTINCT manifest_id|referenced = 0 AND linked_at/.test(
          sql,
        ),
      )
      .map((statement) => statement.sql),
  )('lists and counts without touching the table: %s', (sql) => {
    expect(plan(db, sql).join('\n')).toContain('USING COVERING INDEX');
  });

  it('looks, step by step upwards from a manifest, at the parents and tags of what it has reached only', () => {
    const upwards = declaredStatements().filter(({ sql }) => /^WITH RECURSIVE (?:ancestors|lineage) /.test(sql));
    expect(upwards.length).toBeGreaterThanOrEqual(3);
    for (const { sql } of upwards) {
      const searches = plan(db, sql).filter((detail) => detail.startsWith('SEARCH'));
      expect(searches).toHaveLength(sql.includes('RECURSIVE lineage') ? 4 : 5);
      for (const search of searches)
        expect(search).toMatch(
          /\(repository_id=\? AND digest=\?\)|^SEARCH parent USING INTEGER PRIMARY KEY \(rowid=\?\)/,
        );
    }
  });

  it('looks, step by step downwards from a manifest, at what that names, and never at the rest of the repository', () => {
    const recursive = declaredStatements().filter(({ sql }) => sql.startsWith('WITH RECURSIVE'));
    const downwards = recursive.filter(({ sql }) => sql.startsWith('WITH RECURSIVE below '));
    expect(recursive.filter(({ sql }) => !/^WITH RECURSIVE (?:ancestors|lineage|below) /.test(sql))).toEqual([]);
    expect(downwards).toHaveLength(1);
    for (const { sql } of downwards) {
      const searches = plan(db, sql).filter((detail) => detail.startsWith('SEARCH'));
      expect(searches).toHaveLength(4);
      for (const search of searches)
        expect(search).toMatch(/\(repository_id=\? AND digest=\?\)|^SEARCH named USING PRIMARY KEY \(manifest_id=\?\)/);
    }
  });

  it('finds what a single manifest names by that manifest, not among all that the repository has', () => {
    const ofOne = declaredStatements().filter(({ sql }) => /\bnamed\.manifest_id = \w+\.id/.test(sql));
    expect(ofOne.length).toBeGreaterThanOrEqual(7);
    for (const { sql } of ofOne)
      expect(plan(db, sql).join(' '), sql).toContain('SEARCH named USING PRIMARY KEY (manifest_id=?)');
  });

  it('goes on in a list by rank at its place, over manifests that have tags only, and to the tags of each', () => {
    const ranked = declaredStatements().filter(({ sql }) => sql.includes(' AS sorted_by '));
    expect(ranked).toHaveLength(8);
    for (const { sql } of ranked) {
      const [manifests, tags] = plan(db, sql).filter((detail) => detail.startsWith('SEARCH'));
      expect(manifests).toMatch(/ manifest_metadata_tagged_(?:size|pulled) \(repository_id=\? AND \(\w+,digest\)[<>]/);
      expect(tags).toContain('(repository_id=? AND digest=?)');
    }
  });

  it('has no question mark in a text, where it would be taken for a parameter', () => {
    for (const { sql } of declaredStatements()) expect((sql.match(/'[^']*'/g) ?? []).join(), sql).not.toContain('?');
  });

  it('is parsed and planned once, whatever is bound to it, which it would not be as it is written', () => {
    let questions = 0;
    // SQLite asks about each table and column while it parses, and only then.
    db.setAuthorizer(() => {
      questions++;
      return constants.SQLITE_OK;
    });
    db.exec('BEGIN');
    const plannedAnew = (sql: string): boolean => {
      const prepared = db.prepare(sql);
      const execute = () => {
        try {
          prepared.all(...Array.from(sql.matchAll(/\?/g), () => 1));
        } catch (error) {
          expect(String(error), sql).toMatch(/constraint failed/);
        }
      };
      execute();
      questions = 0;
      execute();
      return questions > 0;
    };
    const all = declaredStatements().map(({ sql }) => sql);
    const asWritten = all.filter(plannedAnew);
    const asPrepared = all.filter((sql) => plannedAnew(unpeeked(sql)));
    db.exec('ROLLBACK');
    db.setAuthorizer(null);
    expect(asPrepared).toEqual([]);
    // None: this SQLite does not look at parameters any more, and `unpeeked` can go; or the authorizer tells nothing.
    expect(asWritten.length).toBeGreaterThan(100);
  });

  it('uses no SQL that PostgreSQL would not take', () => {
    for (const { sql } of declaredStatements()) {
      expect(sql).not.toMatch(
        /\b(INSERT OR|REPLACE INTO|rowid|IFNULL|GLOB|strftime|INDEXED BY|LIMIT -1)\b|\?\d|[:@$]\w/i,
      );
    }
  });

  it('is known by the table that it changes, and by all that it reads where its answers are kept', () => {
    const roots = new Map(
      db
        .prepare('SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0')
        .all()
        .map((row) => [Number(row.rootpage), String(row.tbl_name)]),
    );
    const opened = (sql: string, opcode: string) =>
      db
        .prepare(`EXPLAIN ${unpeeked(sql)}`)
        .all()
        .filter((row) => row.opcode === opcode)
        .map((row) => roots.get(Number(row.p2)) ?? '');
    const foreign = (names: string[], known: readonly string[]) => names.filter((name) => !known.includes(name));
    for (const { sql, changes, hot, reads } of declaredStatements()) {
      // A primary key that counts up is written to a table of SQLite's own.
      const allowed = changes === undefined ? [] : [changes, 'sqlite_sequence'];
      expect(foreign(opened(sql, 'OpenWrite'), allowed), sql).toEqual([]);
      if (hot) expect(foreign(opened(sql, 'OpenRead'), reads), sql).toEqual([]);
    }
  });

  it('is recognised as a write exactly when it changes something', () => {
    for (const { sql, writes } of declaredStatements()) {
      expect(/^(INSERT|UPDATE|DELETE)/.test(sql), sql).toBe(writes);
    }
  });
});

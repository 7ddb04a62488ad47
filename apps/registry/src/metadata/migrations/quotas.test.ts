import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { quotas } from './quotas.ts';

/** A store as it was before: a blob that two repositories have, one of them with a manifest that names it, and one of another registry. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at)
    VALUES ('r1', 'Contoso', 'contoso', 1, 1), ('r2', 'Other', 'other', 1, 1);
  INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at, updated_at)
    VALUES (1, 'r1', 'app', 1, 1, 100, 100), (2, 'r1', 'copy', 0, 0, 200, 200), (3, 'r2', 'app', 0, 0, 300, 300);
  INSERT INTO blobs (digest, size, link_count) VALUES ('sha256:l', 70, 3);
  INSERT INTO repository_blobs (repository_id, digest, linked_at, referenced, registry_id, repository_name)
    VALUES (1, 'sha256:l', 100, 1, 'r1', 'app'), (2, 'sha256:l', 200, 0, 'r1', 'copy'), (3, 'sha256:l', 300, 0, 'r2', 'app');
  INSERT INTO manifest_contents (digest, bytes) VALUES ('sha256:m', x'00');
  INSERT INTO manifests (repository_id, digest, media_type, size, pushed_by, pushed_at)
    VALUES (1, 'sha256:m', 'image', 5, 'me', 110);
  INSERT INTO registry_usage (registry_id, bytes) VALUES ('r1', 75), ('r2', 70);
  INSERT INTO subscriptions (id, display_name, created_at) VALUES ('s', 'One', 1)`;

it('gives everybody the default quota, and each repository the bytes of what it has', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < quotas.version)) applyMigration(db, migration);
  db.exec(BEFORE);
  applyMigration(db, quotas);
  const rows = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  expect(rows('SELECT id, stored_bytes FROM repositories ORDER BY id')).toEqual([
    [1, 75],
    [2, 70],
    [3, 70],
  ]);
  expect(rows('SELECT released FROM repository_blobs')).toEqual([[0], [0], [0]]);
  expect(rows('SELECT registry_id, bytes FROM registry_usage ORDER BY registry_id')).toEqual([
    ['r1', 75],
    ['r2', 70],
  ]);
  expect(rows('SELECT name, registries, gibibytes FROM quotas')).toEqual([['Default', 20, 100]]);
  expect(rows('SELECT id, quota_key FROM subscriptions')).toEqual([['s', null]]);
  expect(rows('PRAGMA foreign_key_check')).toEqual([]);
});

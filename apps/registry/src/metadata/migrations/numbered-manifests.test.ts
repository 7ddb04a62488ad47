import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { numberedManifests } from './numbered-manifests.ts';
import { outboxPlaces } from './outbox-places.ts';

/** A store as it was before: an index and its tagged image, the same image in another repository, and an outbox with a place. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at) VALUES ('r1', 'Contoso', 'contoso', 1, 1);
  INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at, updated_at)
    VALUES (1, 'r1', 'app', 2, 1, 100, 100), (2, 'r1', 'web', 1, 1, 100, 100);
  INSERT INTO manifest_contents (digest, bytes) VALUES ('sha256:a', x'00'), ('sha256:b', x'01');
  INSERT INTO manifests (repository_id, digest, media_type, size, pushed_by, pushed_at)
    VALUES (1, 'sha256:a', 'index', 5, 'me', 120), (1, 'sha256:b', 'image', 5, 'me', 110),
      (2, 'sha256:b', 'image', 5, 'me', 130);
  INSERT INTO manifest_metadata (repository_id, digest, media_type, architecture, image_size, child_count, created_at, updated_at,
      untagged_at, pulled_at)
    VALUES (1, 'sha256:a', 'index', NULL, 7, 1, 120, 125, 120, 0), (1, 'sha256:b', 'image', 'arm64', 7, 0, 110, 110, NULL, 111),
      (2, 'sha256:b', 'image', NULL, 7, 0, 130, 130, 130, 0);
  INSERT INTO manifest_references (repository_id, manifest_digest, place, digest, kind, media_type, size, architecture, os)
    VALUES (1, 'sha256:a', 0, 'sha256:b', 'manifest', 'image', 5, 'arm64', 'linux'),
      (1, 'sha256:b', 0, 'sha256:c', 'config', 'c', 1, NULL, NULL), (1, 'sha256:b', 1, 'sha256:l', 'layer', 'l', 6, NULL, NULL),
      (2, 'sha256:b', 0, 'sha256:c', 'config', 'c', 1, NULL, NULL);
  INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (1, 'v1', 'sha256:b', 110, 110);
  INSERT INTO outbox (place, id, time, registry_id, kind, payload, pending)
    VALUES (40, 'o1', 1, 'r1', 'push', '{}', 0), (41, 'o2', 2, 'r1', 'push', '{}', 1)`;

function migrated() {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < numberedManifests.version))
    applyMigration(db, migration);
  db.exec(BEFORE);
  db.exec('BEGIN');
  for (const migration of [numberedManifests, outboxPlaces]) applyMigration(db, migration);
  db.exec('COMMIT');
  const rows = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  return { db, rows };
}

it('numbers manifests in the order in which they came, and keeps all that was known of them', () => {
  const { rows } = migrated();
  expect(rows('SELECT * FROM manifest_metadata ORDER BY id')).toEqual([
    [1, 1, 'sha256:b', 'image', null, 'arm64', null, 7, 0, 110, 110, null, 111],
    [2, 1, 'sha256:a', 'index', null, null, null, 7, 1, 120, 125, 120, 0],
    [3, 2, 'sha256:b', 'image', null, null, null, 7, 0, 130, 130, 130, 0],
  ]);
  expect(rows('SELECT * FROM manifest_references ORDER BY manifest_id, place')).toEqual([
    [1, 0, 1, 'sha256:c', 'config', 'c', 1, null, null],
    [1, 1, 1, 'sha256:l', 'layer', 'l', 6, null, null],
    [2, 0, 1, 'sha256:b', 'manifest', 'image', 5, 'arm64', 'linux'],
    [3, 0, 2, 'sha256:c', 'config', 'c', 1, null, null],
  ]);
  expect(rows('PRAGMA foreign_key_check')).toEqual([]);
});

it('gives no number out twice, and refuses references of nothing', () => {
  const { db, rows } = migrated();
  const insert = db.prepare(`
    INSERT INTO manifest_metadata (repository_id, digest, media_type, image_size, child_count, created_at, updated_at)
    VALUES (2, 'sha256:b', 'image', 7, 0, 140, 140)`);
  expect(() => insert.run()).toThrow('UNIQUE');
  expect(() => db.exec('DELETE FROM manifest_metadata WHERE id = 3')).toThrow('FOREIGN KEY');
  db.exec('DELETE FROM manifest_references WHERE manifest_id = 3; DELETE FROM manifest_metadata WHERE id = 3');
  insert.run();
  expect(rows('SELECT id FROM manifest_metadata ORDER BY id')).toEqual([[1], [2], [4]]);
});

it('keeps the events of the outbox in their places', () => {
  const { db, rows } = migrated();
  db.exec("INSERT INTO outbox (id, time, registry_id, kind, payload, pending) VALUES ('o3', 3, 'r1', 'push', '{}', 1)");
  expect(rows('SELECT place, id, pending FROM outbox ORDER BY place')).toEqual([
    [40, 'o1', 0],
    [41, 'o2', 1],
    [42, 'o3', 1],
  ]);
});

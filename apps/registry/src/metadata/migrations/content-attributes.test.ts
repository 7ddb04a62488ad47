import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { contentAttributes } from './content-attributes.ts';

/** A store as it was before: two repositories, an image of two layers with two tags, an index above it, and a deletion. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at) VALUES ('r1', 'Contoso', 'contoso', 1, 1);
  INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at)
    VALUES (1, 'r1', 'app', 2, 1, 100), (2, 'r1', 'empty', 0, 0, 200);
  INSERT INTO manifest_contents (digest, bytes) VALUES ('sha256:a', x'00'), ('sha256:b', x'01');
  INSERT INTO manifests (repository_id, digest, media_type, size, config_media_type, pushed_by, pushed_at)
    VALUES (1, 'sha256:a', 'image', 1, 'config', 'me', 110), (1, 'sha256:b', 'index', 1, NULL, 'me', 120);
  INSERT INTO manifest_references (repository_id, manifest_digest, place, digest, kind, media_type, size)
    VALUES (1, 'sha256:a', 0, 'sha256:c', 'config', 'config', 5), (1, 'sha256:a', 1, 'sha256:l', 'layer', 'layer', 70),
      (1, 'sha256:b', 0, 'sha256:a', 'manifest', 'image', 1);
  INSERT INTO tags (repository_id, name, digest, created_at, updated_at)
    VALUES (1, 'v1', 'sha256:a', 110, 115), (1, 'v2', 'sha256:a', 111, 112)`;

it('finds out about the content that is there what lists will show of it', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < contentAttributes.version))
    applyMigration(db, migration);
  db.exec(BEFORE);
  applyMigration(db, contentAttributes);
  const rows = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  expect(rows('SELECT name, tag_count, lock_count, hidden, updated_at FROM repositories ORDER BY id')).toEqual([
    ['app', 2, 0, 0, 120],
    ['empty', 0, 0, 0, 200],
  ]);
  expect(
    rows(`SELECT digest, media_type, config_media_type, image_size, child_count, created_at, updated_at
      FROM manifest_metadata ORDER BY digest`),
  ).toEqual([
    ['sha256:a', 'image', 'config', 75, 0, 110, 110],
    ['sha256:b', 'index', null, 75, 1, 120, 120],
  ]);
  expect(rows('PRAGMA foreign_key_check')).toEqual([]);
});

import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { repositoryUsage } from './repository-usage.ts';

/** Two repositories of a registry with a layer and a manifest in common, one of another registry with the same, and one with a claim. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at)
    VALUES ('r1', 'Contoso', 'contoso', 1, 1), ('r2', 'Other', 'other', 1, 1);
  INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at, updated_at)
    VALUES (1, 'r1', 'a', 2, 1, 1, 1), (2, 'r1', 'b', 1, 1, 1, 1), (3, 'r2', 'c', 1, 1, 1, 1), (4, 'r1', 'd', 1, 1, 1, 1);
  INSERT INTO blobs (digest, size, link_count) VALUES ('sha256:1', 100, 3), ('sha256:2', 20, 1), ('sha256:3', 3, 2);
  INSERT INTO repository_blobs (repository_id, digest, linked_at, referenced, registry_id, repository_name, released) VALUES
    (1, 'sha256:1', 1, 1, 'r1', 'a', 0), (2, 'sha256:1', 1, 1, 'r1', 'b', 0), (3, 'sha256:1', 1, 1, 'r2', 'c', 0),
    (1, 'sha256:2', 1, 1, 'r1', 'a', 0), (1, 'sha256:3', 1, 1, 'r1', 'a', 0), (2, 'sha256:3', 1, 0, 'r1', 'b', 1);
  INSERT INTO manifest_contents (digest, bytes) VALUES ('sha256:m', x'00'), ('sha256:i', x'01'), ('sha256:h', x'02');
  INSERT INTO manifests (repository_id, digest, media_type, size, pushed_by, pushed_at) VALUES
    (1, 'sha256:m', 'image', 5, 'me', 1), (2, 'sha256:m', 'image', 5, 'me', 1), (3, 'sha256:m', 'image', 5, 'me', 1),
    (1, 'sha256:i', 'index', 7, 'me', 1), (4, 'sha256:h', 'image', 9, 'me', 1);
  INSERT INTO manifest_metadata (repository_id, digest, media_type, image_size, child_count, created_at, updated_at) VALUES
    (1, 'sha256:m', 'image', 123, 0, 1, 1), (2, 'sha256:m', 'image', 123, 0, 1, 1), (3, 'sha256:m', 'image', 123, 0, 1, 1),
    (1, 'sha256:i', 'index', 123, 1, 1, 1), (4, 'sha256:h', 'image', 9007199254740991, 0, 1, 1)`;

it('counts what is there already', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < repositoryUsage.version))
    applyMigration(db, migration);
  db.exec(BEFORE);
  applyMigration(db, repositoryUsage);
  const rows = db.prepare('SELECT id, shared_bytes, own_blobs, logical_bytes FROM repositories ORDER BY id').all();
  expect(rows.map((row) => Object.values(row))).toEqual([
    [1, 105, 2, 135],
    [2, 105, 0, 128],
    [3, 0, 1, 128],
    [4, 0, 0, 2 ** 43],
  ]);
});

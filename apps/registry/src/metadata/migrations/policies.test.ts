import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { policies } from './policies.ts';

/** Three manifests, one of them tagged, in a repository that was changed last at 300; and one that was touched after that. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at) VALUES ('r1', 'Contoso', 'contoso', 1, 1);
  INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at, updated_at)
    VALUES (1, 'r1', 'app', 3, 1, 100, 300);
  INSERT INTO manifest_contents (digest, bytes) VALUES ('sha256:a', x'00'), ('sha256:b', x'01'), ('sha256:c', x'02');
  INSERT INTO manifests (repository_id, digest, media_type, size, pushed_by, pushed_at)
    VALUES (1, 'sha256:a', 'image', 1, 'me', 110), (1, 'sha256:b', 'image', 1, 'me', 120), (1, 'sha256:c', 'image', 1, 'me', 130);
  INSERT INTO manifest_metadata (repository_id, digest, media_type, image_size, child_count, created_at, updated_at)
    VALUES (1, 'sha256:a', 'image', 1, 0, 110, 110), (1, 'sha256:b', 'image', 1, 0, 120, 120), (1, 'sha256:c', 'image', 1, 0, 130, 400);
  INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (1, 'v1', 'sha256:b', 120, 120)`;

it('takes what has no tag for untagged since the last change of its repository, which is never too early', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < policies.version)) applyMigration(db, migration);
  db.exec(BEFORE);
  applyMigration(db, policies);
  const rows = db.prepare('SELECT digest, untagged_at FROM manifest_metadata ORDER BY digest').all();
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['sha256:a', 300],
    ['sha256:b', null],
    ['sha256:c', 400],
  ]);
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
});

import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../schema.ts';
import { applyMigration, refuseNewerSchema } from '../sqlite/migrate.ts';
import { repositoryOrders } from './repository-orders.ts';

/** A store as it was before: a repository of two manifests that were pulled, and one of none. */
const BEFORE = `
  INSERT INTO registries (id, name, name_key, admin_user_enabled, created_at) VALUES ('r1', 'Contoso', 'contoso', 1, 1);
  INSERT INTO repositories (id, registry_id, name, manifest_count, listed, created_at, updated_at)
    VALUES (1, 'r1', 'app', 2, 1, 100, 100), (2, 'r1', 'web', 1, 1, 100, 100);
  INSERT INTO manifest_contents (digest, bytes) VALUES ('sha256:a', x'00'), ('sha256:b', x'01');
  INSERT INTO manifests (repository_id, digest, media_type, size, pushed_by, pushed_at)
    VALUES (1, 'sha256:a', 'image', 5, 'me', 110), (1, 'sha256:b', 'image', 5, 'me', 110),
      (2, 'sha256:b', 'image', 5, 'me', 110);
  INSERT INTO manifest_metadata
    (repository_id, digest, media_type, image_size, child_count, created_at, updated_at, pulled_at)
    VALUES (1, 'sha256:a', 'image', 7, 0, 110, 110, 130), (1, 'sha256:b', 'image', 7, 0, 110, 110, 120),
      (2, 'sha256:b', 'image', 7, 0, 110, 110, 0)`;

it('knows of each repository when anything in it was pulled last', () => {
  const db = new DatabaseSync(':memory:');
  refuseNewerSchema(db, migrations);
  for (const migration of migrations.filter(({ version }) => version < repositoryOrders.version))
    applyMigration(db, migration);
  db.exec(BEFORE);
  applyMigration(db, repositoryOrders);
  const rows = db.prepare('SELECT name, pulled_at FROM repositories ORDER BY name').all();
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['app', 130],
    ['web', 0],
  ]);
});

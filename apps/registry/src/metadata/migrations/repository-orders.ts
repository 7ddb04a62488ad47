import type { Migration } from './migration.ts';

/**
 * Lists of repositories by time of change and by last pull; `repositories_largest` has been there for the one by size. Each push changes
 * one more entry of an index by that. `pulled_at` repeats the latest of the repository's manifests (0: nobody is known to have
 * pulled any), because a million of those cannot be asked for a page of a list.
 */
export const repositoryOrders: Migration = {
  version: 20,
  name: 'orders of the list of repositories, damaged blobs',
  statements: () => [
    'ALTER TABLE repositories ADD COLUMN pulled_at BIGINT NOT NULL DEFAULT 0',
    `UPDATE repositories SET pulled_at = COALESCE((
      SELECT m.pulled_at FROM manifest_metadata m WHERE m.repository_id = repositories.id
      ORDER BY m.pulled_at DESC, m.digest DESC LIMIT 1), 0)`,
    'CREATE UNIQUE INDEX repositories_changed ON repositories (registry_id, listed, updated_at, name)',
    'CREATE UNIQUE INDEX repositories_pulled ON repositories (registry_id, listed, pulled_at, name)',
    'CREATE INDEX blobs_damaged ON blobs (digest) WHERE damaged_at IS NOT NULL',
  ],
};

import type { Migration } from './migration.ts';

/**
 * Lists of manifests and tags by size and by last pull. The indexes are unique, which they are anyway, so that the planner knows
 * that tags behind manifests come sorted.
 *
 * - `pulled_at` repeats `manifest_pulls` (0: nobody is known to have pulled it), because those never pulled have no row there
 *   and need a place in the order, too. It is written with it, for all pulls of half a minute at once.
 * - `untagged_at` says that no tag names the manifest: a list of tags must not walk over a million manifests without one.
 */
export const listOrders: Migration = {
  version: 15,
  name: 'orders of lists by size and by last pull',
  statements: () => [
    'ALTER TABLE manifest_metadata ADD COLUMN pulled_at BIGINT NOT NULL DEFAULT 0',
    `UPDATE manifest_metadata SET
      pulled_at = COALESCE((SELECT p.pulled_at FROM manifest_pulls p
        WHERE p.repository_id = manifest_metadata.repository_id AND p.digest = manifest_metadata.digest), 0)`,
    'CREATE UNIQUE INDEX manifest_metadata_size ON manifest_metadata (repository_id, image_size, digest)',
    'CREATE UNIQUE INDEX manifest_metadata_pulled ON manifest_metadata (repository_id, pulled_at, digest)',
    `CREATE UNIQUE INDEX manifest_metadata_tagged_size ON manifest_metadata (repository_id, image_size, digest)
      WHERE untagged_at IS NULL`,
    `CREATE UNIQUE INDEX manifest_metadata_tagged_pulled ON manifest_metadata (repository_id, pulled_at, digest)
      WHERE untagged_at IS NULL`,
  ],
};

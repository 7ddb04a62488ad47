import type { Dialect, Migration } from './migration.ts';

/**
 * Policies of registries, and since when no tag names a manifest: kept by whoever puts or takes tags. In `manifest_metadata`,
 * whose rows are small. Of what is untagged already, nobody knows since when: the last change of its repository is never
 * too early.
 */
export const policies: Migration = {
  version: 14,
  name: 'clean-up policies, immutable tags',
  statements: ({ text }: Dialect) => [
    `CREATE TABLE registry_policies (
      registry_id ${text} NOT NULL REFERENCES registries (id),
      kind ${text} NOT NULL CHECK (kind IN ('clean-up', 'immutable-tags')),
      name_key ${text} NOT NULL,
      name ${text} NOT NULL,
      definition ${text} NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (registry_id, kind, name_key)
    )`,
    'ALTER TABLE manifest_metadata ADD COLUMN untagged_at BIGINT',
    `UPDATE manifest_metadata SET untagged_at = (
        SELECT CASE WHEN r.updated_at > manifest_metadata.updated_at THEN r.updated_at ELSE manifest_metadata.updated_at END
        FROM repositories r WHERE r.id = manifest_metadata.repository_id)
      WHERE NOT EXISTS (
        SELECT 1 FROM tags t
        WHERE t.repository_id = manifest_metadata.repository_id AND t.digest = manifest_metadata.digest)`,
    `CREATE INDEX manifest_metadata_untagged ON manifest_metadata (repository_id, untagged_at, digest)
      WHERE untagged_at IS NOT NULL`,
  ],
};

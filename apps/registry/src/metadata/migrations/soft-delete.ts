import type { Migration } from './migration.ts';

/**
 * What is soft-deleted: manifests and tags that can be restored until their registry's policy lets them go.
 *
 * The manifests lie in a repository of their own, the bin of the repository that they were deleted from, with all that they name.
 * So whatever keeps, counts and checks the content of repositories does so for them, and no door leads there. The bin's name is
 * no repository name, and it counts as deleted for ever (`deleted_at` is the largest time there is).
 *
 * One row for each tag and manifest that it was deleted from, and the last deletion counts: the place is the order of deletion.
 */
export const softDelete: Migration = {
  version: 13,
  name: 'soft-deleted manifests and tags',
  statements: ({ identity, text }) => [
    `CREATE TABLE soft_deleted_manifests (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      registry_id ${text} NOT NULL,
      deleted_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, digest),
      FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
    )`,
    'CREATE INDEX soft_deleted_manifests_age ON soft_deleted_manifests (registry_id, deleted_at, repository_id, digest)',
    `CREATE TABLE soft_deleted_tags (
      place ${identity},
      repository_id BIGINT NOT NULL REFERENCES repositories (id),
      name ${text} NOT NULL,
      digest ${text} NOT NULL,
      registry_id ${text} NOT NULL,
      deleted_at BIGINT NOT NULL,
      UNIQUE (repository_id, name, digest)
    )`,
    'CREATE INDEX soft_deleted_tags_order ON soft_deleted_tags (repository_id, place)',
    'CREATE INDEX soft_deleted_tags_digest ON soft_deleted_tags (repository_id, digest, name)',
    'CREATE INDEX soft_deleted_tags_age ON soft_deleted_tags (registry_id, deleted_at, place)',
  ],
};

import type { Dialect, Migration } from './migration.ts';

/** What `/acr/v1` shows and changes: locks, facts of images, times, and repositories that were deleted. */
export const contentAttributes: Migration = {
  version: 6,
  name: 'locks, facts that lists show, deleted repositories',
  statements: (dialect) => [
    ...locks(dialect),
    ...repositories(dialect),
    ...manifests(dialect),
    'CREATE INDEX tags_updated ON tags (repository_id, updated_at, name)',
    ...tombstones(dialect),
  ],
};

/** Only what is switched off has a row; `name` is the tag, the digest, or empty for the repository itself. */
function locks({ text }: Dialect): string[] {
  return [
    `CREATE TABLE locks (
      repository_id BIGINT NOT NULL REFERENCES repositories (id),
      kind ${text} NOT NULL CHECK (kind IN ('repository', 'manifest', 'tag')),
      name ${text} NOT NULL CHECK ((kind = 'repository') = (name = '')),
      flag ${text} NOT NULL CHECK (flag IN ('delete', 'write', 'read', 'list')),
      set_by ${text} NOT NULL,
      set_by_name ${text},
      set_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, kind, name, flag)
    )`,
  ];
}

/**
 * `lock_count` counts the rows in `locks`, so that a repository without locks, as nearly all are, costs a push or a pull
 * nothing. `hidden` says that it has the lock `list`. A repository that was deleted keeps its row, under a name that nobody
 * can ask for, until its content is purged; `deletion` says what it was called and who did it, for the events.
 */
function repositories({ text }: Dialect): string[] {
  return [
    'ALTER TABLE repositories ADD COLUMN tag_count INTEGER NOT NULL DEFAULT 0 CHECK (tag_count >= 0)',
    'ALTER TABLE repositories ADD COLUMN lock_count INTEGER NOT NULL DEFAULT 0 CHECK (lock_count >= 0)',
    'ALTER TABLE repositories ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))',
    'ALTER TABLE repositories ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0',
    'ALTER TABLE repositories ADD COLUMN deleted_at BIGINT',
    `ALTER TABLE repositories ADD COLUMN deletion ${text}`,
    `UPDATE repositories SET
      tag_count = (SELECT count(*) FROM tags WHERE tags.repository_id = repositories.id),
      updated_at = COALESCE(
        (SELECT max(pushed_at) FROM manifests WHERE manifests.repository_id = repositories.id), created_at)`,
    'DROP INDEX repositories_catalog',
    'CREATE INDEX repositories_catalog ON repositories (registry_id, listed, hidden, name)',
    'CREATE INDEX repositories_deleted ON repositories (deleted_at, id) WHERE deleted_at IS NOT NULL',
  ];
}

/**
 * A row for each manifest, in a table of its own: rows of `manifests` may have megabytes of annotations, and whatever
 * stands behind these is found only by walking through them. A page of a list must not do that a thousand times.
 */
function manifests({ text }: Dialect): string[] {
  return [
    `CREATE TABLE manifest_metadata (
      repository_id BIGINT NOT NULL,
      digest ${text} NOT NULL,
      media_type ${text} NOT NULL,
      config_media_type ${text},
      architecture ${text},
      os ${text},
      image_size BIGINT NOT NULL,
      child_count INTEGER NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      PRIMARY KEY (repository_id, digest),
      FOREIGN KEY (repository_id, digest) REFERENCES manifests (repository_id, digest)
    )`,
    `INSERT INTO manifest_metadata (repository_id, digest, media_type, config_media_type, image_size, child_count,
        created_at, updated_at)
      SELECT m.repository_id, m.digest, m.media_type, m.config_media_type,
        (SELECT COALESCE(sum(r.size), 0) FROM manifest_references r
          WHERE r.repository_id = m.repository_id AND r.manifest_digest = m.digest
            AND r.kind <> 'manifest' AND r.size < 1000000000000),
        (SELECT count(*) FROM manifest_references r
          WHERE r.repository_id = m.repository_id AND r.manifest_digest = m.digest AND r.kind = 'manifest'),
        m.pushed_at, m.pushed_at
      FROM manifests m`,
    // An index is as large as its images. Those of indexes inside indexes are left at what their own images have.
    `UPDATE manifest_metadata SET image_size = image_size + (
        SELECT COALESCE(sum(c.image_size), 0) FROM manifest_references r
          JOIN manifest_metadata c ON c.repository_id = r.repository_id AND c.digest = r.digest AND c.child_count = 0
        WHERE r.repository_id = manifest_metadata.repository_id AND r.manifest_digest = manifest_metadata.digest
          AND r.kind = 'manifest' AND c.image_size < 1000000000000)
      WHERE child_count > 0`,
    'CREATE INDEX manifest_metadata_updated ON manifest_metadata (repository_id, updated_at, digest)',
  ];
}

/** When a repository of the name was last deleted. No foreign key: it outlives what it is about. */
function tombstones({ text }: Dialect): string[] {
  return [
    `CREATE TABLE deleted_repositories (
      registry_id ${text} NOT NULL,
      name ${text} NOT NULL,
      deleted_at BIGINT NOT NULL,
      PRIMARY KEY (registry_id, name)
    )`,
    'CREATE INDEX deleted_repositories_age ON deleted_repositories (deleted_at)',
  ];
}

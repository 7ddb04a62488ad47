import type { Migration } from './migration.ts';

const SHARED = `EXISTS (
  SELECT 1 FROM repository_blobs o
  WHERE o.digest = l.digest AND o.registry_id = l.registry_id AND o.repository_id <> l.repository_id AND o.released = 0
)`;
const COUNTED = 'l.repository_id = repositories.id AND l.released = 0';
const LOGICAL = 'm.size + CASE WHEN i.child_count = 0 THEN i.image_size ELSE 0 END';

/**
 * What a repository shares with others of its registry, has alone, and would take without sharing: of a million manifests nobody
 * counts that while somebody waits. A manifest that claims more than 8 TiB counts as that.
 */
export const repositoryUsage: Migration = {
  version: 16,
  name: 'shared, own and logical bytes of repositories',
  statements: () => [
    'ALTER TABLE repositories ADD COLUMN shared_bytes BIGINT NOT NULL DEFAULT 0 CHECK (shared_bytes >= 0)',
    'ALTER TABLE repositories ADD COLUMN own_blobs BIGINT NOT NULL DEFAULT 0 CHECK (own_blobs >= 0)',
    'ALTER TABLE repositories ADD COLUMN logical_bytes BIGINT NOT NULL DEFAULT 0 CHECK (logical_bytes >= 0)',
    `UPDATE repositories SET
      shared_bytes = COALESCE((
        SELECT sum(b.size) FROM repository_blobs l CROSS JOIN blobs b WHERE ${COUNTED} AND b.digest = l.digest AND ${SHARED}
      ), 0) + COALESCE((
        SELECT sum(m.size) FROM manifests m WHERE m.repository_id = repositories.id AND EXISTS (
          SELECT 1 FROM manifests o CROSS JOIN repositories r WHERE o.digest = m.digest AND o.repository_id <> m.repository_id
            AND r.id = o.repository_id AND r.registry_id = repositories.registry_id
        )
      ), 0),
      own_blobs = (SELECT count(*) FROM repository_blobs l WHERE ${COUNTED} AND NOT ${SHARED}),
      logical_bytes = COALESCE((
        SELECT sum(CASE WHEN ${LOGICAL} > 8796093022208 THEN 8796093022208 ELSE ${LOGICAL} END)
        FROM manifests m CROSS JOIN manifest_metadata i
        WHERE m.repository_id = repositories.id AND i.repository_id = m.repository_id AND i.digest = m.digest
      ), 0)`,
  ],
};

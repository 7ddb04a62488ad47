import type { Digest } from '@holdfast/oci/digest';
import type {
  BlobCount,
  ConsistencyReader,
  ConsistencyWriter,
  LinkFlag,
  RepositoryCounts,
  UsageCount,
} from '../consistency.ts';
import type { PageRequest, RepositoryId } from '../metadata-store.ts';
import { MOST_LOGICAL } from '../usage.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const linksOf = (digest: string) => `(SELECT count(*) FROM repository_blobs counted WHERE counted.digest = ${digest})`;
const rowsOf = (table: string, repository: string) =>
  `(SELECT count(*) FROM ${table} counted WHERE counted.repository_id = ${repository})`;
const isNamed = (repository: string, digest: string) => `CASE WHEN EXISTS (
  SELECT 1 FROM manifest_references counted WHERE counted.repository_id = ${repository} AND counted.digest = ${digest}
) THEN 1 ELSE 0 END`;
// A digest counts once in a registry. CROSS JOIN keeps the order: from the registry's repositories to what they have.
const storedIn = (registry: string) => `(
  SELECT COALESCE(sum(size), 0) FROM (
    SELECT DISTINCT b.digest AS digest, b.size AS size
    FROM repositories r CROSS JOIN repository_blobs l CROSS JOIN blobs b
    WHERE r.registry_id = ${registry} AND l.repository_id = r.id AND l.released = 0 AND b.digest = l.digest
  ) AS blobs_once
) + (
  SELECT COALESCE(sum(size), 0) FROM (
    SELECT m.digest AS digest, max(m.size) AS size FROM repositories r CROSS JOIN manifests m
    WHERE r.registry_id = ${registry} AND m.repository_id = r.id GROUP BY m.digest
  ) AS manifests_once
)`;

const bytesIn = (repository: string) => `(
  SELECT COALESCE(sum(b.size), 0) FROM repository_blobs l CROSS JOIN blobs b
  WHERE l.repository_id = ${repository} AND l.released = 0 AND b.digest = l.digest
) + (SELECT COALESCE(sum(m.size), 0) FROM manifests m WHERE m.repository_id = ${repository})`;

const sharedBlob = `EXISTS (
  SELECT 1 FROM repository_blobs other WHERE other.digest = l.digest AND other.registry_id = l.registry_id
    AND other.repository_id <> l.repository_id AND other.released = 0
)`;
const sharedIn = (repository: string, registry: string) => `(
  SELECT COALESCE(sum(b.size), 0) FROM repository_blobs l CROSS JOIN blobs b
  WHERE l.repository_id = ${repository} AND l.released = 0 AND b.digest = l.digest AND ${sharedBlob}
) + (
  SELECT COALESCE(sum(m.size), 0) FROM manifests m WHERE m.repository_id = ${repository} AND EXISTS (
    SELECT 1 FROM manifests other CROSS JOIN repositories o
    WHERE other.digest = m.digest AND other.repository_id <> m.repository_id AND o.id = other.repository_id
      AND o.registry_id = ${registry}
  )
)`;
const ownIn = (repository: string) => `(
  SELECT count(*) FROM repository_blobs l WHERE l.repository_id = ${repository} AND l.released = 0 AND NOT ${sharedBlob}
)`;
const IMAGE = 'm.size + CASE WHEN i.child_count = 0 THEN i.image_size ELSE 0 END';
const logicalIn = (repository: string) => `(
  SELECT COALESCE(sum(CASE WHEN ${IMAGE} > ${MOST_LOGICAL} THEN ${MOST_LOGICAL} ELSE ${IMAGE} END), 0)
  FROM manifests m CROSS JOIN manifest_metadata i
  WHERE m.repository_id = ${repository} AND i.repository_id = m.repository_id AND i.digest = m.digest
)`;

const blobCounts = query(`
  SELECT b.digest AS digest, b.size AS size, b.damaged_at AS damaged_at, b.link_count AS kept,
    ${linksOf('b.digest')} AS counted
  FROM blobs b WHERE b.digest > ? ORDER BY b.digest LIMIT ?`);
const linkFlags = query(`
  SELECT l.digest AS digest, l.referenced AS kept, ${isNamed('l.repository_id', 'l.digest')} AS counted
  FROM repository_blobs l WHERE l.repository_id = ? AND l.digest > ? ORDER BY l.digest LIMIT ?`);
const repositoryCounts = query(`
  SELECT r.id AS id, r.name AS name, r.manifest_count AS manifests, r.tag_count AS tags, r.lock_count AS locks,
    ${rowsOf('manifests', 'r.id')} AS manifests_counted, ${rowsOf('tags', 'r.id')} AS tags_counted,
    ${rowsOf('locks', 'r.id')} AS locks_counted, r.stored_bytes AS bytes, ${bytesIn('r.id')} AS bytes_counted,
    r.shared_bytes AS shared, ${sharedIn('r.id', 'r.registry_id')} AS shared_counted,
    r.own_blobs AS own, ${ownIn('r.id')} AS own_counted,
    r.logical_bytes AS logical, ${logicalIn('r.id')} AS logical_counted
  FROM repositories r WHERE r.id > ? AND r.deleted_at IS NULL ORDER BY r.id LIMIT ?`);
const usageCount = query(`
  SELECT g.id AS id, g.name AS name,
    COALESCE((SELECT u.bytes FROM registry_usage u WHERE u.registry_id = g.id), 0) AS kept, ${storedIn('g.id')} AS counted
  FROM registries g WHERE g.id = (SELECT min(next.id) FROM registries next WHERE next.id > ?)`);

const recountBlob = command(`
  UPDATE blobs SET link_count = ${linksOf('blobs.digest')},
    unlinked_at = CASE WHEN ${linksOf('blobs.digest')} > 0 THEN NULL ELSE COALESCE(unlinked_at, ?) END
  WHERE digest = ?`);
const recountLink = command(`
  UPDATE repository_blobs SET referenced = ${isNamed('repository_blobs.repository_id', 'repository_blobs.digest')},
    released = CASE WHEN ${isNamed('repository_blobs.repository_id', 'repository_blobs.digest')} = 1 THEN 0 ELSE released END
  WHERE repository_id = ? AND digest = ?`);
const recountRepository = command(`
  UPDATE repositories SET manifest_count = ${rowsOf('manifests', 'repositories.id')},
    listed = CASE WHEN ${rowsOf('manifests', 'repositories.id')} > 0 THEN 1 ELSE 0 END,
    tag_count = ${rowsOf('tags', 'repositories.id')}, lock_count = ${rowsOf('locks', 'repositories.id')},
    stored_bytes = ${bytesIn('repositories.id')},
    shared_bytes = ${sharedIn('repositories.id', 'repositories.registry_id')}, own_blobs = ${ownIn('repositories.id')},
    logical_bytes = ${logicalIn('repositories.id')}
  WHERE id = ? AND deleted_at IS NULL`);
const recountUsage = command(`
  INSERT INTO registry_usage (registry_id, bytes) SELECT g.id, ${storedIn('g.id')} FROM registries g WHERE g.id = ?
  ON CONFLICT (registry_id) DO UPDATE SET bytes = excluded.bytes`);

interface RepositoryColumns {
  id: RepositoryId;
  name: string;
  manifests: number;
  manifests_counted: number;
  tags: number;
  tags_counted: number;
  locks: number;
  locks_counted: number;
  bytes: number;
  bytes_counted: number;
  shared: number;
  shared_counted: number;
  own: number;
  own_counted: number;
  logical: number;
  logical_counted: number;
}

export class SqliteConsistencyReader implements ConsistencyReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  blobs({ last = '', limit = NO_LIMIT }: PageRequest): BlobCount[] {
    return this.session
      .all<Omit<BlobCount, 'damaged'> & { damaged_at: number | null }>(blobCounts, last, limit)
      .map(({ digest, size, kept, counted, damaged_at: since }) => ({
        digest,
        size,
        kept,
        counted,
        damaged: since !== null,
      }));
  }

  links(repositoryId: RepositoryId, { last = '', limit = NO_LIMIT }: PageRequest): LinkFlag[] {
    return this.session
      .all<LinkFlag>(linkFlags, repositoryId, last, limit)
      .map(({ digest, kept, counted }) => ({ digest, kept, counted }));
  }

  repositories(after: RepositoryId, limit: number): RepositoryCounts[] {
    return this.session.all<RepositoryColumns>(repositoryCounts, after, limit).map((row) => ({
      id: row.id,
      name: row.name,
      manifests: { kept: row.manifests, counted: row.manifests_counted },
      tags: { kept: row.tags, counted: row.tags_counted },
      locks: { kept: row.locks, counted: row.locks_counted },
      bytes: { kept: row.bytes, counted: row.bytes_counted },
      sharedBytes: { kept: row.shared, counted: row.shared_counted },
      ownBlobs: { kept: row.own, counted: row.own_counted },
      logicalBytes: { kept: row.logical, counted: row.logical_counted },
    }));
  }

  usage(afterId: string): UsageCount | undefined {
    const row = this.session.get<UsageCount>(usageCount, afterId);
    return row && { id: row.id, name: row.name, kept: row.kept, counted: row.counted };
  }
}

export class SqliteConsistencyWriter extends SqliteConsistencyReader implements ConsistencyWriter {
  recountBlob(digest: Digest, now: Date): void {
    this.session.run(recountBlob, now.getTime(), digest);
  }

  recountLink(repositoryId: RepositoryId, digest: Digest): void {
    this.session.run(recountLink, repositoryId, digest);
  }

  recountRepository(id: RepositoryId): void {
    this.session.run(recountRepository, id);
  }

  recountUsage(registryId: string): void {
    this.session.run(recountUsage, registryId);
  }
}

import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { RepositoryId } from '../metadata-store.ts';
import { MOST_LOGICAL, type RepositoryUsage, type UsageReader } from '../usage.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const countedBlob = query(`
  SELECT l.registry_id AS registry, b.size AS size FROM repository_blobs l JOIN blobs b ON b.digest = l.digest
  WHERE l.repository_id = ? AND l.digest = ? AND l.released = 0`);
const countedManifest = query(`
  SELECT r.registry_id AS registry, m.size AS size, CASE WHEN i.child_count = 0 THEN i.image_size ELSE 0 END AS image
  FROM manifests m JOIN repositories r ON r.id = m.repository_id
    JOIN manifest_metadata i ON i.repository_id = m.repository_id AND i.digest = m.digest
  WHERE m.repository_id = ? AND m.digest = ?`);
// Two are enough to know whether there is none, one or more.
const othersWithBlob = query(`
  SELECT repository_id AS id FROM repository_blobs
  WHERE digest = ? AND registry_id = ? AND repository_id <> ? AND released = 0 LIMIT 2`);
// CROSS JOIN keeps the order: from the digest to the repositories that have it, never from all of the registry to the digest.
const othersWithManifest = query(`
  SELECT o.id AS id FROM manifests other CROSS JOIN repositories o
  WHERE other.digest = ? AND other.repository_id <> ? AND o.id = other.repository_id AND o.registry_id = ? LIMIT 2`);

const addToRegistry = command(`
  INSERT INTO registry_usage (registry_id, bytes) VALUES (?, ?)
  ON CONFLICT (registry_id) DO UPDATE SET bytes = registry_usage.bytes + excluded.bytes`);
const takeFromRegistry = command('UPDATE registry_usage SET bytes = bytes - ? WHERE registry_id = ?');
const addToRepository = command(`
  UPDATE repositories SET stored_bytes = stored_bytes + ?, shared_bytes = shared_bytes + ?, own_blobs = own_blobs + ?,
    logical_bytes = logical_bytes + ?
  WHERE id = ?`);

/** What comes or goes, and what it counts for. */
interface Counted {
  readonly registry: string;
  readonly size: number;
  readonly blobs: 0 | 1;
  readonly logical: number;
}

/**
 * A thing counts once in a registry, however many of its repositories have it. Where exactly one other repository has it, too, it
 * becomes shared there, or its own again.
 */
function count(
  session: Session,
  sign: 1 | -1,
  repository: RepositoryId,
  { registry, size, blobs, logical }: Counted,
  others: readonly { id: RepositoryId }[],
): void {
  const [other, another] = others;
  if (!other) {
    if (sign > 0) session.run(addToRegistry, registry, size);
    else session.run(takeFromRegistry, size, registry);
  }
  session.run(
    addToRepository,
    sign * size,
    other ? sign * size : 0,
    other ? 0 : sign * blobs,
    sign * logical,
    repository,
  );
  if (other && !another) session.run(addToRepository, 0, sign * size, -sign * blobs, 0, other.id);
}

function countBlob(session: Session, sign: 1 | -1, repository: RepositoryId, digest: Digest): void {
  const blob = session.get<{ registry: string; size: number }>(countedBlob, repository, digest);
  // Nothing is written where nothing changes: the collector unlinks what counts no more, blob after blob.
  if (!blob) return;
  const others = session.all<{ id: RepositoryId }>(othersWithBlob, digest, blob.registry, repository);
  count(session, sign, repository, { ...blob, blobs: 1, logical: 0 }, others);
}

function countManifest(session: Session, sign: 1 | -1, repository: RepositoryId, digest: Digest): void {
  const row = session.get<{ registry: string; size: number; image: number }>(countedManifest, repository, digest);
  if (!row) return;
  const { registry, size, image } = row;
  const others = session.all<{ id: RepositoryId }>(othersWithManifest, digest, repository, registry);
  const logical = Math.min(size + image, MOST_LOGICAL);
  count(session, sign, repository, { registry, size, blobs: 0, logical }, others);
}

/** Kept by whoever links, unlinks, stores or deletes, in the same transaction. */
export const usage = {
  /** After a link was made, or counts again. */
  blobCame: (session: Session, repository: RepositoryId, digest: Digest) => countBlob(session, 1, repository, digest),
  /** Before a link goes, or counts no more; nothing happens when it did not count. */
  blobGoes: (session: Session, repository: RepositoryId, digest: Digest) => countBlob(session, -1, repository, digest),
  /** After the row and its summary were inserted. */
  manifestCame: (session: Session, repository: RepositoryId, digest: Digest) =>
    countManifest(session, 1, repository, digest),
  /** Before the summary and the row go. */
  manifestGoes: (session: Session, repository: RepositoryId, digest: Digest) =>
    countManifest(session, -1, repository, digest),
};

const usageOf = query('SELECT bytes FROM registry_usage WHERE registry_id = ?');
const usageOfRepository = query(`
  SELECT stored_bytes AS stored, shared_bytes AS shared, own_blobs AS own, logical_bytes AS logical
  FROM repositories WHERE id = ?`);
const largestRepositories = query(`
  SELECT name, stored_bytes AS bytes FROM repositories
  WHERE registry_id = ? AND listed = 1 ORDER BY stored_bytes DESC, name DESC LIMIT ?`);
const recounted = query(`
  SELECT COALESCE(SUM(size), 0) AS bytes FROM (
    SELECT b.size AS size FROM blobs b
    WHERE b.digest IN (
      SELECT l.digest FROM repositories r CROSS JOIN repository_blobs l
      WHERE r.registry_id = ? AND l.repository_id = r.id AND l.released = 0
    )
    UNION ALL
    SELECT MAX(m.size) FROM repositories r CROSS JOIN manifests m WHERE r.registry_id = ? AND m.repository_id = r.id
    GROUP BY m.digest
  ) AS stored`);

type Bytes = { bytes: number };
type RepositoryColumns = { stored: number; shared: number; own: number; logical: number };

export class SqliteUsageReader implements UsageReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  bytes(registryId: string): number {
    return this.#session.get<Bytes>(usageOf, registryId)?.bytes ?? 0;
  }

  ofRepository(id: RepositoryId): RepositoryUsage {
    const row = this.#session.get<RepositoryColumns>(usageOfRepository, id);
    if (!row) return { stored: 0, shared: 0, ownBlobs: 0, logical: 0 };
    return { stored: row.stored, shared: row.shared, ownBlobs: row.own, logical: row.logical };
  }

  largest(registryId: string, limit: number): { name: RepositoryName; bytes: number }[] {
    return this.#session
      .all<{ name: RepositoryName; bytes: number }>(largestRepositories, registryId, limit)
      .map(({ name, bytes }) => ({ name, bytes }));
  }

  recount(registryId: string): number {
    return this.#session.get<Bytes>(recounted, registryId, registryId)?.bytes ?? 0;
  }
}

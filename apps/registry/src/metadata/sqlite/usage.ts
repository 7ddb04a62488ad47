import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { RepositoryId } from '../metadata-store.ts';
import type { StoredBlob, StoredManifest, UsageReader } from '../usage.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

// A digest counts once in a registry, however many of its repositories have it: so each of these looks for the one
// repository that has it, and finds nothing when another one has it, too. CROSS JOIN keeps the order: from the digest to
// the repositories that have it, never from all repositories of the registry to the digest.
const COUNTED_LINK = `
  FROM repository_blobs l JOIN blobs b ON b.digest = l.digest
  WHERE l.repository_id = ? AND l.digest = ? AND l.released = 0`;
const ONLY_LINK = `${COUNTED_LINK} AND NOT EXISTS (
    SELECT 1 FROM repository_blobs other
    WHERE other.digest = l.digest AND other.registry_id = l.registry_id AND other.repository_id <> l.repository_id
      AND other.released = 0
  )`;
const ONLY_MANIFEST = `
  FROM manifests m JOIN repositories r ON r.id = m.repository_id
  WHERE m.repository_id = ? AND m.digest = ? AND NOT EXISTS (
    SELECT 1 FROM manifests other CROSS JOIN repositories o
    WHERE other.digest = m.digest AND other.repository_id <> m.repository_id AND o.id = other.repository_id
      AND o.registry_id = r.registry_id
  )`;
const ADD = 'ON CONFLICT (registry_id) DO UPDATE SET bytes = registry_usage.bytes + excluded.bytes';
const OF_REPOSITORY = 'registry_id = (SELECT registry_id FROM repositories WHERE id = ?)';

const blobCame = command(`
  INSERT INTO registry_usage (registry_id, bytes) SELECT l.registry_id, b.size ${ONLY_LINK} ${ADD}`);
const blobCameHere = command(`
  UPDATE repositories SET stored_bytes = stored_bytes + COALESCE((SELECT b.size ${COUNTED_LINK}), 0) WHERE id = ?`);
// Nothing is written where nothing changes: the collector unlinks what counts no more, blob after blob.
const blobGoes = command(`
  UPDATE registry_usage SET bytes = bytes - COALESCE((SELECT b.size ${ONLY_LINK}), 0)
  WHERE ${OF_REPOSITORY} AND EXISTS (SELECT 1 ${COUNTED_LINK})`);
const blobGoesHere = command(`
  UPDATE repositories SET stored_bytes = stored_bytes - COALESCE((SELECT b.size ${COUNTED_LINK}), 0)
  WHERE id = ? AND EXISTS (SELECT 1 ${COUNTED_LINK})`);
const manifestCame = command(`
  INSERT INTO registry_usage (registry_id, bytes) SELECT r.registry_id, m.size ${ONLY_MANIFEST} ${ADD}`);
const manifestGoes = command(`
  UPDATE registry_usage SET bytes = bytes - COALESCE((SELECT m.size ${ONLY_MANIFEST}), 0) WHERE ${OF_REPOSITORY}`);
const MANIFEST_SIZE = '(SELECT size FROM manifests WHERE repository_id = ? AND digest = ?)';
const manifestCameHere = command(
  `UPDATE repositories SET stored_bytes = stored_bytes + COALESCE(${MANIFEST_SIZE}, 0) WHERE id = ?`,
);
const manifestGoesHere = command(
  `UPDATE repositories SET stored_bytes = stored_bytes - COALESCE(${MANIFEST_SIZE}, 0) WHERE id = ?`,
);

/** Kept by whoever links, unlinks, stores or deletes, in the same transaction. */
export const usage = {
  /** After a link was made, or counts again. */
  blobCame: (session: Session, repository: RepositoryId, digest: Digest) => {
    session.run(blobCame, repository, digest);
    session.run(blobCameHere, repository, digest, repository);
  },
  /** Before a link goes, or counts no more; nothing happens when it did not count. */
  blobGoes: (session: Session, repository: RepositoryId, digest: Digest) => {
    session.run(blobGoes, repository, digest, repository, repository, digest);
    session.run(blobGoesHere, repository, digest, repository, repository, digest);
  },
  /** After the row was inserted. */
  manifestCame: (session: Session, repository: RepositoryId, digest: Digest) => {
    session.run(manifestCame, repository, digest);
    session.run(manifestCameHere, repository, digest, repository);
  },
  /** Before the row goes. */
  manifestGoes: (session: Session, repository: RepositoryId, digest: Digest) => {
    session.run(manifestGoes, repository, digest, repository);
    session.run(manifestGoesHere, repository, digest, repository);
  },
};

const usageOf = query('SELECT bytes FROM registry_usage WHERE registry_id = ?');
const usageOfRepository = query('SELECT stored_bytes AS bytes FROM repositories WHERE id = ?');
const largestRepositories = query(`
  SELECT name, stored_bytes AS bytes FROM repositories
  WHERE registry_id = ? AND listed = 1 ORDER BY stored_bytes DESC, name DESC LIMIT ?`);
const blobsOfRepository = query(`
  SELECT l.digest AS digest, b.size AS size, l.released AS released, EXISTS (
    SELECT 1 FROM repository_blobs other
    WHERE other.digest = l.digest AND other.registry_id = l.registry_id AND other.repository_name <> l.repository_name
      AND other.released = 0
  ) AS shared
  FROM repository_blobs l CROSS JOIN blobs b
  WHERE l.repository_id = ? AND l.digest > ? AND b.digest = l.digest ORDER BY l.digest LIMIT ?`);
const manifestsOfRepository = query(`
  SELECT m.digest AS digest, m.size AS size, i.image_size AS image_size, i.child_count AS child_count, EXISTS (
    SELECT 1 FROM manifests other CROSS JOIN repositories o CROSS JOIN repositories r
    WHERE other.digest = m.digest AND other.repository_id <> m.repository_id AND o.id = other.repository_id
      AND r.id = m.repository_id AND o.registry_id = r.registry_id
  ) AS shared
  FROM manifests m CROSS JOIN manifest_metadata i
  WHERE m.repository_id = ? AND m.digest > ? AND i.repository_id = m.repository_id AND i.digest = m.digest
  ORDER BY m.digest LIMIT ?`);
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
type Page = { last?: Digest | undefined; limit: number };
type BlobColumns = { digest: Digest; size: number; released: number; shared: number };
type StoredColumns = { digest: Digest; size: number; image_size: number; child_count: number; shared: number };

export class SqliteUsageReader implements UsageReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  bytes(registryId: string): number {
    return this.#session.get<Bytes>(usageOf, registryId)?.bytes ?? 0;
  }

  ofRepository(id: RepositoryId): number {
    return this.#session.get<Bytes>(usageOfRepository, id)?.bytes ?? 0;
  }

  largest(registryId: string, limit: number): { name: RepositoryName; bytes: number }[] {
    return this.#session
      .all<{ name: RepositoryName; bytes: number }>(largestRepositories, registryId, limit)
      .map(({ name, bytes }) => ({ name, bytes }));
  }

  blobsOf(id: RepositoryId, { last = '' as Digest, limit }: Page): StoredBlob[] {
    const rows = this.#session.all<BlobColumns>(blobsOfRepository, id, last, limit);
    return rows.map((row) => ({ ...row, released: row.released === 1, shared: row.shared === 1 }));
  }

  manifestsOf(id: RepositoryId, { last = '' as Digest, limit }: Page): StoredManifest[] {
    const rows = this.#session.all<StoredColumns>(manifestsOfRepository, id, last, limit);
    return rows.map(({ digest, size, image_size, child_count, shared }) => ({
      digest,
      size,
      shared: shared === 1,
      imageSize: child_count === 0 ? image_size : 0,
    }));
  }

  recount(registryId: string): number {
    return this.#session.get<Bytes>(recounted, registryId, registryId)?.bytes ?? 0;
  }
}

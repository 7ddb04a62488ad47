import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { ByteCount, GarbageReader, LinkPlace, LinkState } from '../garbage.ts';
import type { RepositoryId } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { query } from './statements.ts';

const COUNT = 'COUNT(*) AS count, COALESCE(SUM(size), 0) AS bytes';
// The condition on the digest is true of all; with it the rows are found by an index that has them all.
const unlinkedBlobs = query(
  `SELECT ${COUNT} FROM blobs WHERE digest > '' AND unlinked_at IS NOT NULL AND unlinked_at < ?`,
);
const unneededBlobs = query(`
  SELECT ${COUNT} FROM blobs b
  WHERE b.digest IN (SELECT l.digest FROM repository_blobs l WHERE l.referenced = 0 AND l.linked_at < ?)
    AND NOT EXISTS (
      SELECT 1 FROM repository_blobs k WHERE k.digest = b.digest AND (k.referenced = 1 OR k.linked_at >= ?)
    )`);
const LINK = `
  SELECT l.repository_id AS repository_id, l.repository_name AS repository, g.name AS registry, l.digest AS digest,
    b.size AS size, l.referenced AS referenced, l.released AS released, l.linked_at AS linked_at
  FROM repository_blobs l CROSS JOIN blobs b CROSS JOIN registries g`;
const SAME = 'b.digest = l.digest AND g.id = l.registry_id';
const waitingLinks = query(`
  ${LINK} WHERE ${SAME} AND l.referenced = 0 AND (l.linked_at, l.repository_id, l.digest) > (?, ?, ?)
  ORDER BY l.linked_at, l.repository_id, l.digest LIMIT ?`);
const linksOfBlob = query(`
  ${LINK} WHERE ${SAME} AND l.digest = ? ORDER BY l.registry_id, l.repository_name LIMIT ?`);
const linkOfRepository = query(`${LINK} WHERE ${SAME} AND l.repository_id = ? AND l.digest = ?`);
const unlinkedSince = query('SELECT unlinked_at FROM blobs WHERE digest = ? AND unlinked_at IS NOT NULL');
// A manifest may name a digest several times: it counts at its first place. DISTINCT would walk all references of the repository.
const freedBlobs = query(`
  SELECT COUNT(*) AS count, COALESCE(SUM(b.size), 0) AS bytes
  FROM manifest_metadata m CROSS JOIN manifest_references named CROSS JOIN repository_blobs l CROSS JOIN blobs b
  WHERE m.repository_id = ? AND m.digest = ? AND named.manifest_id = m.id
    AND l.repository_id = named.repository_id AND l.digest = named.digest AND b.digest = l.digest
    AND NOT EXISTS (
      SELECT 1 FROM manifest_references earlier
      WHERE earlier.manifest_id = named.manifest_id AND earlier.place < named.place AND earlier.digest = named.digest
    )
    AND NOT EXISTS (
      SELECT 1 FROM manifest_references other
      WHERE other.repository_id = l.repository_id AND other.digest = l.digest AND other.manifest_id <> named.manifest_id
    )
    AND NOT EXISTS (
      SELECT 1 FROM repository_blobs other
      WHERE other.digest = l.digest AND other.registry_id = l.registry_id AND other.repository_name <> l.repository_name
        AND other.released = 0
    )`);
const freedManifest = query(`
  SELECT m.size AS bytes FROM manifests m JOIN repositories r ON r.id = m.repository_id
  WHERE m.repository_id = ? AND m.digest = ? AND NOT EXISTS (
    SELECT 1 FROM manifests other CROSS JOIN repositories o
    WHERE other.digest = m.digest AND other.repository_id <> m.repository_id AND o.id = other.repository_id
      AND o.registry_id = r.registry_id
  )`);

interface LinkColumns {
  repository_id: number;
  repository: RepositoryName;
  registry: string;
  digest: Digest;
  size: number;
  referenced: number;
  released: number;
  linked_at: number;
}

export class SqliteGarbageReader implements GarbageReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  unlinked(before: Date): ByteCount {
    return plain(this.#session.get<ByteCount>(unlinkedBlobs, before.getTime()));
  }

  unneeded(before: Date): ByteCount {
    const time = before.getTime();
    return plain(this.#session.get<ByteCount>(unneededBlobs, time, time));
  }

  waiting({ after, limit }: { after?: LinkPlace | undefined; limit: number }): LinkState[] {
    const { since, repositoryId = 0, digest = '' } = after ?? {};
    const time = since?.getTime() ?? 0;
    return this.#session.all<LinkColumns>(waitingLinks, time, repositoryId, digest, limit).map(toLink);
  }

  linksOf(digest: Digest, limit: number): LinkState[] {
    return this.#session.all<LinkColumns>(linksOfBlob, digest, limit).map(toLink);
  }

  linkOf(id: RepositoryId, digest: Digest): LinkState | undefined {
    const row = this.#session.get<LinkColumns>(linkOfRepository, id, digest);
    return row && toLink(row);
  }

  unlinkedSince(digest: Digest): Date | undefined {
    const row = this.#session.get<{ unlinked_at: number }>(unlinkedSince, digest);
    return row && new Date(row.unlinked_at);
  }

  freedBy(id: RepositoryId, digest: Digest): ByteCount {
    const blobs = plain(this.#session.get<ByteCount>(freedBlobs, id, digest));
    const own = this.#session.get<{ bytes: number }>(freedManifest, id, digest);
    return { count: blobs.count, bytes: blobs.bytes + (own?.bytes ?? 0) };
  }
}

function plain(row: ByteCount | undefined): ByteCount {
  return { count: row?.count ?? 0, bytes: row?.bytes ?? 0 };
}

function toLink(row: LinkColumns): LinkState {
  const unnamed = row.released === 1 ? 'released' : 'pushed';
  return {
    repositoryId: row.repository_id,
    repository: row.repository,
    registry: row.registry,
    digest: row.digest,
    size: row.size,
    state: row.referenced === 1 ? 'named' : unnamed,
    since: new Date(row.linked_at),
  };
}

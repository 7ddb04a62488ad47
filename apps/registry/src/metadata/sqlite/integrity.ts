import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type {
  BlobLink,
  Damage,
  Holder,
  IntegrityReader,
  IntegrityWriter,
  PageRequest,
  RepositoryId,
} from '../metadata-store.ts';
import { type BlobColumns, toBlob } from './blobs.ts';
import { healManifestContent } from './manifests.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const blobsPage = query('SELECT digest, size, damaged_at, damage FROM blobs WHERE digest > ? ORDER BY digest LIMIT ?');
const findBlob = query('SELECT digest, size, damaged_at, damage FROM blobs WHERE digest = ?');
const contentsPage = query('SELECT digest FROM manifest_contents WHERE digest > ? ORDER BY digest LIMIT ?');
const findContent = query(`
  SELECT c.bytes AS bytes, (SELECT max(m.damaged_at) FROM manifests m WHERE m.digest = c.digest) AS damaged_at
  FROM manifest_contents c WHERE c.digest = ?`);
const blobHolders = query(`
  SELECT rb.repository_id AS repository_id, rb.repository_name AS repository, rb.registry_id AS registry_id,
    g.name AS registry
  FROM repository_blobs rb JOIN registries g ON g.id = rb.registry_id
    JOIN repositories r ON r.id = rb.repository_id AND r.deleted_at IS NULL
  WHERE rb.digest = ? AND g.deleted_at IS NULL ORDER BY rb.registry_id, rb.repository_name LIMIT ?`);
const manifestHolders = query(`
  SELECT m.repository_id AS repository_id, r.name AS repository, r.registry_id AS registry_id, g.name AS registry
  FROM manifests m JOIN repositories r ON r.id = m.repository_id JOIN registries g ON g.id = r.registry_id
  WHERE m.digest = ? AND r.deleted_at IS NULL AND g.deleted_at IS NULL LIMIT ?`);
// UNION, not UNION ALL: an index reached on two ways is looked at once. CROSS JOIN as for the tagged ancestor: in this order.
const tagsOver = query(`
  WITH RECURSIVE lineage (digest) AS (
    SELECT digest FROM manifests WHERE repository_id = ? AND digest = ?
    UNION
    SELECT parent.digest FROM lineage CROSS JOIN manifest_references named CROSS JOIN manifest_metadata parent
    WHERE named.repository_id = ? AND named.digest = lineage.digest AND parent.id = named.manifest_id
  )
  SELECT tags.name AS name FROM lineage CROSS JOIN tags
  WHERE tags.repository_id = ? AND tags.digest = lineage.digest LIMIT ?`);

const markBlob = command('UPDATE blobs SET damaged_at = ?, damage = ? WHERE digest = ? AND damaged_at IS NULL');
const healBlob = command(`
  UPDATE blobs SET size = ?, damaged_at = NULL, damage = NULL
  WHERE digest = ? AND (damaged_at IS NOT NULL OR size <> ?)`);
const markManifest = command('UPDATE manifests SET damaged_at = ? WHERE digest = ? AND damaged_at IS NULL');

interface HolderColumns {
  repository_id: RepositoryId;
  repository: RepositoryName;
  registry_id: string;
  registry: string;
}

export class SqliteIntegrityReader implements IntegrityReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  blobs({ last = '', limit = NO_LIMIT }: PageRequest): BlobLink[] {
    return this.session.all<BlobColumns>(blobsPage, last, limit).map(toBlob);
  }

  blob(digest: Digest): BlobLink | undefined {
    const row = this.session.get<BlobColumns>(findBlob, digest);
    return row && toBlob(row);
  }

  manifests({ last = '', limit = NO_LIMIT }: PageRequest): Digest[] {
    return this.session.all<{ digest: Digest }>(contentsPage, last, limit).map((row) => row.digest);
  }

  manifest(digest: Digest): { bytes: Uint8Array; damagedAt?: Date } | undefined {
    const row = this.session.get<{ bytes: Uint8Array; damaged_at: number | null }>(findContent, digest);
    if (row === undefined) return undefined;
    return { bytes: row.bytes, ...(row.damaged_at === null ? {} : { damagedAt: new Date(row.damaged_at) }) };
  }

  holders(what: 'blob' | 'manifest', digest: Digest, limit: number): Holder[] {
    const statement = what === 'blob' ? blobHolders : manifestHolders;
    return this.session.all<HolderColumns>(statement, digest, limit).map((row) => ({
      repositoryId: row.repository_id,
      repository: row.repository,
      registryId: row.registry_id,
      registry: row.registry,
    }));
  }

  tagsOver(id: RepositoryId, manifest: Digest, limit: number): TagName[] {
    return this.session.all<{ name: TagName }>(tagsOver, id, manifest, id, id, limit).map((row) => row.name);
  }
}

export class SqliteIntegrityWriter extends SqliteIntegrityReader implements IntegrityWriter {
  markBlob(digest: Digest, { kind, since }: Damage): boolean {
    return this.session.run(markBlob, since.getTime(), kind, digest) === 1;
  }

  healBlob(digest: Digest, size: number): boolean {
    return this.session.run(healBlob, size, digest, size) === 1;
  }

  markManifest(digest: Digest, now: Date): boolean {
    return this.session.run(markManifest, now.getTime(), digest) > 0;
  }

  healManifest(digest: Digest, bytes: Uint8Array): boolean {
    return healManifestContent(this.session, digest, bytes);
  }
}

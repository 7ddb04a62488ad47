import type { Digest } from '@holdfast/oci/digest';
import type { ReferenceKind } from '@holdfast/oci/manifest';
import type { TagName } from '@holdfast/oci/reference';
import { latin1, TEXT_BYTES } from '../../platform/latin1.ts';
import type {
  ManifestArrival,
  ManifestContent,
  ManifestReader,
  ManifestReference,
  ManifestRow,
  ManifestWriter,
  PageRequest,
  Referrer,
  RepositoryId,
} from '../metadata-store.ts';
import { claimBlob, releaseBlob } from './blobs.ts';
import { binFor, forgetKeptManifest, keepManifest } from './deleted-content.ts';
import { isForeignKeyViolation, repositoryGone, translate } from './errors.ts';
import { deleteManifestSummary, insertManifestSummary, manifestNumber, touchManifestSummary } from './listings.ts';
import { dropAllLocks, dropManifestLocks } from './locks.ts';
import { deletePulls } from './pulls.ts';
import { dropQuarantine } from './quarantine.ts';
import { recordDeletion } from './repositories.ts';
import { dropScan } from './scans.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';
import { deleteTagsOfManifest, tagsOfManifest } from './tags.ts';
import { usage } from './usage.ts';

const findManifest = query(`
  SELECT repository_id, digest, media_type, size, artifact_type, config_media_type, subject, annotations, pushed_by, pushed_at,
    damaged_at
  FROM manifests WHERE repository_id = ? AND digest = ?`);
const manifestContent = hotQuery(`
  SELECT m.digest AS digest, m.media_type AS media_type, c.bytes AS bytes, m.damaged_at AS damaged_at
  FROM manifests m JOIN manifest_contents c ON c.digest = m.digest
  WHERE m.repository_id = ? AND m.digest = ?`);
const referrersPage = query(`
  SELECT digest, media_type, size, artifact_type, annotations FROM manifests
  WHERE repository_id = ? AND subject = ? AND digest > ? ORDER BY digest LIMIT ?`);
const referrersOfTypePage = query(`
  SELECT digest, media_type, size, artifact_type, annotations FROM manifests
  WHERE repository_id = ? AND subject = ? AND artifact_type = ? AND digest > ? ORDER BY digest LIMIT ?`);
// UNION, not UNION ALL: a manifest reached on two ways is looked at once. CROSS JOIN keeps SQLite to the order written: it
// would begin each step with all references of the repository, and one deletion below 1,000 indexes took half a minute.
const taggedAncestor = query(`
  WITH RECURSIVE ancestors (digest) AS (
    SELECT parent.digest FROM manifest_references named CROSS JOIN manifest_metadata parent
    WHERE named.repository_id = ? AND named.digest = ? AND parent.id = named.manifest_id
    UNION
    SELECT parent.digest FROM ancestors CROSS JOIN manifest_references named CROSS JOIN manifest_metadata parent
    WHERE named.repository_id = ? AND named.digest = ancestors.digest AND parent.id = named.manifest_id
  )
  SELECT tags.digest AS digest FROM ancestors CROSS JOIN tags
  WHERE tags.repository_id = ? AND tags.digest = ancestors.digest LIMIT 1`);
const referencingManifests = query(`
  SELECT parent.digest AS digest FROM (
    SELECT DISTINCT manifest_id FROM manifest_references WHERE repository_id = ? AND digest = ? ORDER BY manifest_id LIMIT ?
  ) AS naming CROSS JOIN manifest_metadata parent
  WHERE parent.id = naming.manifest_id ORDER BY naming.manifest_id`);
const manifestReferences = query(`
  SELECT named.digest AS digest, named.kind AS kind, named.media_type AS media_type, named.size AS size,
    named.architecture AS architecture, named.os AS os
  FROM manifest_metadata m CROSS JOIN manifest_references named
  WHERE m.repository_id = ? AND m.digest = ? AND named.manifest_id = m.id ORDER BY named.place`);
const manifestExists = query('SELECT 1 AS found FROM manifests WHERE repository_id = ? AND digest = ?');

const insertContent = command(
  'INSERT INTO manifest_contents (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING',
);
const insertManifest = command(`
  INSERT INTO manifests (repository_id, digest, media_type, size, artifact_type, config_media_type, subject, annotations,
    pushed_by, pushed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const insertReference = command(`
  INSERT INTO manifest_references (manifest_id, place, repository_id, digest, kind, media_type, size, architecture, os)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const countManifest = command(
  'UPDATE repositories SET manifest_count = manifest_count + 1, updated_at = ? WHERE id = ? AND listed = 1',
);
// From its first manifest on it exists for its users.
const countFirstManifest = command(
  'UPDATE repositories SET manifest_count = 1, listed = 1, created_at = ?, updated_at = ? WHERE id = ?',
);
const uncountManifest = command(`
  UPDATE repositories SET manifest_count = manifest_count - 1, tag_count = tag_count - ?, updated_at = ?
  WHERE id = ? AND manifest_count > 1`);
const uncountLastManifest = command(`
  UPDATE repositories SET manifest_count = 0, tag_count = 0, lock_count = 0, hidden = 0, listed = 0 WHERE id = ?`);
// Digest by digest: given the manifest's whole list as a subquery, SQLite walks all manifests that name each digest, and
// thousands of images name the same base layer.
const markReferenced = command(
  'UPDATE repository_blobs SET referenced = 1 WHERE repository_id = ? AND digest = ? AND referenced = 0',
);
const markUnreferenced = command(`
  UPDATE repository_blobs SET referenced = 0, linked_at = ?
  WHERE repository_id = ? AND digest = ?
    AND NOT EXISTS (
      SELECT 1 FROM manifest_references other
      WHERE other.repository_id = repository_blobs.repository_id AND other.digest = repository_blobs.digest
        AND other.manifest_id <> ?
    )`);
const deleteReferences = command('DELETE FROM manifest_references WHERE manifest_id = ?');
const deleteManifest = command('DELETE FROM manifests WHERE repository_id = ? AND digest = ?');
const deleteUnusedContent = command(`
  DELETE FROM manifest_contents
  WHERE digest = ? AND NOT EXISTS (SELECT 1 FROM manifests WHERE manifests.digest = manifest_contents.digest)`);

const isDamaged = query('SELECT 1 AS found FROM manifests WHERE digest = ? AND damaged_at IS NOT NULL LIMIT 1');
const unmarkManifest = command('UPDATE manifests SET damaged_at = NULL WHERE digest = ? AND damaged_at IS NOT NULL');
const replaceContent = command('UPDATE manifest_contents SET bytes = ? WHERE digest = ?');

interface ManifestColumns {
  repository_id: number;
  digest: Digest;
  media_type: string;
  size: number;
  artifact_type: string | null;
  config_media_type: string | null;
  subject: Digest | null;
  annotations: string | null;
  pushed_by: string;
  pushed_at: number;
  damaged_at: number | null;
}

interface ContentColumns {
  digest: Digest;
  media_type: string;
  bytes: Uint8Array;
  damaged_at: number | null;
}

type ReferrerColumns = Pick<ManifestColumns, 'digest' | 'media_type' | 'size' | 'artifact_type' | 'annotations'>;

interface ReferenceColumns {
  digest: Digest;
  kind: ReferenceKind;
  media_type: string;
  size: number;
  architecture: string | null;
  os: string | null;
}

export class SqliteManifestReader implements ManifestReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(repositoryId: RepositoryId, digest: Digest): ManifestRow | undefined {
    const row = this.session.get<ManifestColumns>(findManifest, repositoryId, digest);
    return (
      row && {
        repositoryId: row.repository_id,
        digest: row.digest,
        mediaType: row.media_type,
        size: row.size,
        artifactType: row.artifact_type ?? undefined,
        configMediaType: row.config_media_type ?? undefined,
        subject: row.subject ?? undefined,
        annotations: row.annotations ?? undefined,
        pushedBy: row.pushed_by,
        pushedAt: new Date(row.pushed_at),
        ...damagedAt(row),
      }
    );
  }

  content(repositoryId: RepositoryId, digest: Digest): ManifestContent | undefined {
    return this.session.made(manifestContent, toContent, repositoryId, digest);
  }

  referrers(
    repositoryId: RepositoryId,
    subject: Digest,
    page: PageRequest & { artifactType?: string | undefined; maxBytes?: number | undefined },
  ): Referrer[] {
    const { last = '', limit = NO_LIMIT, artifactType, maxBytes = Number.POSITIVE_INFINITY } = page;
    const rows =
      artifactType === undefined
        ? this.session.each<ReferrerColumns>(referrersPage, repositoryId, subject, last, limit)
        : this.session.each<ReferrerColumns>(referrersOfTypePage, repositoryId, subject, artifactType, last, limit);
    const referrers: Referrer[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += Buffer.byteLength(row.annotations ?? '');
      if (bytes > maxBytes && referrers.length > 0) break;
      referrers.push(toReferrer(row));
    }
    return referrers;
  }

  taggedAncestor(id: RepositoryId, digest: Digest): Digest | undefined {
    return this.session.get<{ digest: Digest }>(taggedAncestor, id, digest, id, id)?.digest;
  }

  referencing(repositoryId: RepositoryId, digest: Digest, limit: number): Digest[] {
    return this.session
      .all<{ digest: Digest }>(referencingManifests, repositoryId, digest, limit)
      .map((row) => row.digest);
  }

  references(repositoryId: RepositoryId, digest: Digest): ManifestReference[] {
    return this.session.all<ReferenceColumns>(manifestReferences, repositoryId, digest).map((row) => ({
      digest: row.digest,
      kind: row.kind,
      mediaType: row.media_type,
      size: row.size,
      architecture: row.architecture ?? undefined,
      os: row.os ?? undefined,
    }));
  }
}

export class SqliteManifestWriter extends SqliteManifestReader implements ManifestWriter {
  insert(
    row: ManifestRow,
    bytes: Uint8Array,
    references: readonly ManifestReference[],
    arrival: ManifestArrival = {},
  ): boolean {
    // These bytes are right, and those that are there may not be.
    healManifestContent(this.session, row.digest, bytes);
    if (this.session.get(manifestExists, row.repositoryId, row.digest)) return false;
    this.session.run(insertContent, row.digest, bytes);
    translate(() => this.#insertRow(row), isForeignKeyViolation, repositoryGone);
    const id = insertManifestSummary(this.session, row, references, arrival);
    for (const [place, reference] of references.entries())
      this.#insertReference(id, row.repositoryId, place, reference);
    for (const named of new Set(references.map((reference) => reference.digest))) {
      if (this.session.run(markReferenced, row.repositoryId, named) === 1) {
        claimBlob(this.session, row.repositoryId, named);
      }
    }
    usage.manifestCame(this.session, row.repositoryId, row.digest);
    countManifestCame(this.session, row.repositoryId, row.pushedAt);
    return true;
  }

  touch(repositoryId: RepositoryId, digest: Digest, now: Date): void {
    touchManifestSummary(this.session, repositoryId, digest, now);
  }

  delete(repositoryId: RepositoryId, digest: Digest, now: Date): { tags: TagName[] } | undefined {
    if (!this.session.get(manifestExists, repositoryId, digest)) return undefined;
    const tags = tagsOfManifest(this.session, repositoryId, digest);
    const bin = binFor(this.session, repositoryId, now);
    if (bin) keepManifest(this.session, bin, repositoryId, { digest, tags }, now);
    dropManifestLocks(this.session, repositoryId, digest);
    deleteTagsOfManifest(this.session, repositoryId, digest);
    removeManifest(this.session, repositoryId, digest, now);
    if (this.session.run(uncountManifest, tags.length, now.getTime(), repositoryId) === 0) {
      this.#endRepository(repositoryId, now);
    }
    return { tags };
  }

  /** With its last manifest a repository is gone, and with it what was set on it. */
  #endRepository(repositoryId: RepositoryId, now: Date): void {
    dropAllLocks(this.session, repositoryId);
    this.session.run(uncountLastManifest, repositoryId);
    recordDeletion(this.session, repositoryId, now);
  }

  #insertRow(row: ManifestRow): void {
    this.session.run(
      insertManifest,
      row.repositoryId,
      row.digest,
      row.mediaType,
      row.size,
      row.artifactType,
      row.configMediaType,
      row.subject,
      row.annotations,
      row.pushedBy,
      row.pushedAt.getTime(),
    );
  }

  #insertReference(id: number, repositoryId: RepositoryId, place: number, reference: ManifestReference): void {
    this.session.run(
      insertReference,
      id,
      place,
      repositoryId,
      reference.digest,
      reference.kind,
      reference.mediaType,
      reference.size,
      reference.architecture,
      reference.os,
    );
  }
}

/** A manifest more in the repository, which exists for its users from its first one on. */
export function countManifestCame(session: Session, repositoryId: RepositoryId, now: Date): void {
  const time = now.getTime();
  if (session.run(countManifest, time, repositoryId) === 0) session.run(countFirstManifest, time, time, repositoryId);
}

/** The manifest without what is on it: its references, and with the last reference to a blob the claim to that. */
export function removeManifest(session: Session, repositoryId: RepositoryId, digest: Digest, now: Date): void {
  const id = manifestNumber(session, repositoryId, digest);
  const references = session.all<{ digest: Digest }>(manifestReferences, repositoryId, digest);
  for (const named of new Set(references.map((reference) => reference.digest))) {
    if (session.run(markUnreferenced, now.getTime(), repositoryId, named, id) === 1) {
      releaseBlob(session, repositoryId, named);
    }
  }
  session.run(deleteReferences, id);
  deleteManifestRow(session, repositoryId, digest);
}

/** The row that nothing in the repository names any more, and the bytes if no other repository has them. */
export function deleteManifestRow(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  usage.manifestGoes(session, repositoryId, digest);
  deleteManifestSummary(session, repositoryId, digest);
  deletePulls(session, repositoryId, digest);
  dropQuarantine(session, repositoryId, digest);
  dropScan(session, repositoryId, digest);
  forgetKeptManifest(session, repositoryId, digest);
  session.run(deleteManifest, repositoryId, digest);
  session.run(deleteUnusedContent, digest);
}

/** Puts right bytes in the place of those that are marked as damaged; false when they are not. */
export function healManifestContent(session: Session, digest: Digest, bytes: Uint8Array): boolean {
  // Asked first: nearly none are, and a statement that might write costs every push three times as much.
  if (!session.get(isDamaged, digest)) return false;
  session.run(unmarkManifest, digest);
  session.run(replaceContent, bytes, digest);
  return true;
}

class Content implements ManifestContent {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly body: Uint8Array | string;
  readonly damagedAt: Date | undefined;

  constructor(row: ContentColumns) {
    this.digest = row.digest;
    this.mediaType = row.media_type;
    this.body = row.bytes.length <= TEXT_BYTES ? latin1(row.bytes) : row.bytes;
    this.damagedAt = damagedAt(row).damagedAt;
  }

  get bytes(): Buffer {
    const { body } = this;
    if (typeof body === 'string') return Buffer.from(body, 'latin1');
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }
}

function toContent(row: ContentColumns): ManifestContent {
  return new Content(row);
}

function damagedAt(row: { damaged_at: number | null }): { damagedAt?: Date } {
  return row.damaged_at === null ? {} : { damagedAt: new Date(row.damaged_at) };
}

function toReferrer(row: ReferrerColumns): Referrer {
  return {
    digest: row.digest,
    mediaType: row.media_type,
    size: row.size,
    artifactType: row.artifact_type ?? undefined,
    annotations: row.annotations ?? undefined,
  };
}

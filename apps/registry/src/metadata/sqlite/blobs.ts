import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type {
  BlobLink,
  BlobReader,
  BlobWriter,
  DamageKind,
  PageRequest,
  RepositoryId,
  UnlinkedBlobs,
} from '../metadata-store.ts';
import { repositoryGone } from './errors.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';
import { usage } from './usage.ts';

const linkedBlob = hotQuery(`
  SELECT b.digest AS digest, b.size AS size, b.damaged_at AS damaged_at, b.damage AS damage, rb.released AS released
  FROM repository_blobs rb JOIN blobs b ON b.digest = rb.digest
  WHERE rb.repository_id = ? AND rb.digest = ?`);
// What is soft-deleted is in no repository that anybody may ask for.
const linkingRepositories = query(`
  SELECT repository_name AS name FROM repository_blobs
  WHERE digest = ? AND registry_id = ? AND repository_name > ?
    AND (repository_name < 'soft-deleted:' OR repository_name > 'soft-deleted:~') ORDER BY repository_name LIMIT ?`);
const unlinkedBlobs = query(`
  SELECT digest, size FROM blobs
  WHERE unlinked_at IS NOT NULL AND unlinked_at < ? AND digest > ? ORDER BY digest LIMIT ?`);
const blobExists = query('SELECT 1 AS found FROM blobs WHERE digest = ?');

const recordBlob = command(`
  INSERT INTO blobs (digest, size, link_count, unlinked_at) VALUES (?, ?, 0, ?) ON CONFLICT (digest) DO NOTHING`);
const insertLink = command(`
  INSERT INTO repository_blobs (repository_id, digest, linked_at, referenced, registry_id, repository_name)
  SELECT r.id, ?, ?, CASE WHEN EXISTS (
    SELECT 1 FROM manifest_references m WHERE m.repository_id = r.id AND m.digest = ?
  ) THEN 1 ELSE 0 END, r.registry_id, r.name
  FROM repositories r WHERE r.id = ?
  ON CONFLICT (repository_id, digest) DO NOTHING`);
const claimReleased = command(
  'UPDATE repository_blobs SET released = 0 WHERE repository_id = ? AND digest = ? AND released = 1',
);
const markReleased = command('UPDATE repository_blobs SET released = 1 WHERE repository_id = ? AND digest = ?');
const refreshLink = command('UPDATE repository_blobs SET linked_at = ? WHERE repository_id = ? AND digest = ?');
const countLink = command('UPDATE blobs SET link_count = link_count + 1, unlinked_at = NULL WHERE digest = ?');
const deleteLink = command('DELETE FROM repository_blobs WHERE repository_id = ? AND digest = ?');
const deleteReleasedLink = command(
  'DELETE FROM repository_blobs WHERE repository_id = ? AND digest = ? AND released = 1',
);
const uncountLink = command(`
  UPDATE blobs SET link_count = link_count - 1, unlinked_at = CASE WHEN link_count = 1 THEN ? ELSE unlinked_at END
  WHERE digest = ? RETURNING digest, size, link_count`);
const unreferencedLinks = query(`
  SELECT repository_id, digest FROM repository_blobs
  WHERE referenced = 0 AND linked_at < ? ORDER BY linked_at, repository_id, digest LIMIT ?`);
const forgetBlob = command('DELETE FROM blobs WHERE digest = ? AND link_count = 0');

export class SqliteBlobReader implements BlobReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  linked(repositoryId: RepositoryId, digest: Digest): BlobLink | undefined {
    return this.session.made(linkedBlob, toLinkedBlob, repositoryId, digest);
  }

  repositoriesLinking(registryId: string, digest: Digest, page: PageRequest): RepositoryName[] {
    return this.session
      .all<{ name: RepositoryName }>(linkingRepositories, digest, registryId, page.last ?? '', page.limit ?? NO_LIMIT)
      .map((row) => row.name);
  }

  unlinked(before: Date, page: PageRequest): BlobLink[] {
    return this.session
      .all<BlobLink>(unlinkedBlobs, before.getTime(), page.last ?? '', page.limit ?? NO_LIMIT)
      .map((row) => ({ digest: row.digest, size: row.size }));
  }

  exists(digest: Digest): boolean {
    return this.session.get(blobExists, digest) !== undefined;
  }
}

export class SqliteBlobWriter extends SqliteBlobReader implements BlobWriter {
  link(repositoryId: RepositoryId, blob: BlobLink, now: Date): void {
    const time = now.getTime();
    this.session.run(recordBlob, blob.digest, blob.size, time);
    const linked = this.session.run(insertLink, blob.digest, time, blob.digest, repositoryId) === 1;
    if (linked) {
      this.session.run(countLink, blob.digest);
      usage.blobCame(this.session, repositoryId, blob.digest);
    } else if (this.session.run(refreshLink, time, repositoryId, blob.digest) === 0) throw repositoryGone();
    else claimBlob(this.session, repositoryId, blob.digest);
  }

  unlink(repositoryId: RepositoryId, digest: Digest, now: Date): boolean {
    return unlinkBlob(this.session, repositoryId, digest, now);
  }

  unlinkUnreferenced(before: Date, limit: number, since: Date): UnlinkedBlobs {
    const links = this.session.all<{ repository_id: number; digest: Digest }>(
      unreferencedLinks,
      before.getTime(),
      limit,
    );
    const unlinked: BlobLink[] = [];
    for (const { repository_id: repository, digest } of links) {
      const left = deleteLinkOf(this.session, repository, digest, since);
      if (left?.link_count === 0) unlinked.push({ digest: left.digest, size: left.size });
    }
    return { links: links.length, unlinked };
  }

  forget(digest: Digest): boolean {
    return this.session.run(forgetBlob, digest) === 1;
  }
}

/** A link that was released counts again: it is pushed anew, or a manifest names it. */
export function claimBlob(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  if (session.run(claimReleased, repositoryId, digest) === 1) usage.blobCame(session, repositoryId, digest);
}

/** No manifest names it any more: it counts no longer, and goes after the grace period. */
export function releaseBlob(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  usage.blobGoes(session, repositoryId, digest);
  session.run(markReleased, repositoryId, digest);
}

/** False when it was not linked. */
export function unlinkBlob(session: Session, repositoryId: RepositoryId, digest: Digest, now: Date): boolean {
  return deleteLinkOf(session, repositoryId, digest, now) !== undefined;
}

/** The blob, as it is without the link; undefined when it was not linked. */
function deleteLinkOf(session: Session, repositoryId: RepositoryId, digest: Digest, now: Date) {
  // One that is released counts for nothing, so that nothing is to be taken from what is counted.
  if (session.run(deleteReleasedLink, repositoryId, digest) === 0) {
    usage.blobGoes(session, repositoryId, digest);
    if (session.run(deleteLink, repositoryId, digest) === 0) return undefined;
  }
  return session.get<{ digest: Digest; size: number; link_count: number }>(uncountLink, now.getTime(), digest);
}

export interface BlobColumns {
  digest: Digest;
  size: number;
  damaged_at: number | null;
  damage: DamageKind | null;
}

function toLinkedBlob(row: BlobColumns & { released: number }): BlobLink {
  return { ...toBlob(row), ...(row.released === 1 ? { released: true as const } : {}) };
}

/** A plain object: rows of node:sqlite have no prototype. */
export function toBlob({ digest, size, damaged_at: since, damage: kind }: BlobColumns): BlobLink {
  if (since === null || kind === null) return { digest, size };
  return { digest, size, damage: { kind, since: new Date(since) } };
}

import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryId } from '../metadata-store.ts';
import { claimBlob } from './blobs.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';
import { usage } from './usage.ts';

const copyRow = command(`
  INSERT INTO manifests (repository_id, digest, media_type, size, artifact_type, config_media_type, subject, annotations,
    pushed_by, pushed_at, damaged_at)
  SELECT r.id, m.digest, m.media_type, m.size, m.artifact_type, m.config_media_type, m.subject, m.annotations,
    m.pushed_by, m.pushed_at, m.damaged_at
  FROM manifests m CROSS JOIN repositories r WHERE m.repository_id = ? AND m.digest = ? AND r.id = ?
  ON CONFLICT (repository_id, digest) DO NOTHING`);
const copyReferences = command(`
  INSERT INTO manifest_references (manifest_id, place, repository_id, digest, kind, media_type, size, architecture, os)
  SELECT copy.id, named.place, copy.repository_id, named.digest, named.kind, named.media_type, named.size, named.architecture, named.os
  FROM manifest_metadata m CROSS JOIN manifest_metadata copy CROSS JOIN manifest_references named
  WHERE m.repository_id = ? AND m.digest = ? AND copy.repository_id = ? AND copy.digest = m.digest AND named.manifest_id = m.id`);
const copySummary = command(`
  INSERT INTO manifest_metadata (repository_id, digest, media_type, config_media_type, architecture, os, image_size,
    child_count, created_at, updated_at, untagged_at)
  SELECT r.id, m.digest, m.media_type, m.config_media_type, m.architecture, m.os, m.image_size, m.child_count,
    m.created_at, m.updated_at, ?
  FROM manifest_metadata m CROSS JOIN repositories r WHERE m.repository_id = ? AND m.digest = ? AND r.id = ?`);
const namedBlobs = query(`
  SELECT named.digest AS digest FROM manifest_metadata m CROSS JOIN manifest_references named
  WHERE m.repository_id = ? AND m.digest = ? AND named.manifest_id = m.id AND named.kind <> 'manifest' ORDER BY named.place`);
const copyLink = command(`
  INSERT INTO repository_blobs (repository_id, digest, linked_at, referenced, registry_id, repository_name)
  SELECT r.id, l.digest, ?, 1, r.registry_id, r.name
  FROM repository_blobs l CROSS JOIN repositories r WHERE l.repository_id = ? AND l.digest = ? AND r.id = ?
  ON CONFLICT (repository_id, digest) DO NOTHING`);
const countLink = command('UPDATE blobs SET link_count = link_count + 1, unlinked_at = NULL WHERE digest = ?');
const markReferenced = command(
  'UPDATE repository_blobs SET referenced = 1 WHERE repository_id = ? AND digest = ? AND referenced = 0',
);

/**
 * The manifest of one repository into another of the same registry, with links to all that it names: from then on it is kept
 * there, whatever becomes of the first. False when it is there already. The repository's counts are the caller's.
 */
export function copyManifest(
  session: Session,
  from: RepositoryId,
  to: RepositoryId,
  digest: Digest,
  now: Date,
): boolean {
  if (session.run(copyRow, from, digest, to) === 0) return false;
  session.run(copySummary, now.getTime(), from, digest, to); // no tag names it there yet
  session.run(copyReferences, from, digest, to);
  usage.manifestCame(session, to, digest);
  const named = session.all<{ digest: Digest }>(namedBlobs, from, digest);
  for (const blob of new Set(named.map((row) => row.digest))) copyBlobLink(session, from, to, blob, now);
  return true;
}

function copyBlobLink(session: Session, from: RepositoryId, to: RepositoryId, digest: Digest, now: Date): void {
  if (session.run(copyLink, now.getTime(), from, digest, to) === 1) {
    session.run(countLink, digest);
    usage.blobCame(session, to, digest);
  } else if (session.run(markReferenced, to, digest) === 1) claimBlob(session, to, digest);
}

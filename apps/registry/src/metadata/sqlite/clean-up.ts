import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { CleanUpReader, CleanUpRepository, ManifestAge, UntaggedManifest } from '../clean-up.ts';
import type { PageRequest, RepositoryId } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const repositoriesPage = query(`
  SELECT id, name, lock_count FROM repositories
  WHERE registry_id = ? AND name > ? AND listed = 1 AND deleted_at IS NULL ORDER BY name LIMIT ?`);
const untaggedPage = query(`
  SELECT digest, untagged_at FROM manifest_metadata
  WHERE repository_id = ? AND untagged_at IS NOT NULL AND untagged_at < ? AND (untagged_at, digest) > (?, ?)
  ORDER BY untagged_at, digest LIMIT ?`);
// The subject stands before the annotations, so the row is not read to its end.
const manifestAge = query(`
  SELECT a.digest AS digest, a.media_type AS media_type, a.created_at AS created_at, a.updated_at AS updated_at,
    a.untagged_at AS untagged_at, m.subject AS subject
  FROM manifest_metadata a CROSS JOIN manifests m
  WHERE a.repository_id = ? AND a.digest = ? AND m.repository_id = a.repository_id AND m.digest = a.digest`);
const referrerDigests = query(`
  SELECT digest FROM manifests WHERE repository_id = ? AND subject = ? AND digest > ? ORDER BY digest LIMIT ?`);
const markUntagged = command(`
  UPDATE manifest_metadata SET untagged_at = ? WHERE repository_id = ? AND digest = ? AND NOT EXISTS (
    SELECT 1 FROM tags WHERE tags.repository_id = manifest_metadata.repository_id AND tags.digest = manifest_metadata.digest
  )`);
const markTagged = command(`
  UPDATE manifest_metadata SET untagged_at = NULL WHERE repository_id = ? AND digest = ? AND untagged_at IS NOT NULL`);

interface AgeColumns {
  digest: Digest;
  media_type: string;
  created_at: number;
  updated_at: number;
  untagged_at: number | null;
  subject: Digest | null;
}

export class SqliteCleanUpReader implements CleanUpReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  repositories(registryId: string, { last = '', limit = NO_LIMIT }: PageRequest): CleanUpRepository[] {
    return this.#session
      .all<{ id: number; name: RepositoryName; lock_count: number }>(repositoriesPage, registryId, last, limit)
      .map((row) => ({ id: row.id, name: row.name, lockCount: row.lock_count }));
  }

  untagged(
    id: RepositoryId,
    before: Date,
    { after, limit }: { after?: UntaggedManifest | undefined; limit: number },
  ): UntaggedManifest[] {
    const place = [after?.untaggedAt.getTime() ?? -1, after?.digest ?? ''] as const;
    return this.#session
      .all<{ digest: Digest; untagged_at: number }>(untaggedPage, id, before.getTime(), ...place, limit)
      .map((row) => ({ digest: row.digest, untaggedAt: new Date(row.untagged_at) }));
  }

  manifest(id: RepositoryId, digest: Digest): ManifestAge | undefined {
    const row = this.#session.get<AgeColumns>(manifestAge, id, digest);
    return (
      row && {
        digest: row.digest,
        mediaType: row.media_type,
        subject: row.subject ?? undefined,
        pushedAt: new Date(row.created_at),
        updatedAt: new Date(row.updated_at),
        untaggedAt: row.untagged_at === null ? undefined : new Date(row.untagged_at),
      }
    );
  }

  referrers(id: RepositoryId, subject: Digest, { last = '', limit = NO_LIMIT }: PageRequest): Digest[] {
    return this.#session.all<{ digest: Digest }>(referrerDigests, id, subject, last, limit).map((row) => row.digest);
  }
}

/** After a tag was taken off the manifest: its time begins with the last of them. */
export function tagLeft(session: Session, id: RepositoryId, digest: Digest, now: Date): void {
  session.run(markUntagged, now.getTime(), id, digest);
}

/** After a tag was put on the manifest. */
export function tagCame(session: Session, id: RepositoryId, digest: Digest): void {
  session.run(markTagged, id, digest);
}

import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { DeletedRepository, DeletionReader, DeletionWriter, PurgedManifest } from '../deletions.ts';
import type { PageRequest, RepositoryId } from '../metadata-store.ts';
import { unlinkBlob } from './blobs.ts';
import { dropBundles } from './bundles.ts';
import { keepManifest, keepsDeleted, openBin } from './deleted-content.ts';
import { dropAllLocks } from './locks.ts';
import { deleteManifestRow, removeManifest } from './manifests.ts';
import { recordDeletion } from './repositories.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';
import { deleteTagsOfManifest, tagsOfManifest } from './tags.ts';

const deletedAt = hotQuery('SELECT deleted_at FROM deleted_repositories WHERE registry_id = ? AND name = ?');
const nextDeleted = query(`
  SELECT id, registry_id, deletion FROM repositories
  WHERE deleted_at IS NOT NULL AND deleted_at < ? ORDER BY deleted_at, id LIMIT 1`);
const deletedRegistries = query('SELECT id FROM registries WHERE deleted_at IS NOT NULL ORDER BY deleted_at, id');
const anyRepository = query('SELECT id FROM repositories WHERE registry_id = ? ORDER BY name LIMIT 1');
// As one JSON array, for the reason given at the catalog's page.
const digestsPage = query(`
  SELECT json_group_array(digest) AS names FROM (
    SELECT digest FROM manifests WHERE repository_id = ? AND digest > ? ORDER BY digest LIMIT ?
  ) AS page`);
// A name that is no repository name, so the freed one can be taken and nobody can ask for this.
const markDeleted = command(`
  UPDATE repositories SET name = 'deleted:' || id, manifest_count = 0, tag_count = 0, lock_count = 0, hidden = 0,
    listed = 0, deleted_at = ?, deletion = ?
  WHERE id = ? AND deleted_at IS NULL`);
const liveRepository = query('SELECT name FROM repositories WHERE id = ? AND deleted_at IS NULL');

const purgeTags = command(`
  DELETE FROM tags WHERE repository_id = ? AND name IN (
    SELECT name FROM tags WHERE repository_id = ? ORDER BY name LIMIT ?
  )`);
const purgeKeptTags = command(`
  DELETE FROM soft_deleted_tags WHERE repository_id = ? AND place IN (
    SELECT place FROM soft_deleted_tags WHERE repository_id = ? ORDER BY place LIMIT ?
  )`);
const deletionOf = query(`
  SELECT r.registry_id AS registry_id, r.deletion AS deletion, r.deleted_at AS deleted_at
  FROM repositories r CROSS JOIN registries g
  WHERE r.id = ? AND r.deletion IS NOT NULL AND g.id = r.registry_id AND g.deleted_at IS NULL`);
const purgeReferences = command(`
  DELETE FROM manifest_references WHERE (manifest_id, place) IN (
    SELECT manifest_id, place FROM manifest_references WHERE repository_id = ? ORDER BY digest, manifest_id LIMIT ?
  )`);
const manifestsToPurge = query(`
  SELECT digest, media_type, size FROM manifests WHERE repository_id = ? ORDER BY digest LIMIT ?`);
const linksToPurge = query(`
  SELECT digest FROM repository_blobs WHERE repository_id = ? ORDER BY digest LIMIT ?`);
const purgeReservations = command(`
  DELETE FROM reservations WHERE upload_id IN (SELECT id FROM uploads WHERE repository_id = ? LIMIT ?)`);
const purgeUploads = command(`
  DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE repository_id = ? LIMIT ?)`);
const deleteRepositoryRow = command('DELETE FROM repositories WHERE id = ?');
const deleteRegistryRow = command('DELETE FROM registries WHERE id = ? AND deleted_at IS NOT NULL');
const deleteUsage = command('DELETE FROM registry_usage WHERE registry_id = ?');
const forgetDeletions = command(`
  DELETE FROM deleted_repositories WHERE (registry_id, name) IN (
    SELECT registry_id, name FROM deleted_repositories WHERE deleted_at < ? ORDER BY deleted_at LIMIT ?
  )`);

/** A manifest is in a dozen trees, at as many places: it takes as long as that many rows that lie side by side. */
const MANIFEST_ROWS = 10;
/** One that is kept is written anew besides, with all that it names. */
const KEPT_ROWS = 25;
/** Bytes of manifests that one step frees: a row of megabytes is thousands of pages. */
const PURGE_BYTES = 8 * 1024 * 1024;

interface Deletion {
  readonly name: RepositoryName;
  readonly origin: string;
  /** Its content can be restored: the policy of the registry when the repository was deleted. */
  readonly keep?: boolean;
}

export class SqliteDeletionReader implements DeletionReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  deletedAt(registryId: string, name: string): Date | undefined {
    const row = this.session.get<{ deleted_at: number }>(deletedAt, registryId, name);
    return row && new Date(row.deleted_at);
  }

  next(before: Date): DeletedRepository | undefined {
    const row = this.session.get<{ id: number; registry_id: string; deletion: string }>(nextDeleted, before.getTime());
    if (!row) return undefined;
    const { name, origin } = JSON.parse(row.deletion) as Deletion;
    return { repositoryId: row.id, registryId: row.registry_id, name, origin };
  }

  manifestsOf(id: RepositoryId, { last = '', limit = NO_LIMIT }: PageRequest): Digest[] {
    return JSON.parse(this.session.get<{ names: string }>(digestsPage, id, last, limit)?.names ?? '[]') as Digest[];
  }

  registries(): string[] {
    return this.session.all<{ id: string }>(deletedRegistries).map((row) => row.id);
  }

  repositoryOf(registryId: string): RepositoryId | undefined {
    return this.session.get<{ id: number }>(anyRepository, registryId)?.id;
  }
}

export class SqliteDeletionWriter extends SqliteDeletionReader implements DeletionWriter {
  deleteRepository(id: RepositoryId, origin: string, now: Date): boolean {
    const place = this.session.get<{ name: RepositoryName }>(liveRepository, id);
    if (!place) return false;
    recordDeletion(this.session, id, now);
    const deletion: Deletion = { name: place.name, origin, keep: keepsDeleted(this.session, id) };
    this.session.run(markDeleted, now.getTime(), JSON.stringify(deletion), id);
    return true;
  }

  purge(id: RepositoryId, limit: number, now: Date): { manifests: PurgedManifest[]; done: boolean } {
    const kept = this.#keepManifests(id, Math.ceil(limit / KEPT_ROWS), now);
    if (kept.length > 0) return { manifests: kept, done: false };
    // In the order in which rows name each other. Each step begins when the one before has nothing left.
    let left = limit - this.session.run(purgeTags, id, id, limit);
    if (left > 0) left -= dropAllLocks(this.session, id);
    if (left > 0) left -= this.session.run(purgeKeptTags, id, id, left);
    if (left > 0) left -= this.session.run(purgeReferences, id, left);
    const { manifests, more } =
      left > 0 ? this.#purgeManifests(id, Math.ceil(left / MANIFEST_ROWS)) : { manifests: [], more: true };
    left -= manifests.length * MANIFEST_ROWS;
    if (more || left <= 0) return { manifests, done: false };
    const links = this.session.all<{ digest: Digest }>(linksToPurge, id, left);
    for (const { digest } of links) unlinkBlob(this.session, id, digest, now);
    left -= links.length;
    if (left > 0) this.session.run(purgeReservations, id, left);
    if (left > 0) left -= this.session.run(purgeUploads, id, left);
    if (left <= 0) return { manifests, done: false };
    this.session.run(deleteRepositoryRow, id);
    return { manifests, done: true };
  }

  purgeRegistry(registryId: string): boolean {
    this.session.run(deleteUsage, registryId);
    dropBundles(this.session, registryId);
    return this.session.run(deleteRegistryRow, registryId) === 1;
  }

  forget(before: Date, limit: number): number {
    return this.session.run(forgetDeletions, before.getTime(), limit);
  }

  /** Some of a deleted repository's manifests with their tags, to where they can be restored from; none when they are not to be kept. */
  #keepManifests(id: RepositoryId, limit: number, now: Date): PurgedManifest[] {
    const row = this.session.get<{ registry_id: string; deletion: string; deleted_at: number }>(deletionOf, id);
    const deletion = row && (JSON.parse(row.deletion) as Deletion);
    if (!row || !deletion?.keep) return [];
    const bin = openBin(this.session, row.registry_id, deletion.name, now);
    const deletedAt = new Date(row.deleted_at);
    const manifests = this.session.all<{ digest: Digest; media_type: string }>(manifestsToPurge, id, limit);
    for (const { digest } of manifests) {
      const tags = tagsOfManifest(this.session, id, digest);
      keepManifest(this.session, bin, id, { digest, tags }, deletedAt);
      deleteTagsOfManifest(this.session, id, digest);
      removeManifest(this.session, id, digest, now);
    }
    return manifests.map(({ digest, media_type: mediaType }) => ({ digest, mediaType }));
  }

  #purgeManifests(id: RepositoryId, limit: number): { manifests: PurgedManifest[]; more: boolean } {
    const rows = this.session.all<{ digest: Digest; media_type: string; size: number }>(manifestsToPurge, id, limit);
    const manifests: PurgedManifest[] = [];
    let bytes = 0;
    for (const { digest, media_type: mediaType, size } of rows) {
      bytes += size;
      if (bytes > PURGE_BYTES && manifests.length > 0) return { manifests, more: true };
      deleteManifestRow(this.session, id, digest);
      manifests.push({ digest, mediaType });
    }
    return { manifests, more: false };
  }
}

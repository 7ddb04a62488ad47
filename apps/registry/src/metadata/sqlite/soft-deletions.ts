import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { ManifestReference, PageRequest, RepositoryId } from '../metadata-store.ts';
import type {
  DeletedManifest,
  DeletedTag,
  PurgedContent,
  RepositoryPlace,
  SoftDeletionReader,
  SoftDeletionWriter,
} from '../soft-deletions.ts';
import { BIN } from '../soft-deletions.ts';
import { copyManifest } from './copy-manifest.ts';
import { findBinOf, forgetKeptTag } from './deleted-content.ts';
import { SqliteListingReader } from './listings.ts';
import { countManifestCame, removeManifest, SqliteManifestReader } from './manifests.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

// Bins are behind all names that begin so, and before the next character.
const binsPage = query(`
  SELECT r.name AS name FROM repositories r
  WHERE r.registry_id = ? AND r.listed = 0 AND r.name > ? AND r.name < '${BIN}~' AND (
    EXISTS (SELECT 1 FROM soft_deleted_manifests m WHERE m.repository_id = r.id)
    OR EXISTS (SELECT 1 FROM soft_deleted_tags t WHERE t.repository_id = r.id)
  ) ORDER BY r.name LIMIT ?`);
const manifestsPage = query(`
  SELECT digest, deleted_at FROM soft_deleted_manifests WHERE repository_id = ? AND digest > ? ORDER BY digest LIMIT ?`);
const manifestTime = query('SELECT deleted_at FROM soft_deleted_manifests WHERE repository_id = ? AND digest = ?');
const TAG = 'place, name, digest, deleted_at';
const tagsPage = query(`
  SELECT ${TAG} FROM soft_deleted_tags WHERE repository_id = ? AND place > ? ORDER BY place LIMIT ?`);
const tagsOfManifest = query(`
  SELECT ${TAG} FROM soft_deleted_tags WHERE repository_id = ? AND digest = ? ORDER BY name`);
const nextOfManifests = query(`
  SELECT registry_id FROM soft_deleted_manifests WHERE registry_id > ? ORDER BY registry_id LIMIT 1`);
const nextOfTags = query(`
  SELECT registry_id FROM soft_deleted_tags WHERE registry_id > ? ORDER BY registry_id LIMIT 1`);
const oldManifests = query(`
  SELECT m.repository_id AS repository_id, m.digest AS digest, r.name AS name
  FROM soft_deleted_manifests m CROSS JOIN repositories r
  WHERE m.registry_id = ? AND m.deleted_at < ? AND r.id = m.repository_id
  ORDER BY m.deleted_at, m.repository_id, m.digest LIMIT ?`);
const oldTags = query(`
  SELECT t.repository_id AS repository_id, t.digest AS digest, t.name AS tag, r.name AS name
  FROM soft_deleted_tags t CROSS JOIN repositories r
  WHERE t.registry_id = ? AND t.deleted_at < ? AND r.id = t.repository_id ORDER BY t.deleted_at, t.place LIMIT ?`);
const touchSummary = command('UPDATE manifest_metadata SET updated_at = ? WHERE repository_id = ? AND digest = ?');

interface TagColumns {
  place: number;
  name: TagName;
  digest: Digest;
  deleted_at: number;
}

interface OldColumns {
  repository_id: number;
  digest: Digest;
  tag?: TagName;
  name: string;
}

export class SqliteSoftDeletionReader implements SoftDeletionReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  repositories(registryId: string, { last = '', limit = NO_LIMIT }: PageRequest): RepositoryName[] {
    return this.session
      .all<{ name: string }>(binsPage, registryId, BIN + last, limit)
      .map(({ name }) => repositoryOf(name));
  }

  manifests(at: RepositoryPlace, { last = '', limit = NO_LIMIT }: PageRequest): DeletedManifest[] {
    const bin = this.bin(at);
    if (bin === undefined) return [];
    const listings = new SqliteListingReader(this.session);
    return this.session
      .all<{ digest: Digest; deleted_at: number }>(manifestsPage, bin, last, limit)
      .flatMap(({ digest, deleted_at: time }) => {
        const summary = listings.manifest(bin, digest);
        return summary ? [{ ...summary, deletedAt: new Date(time) }] : [];
      });
  }

  manifest(at: RepositoryPlace, digest: Digest): DeletedManifest | undefined {
    const bin = this.bin(at);
    if (bin === undefined) return undefined;
    const row = this.session.get<{ deleted_at: number }>(manifestTime, bin, digest);
    const summary = row && new SqliteListingReader(this.session).manifest(bin, digest);
    return summary && { ...summary, deletedAt: new Date(row.deleted_at) };
  }

  references(at: RepositoryPlace, digest: Digest): ManifestReference[] {
    const bin = this.bin(at);
    return bin === undefined ? [] : new SqliteManifestReader(this.session).references(bin, digest);
  }

  tags(
    at: RepositoryPlace,
    { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
  ): DeletedTag[] {
    const bin = this.bin(at);
    return bin === undefined ? [] : this.session.all<TagColumns>(tagsPage, bin, after, limit).map(toTag);
  }

  tagsOf(at: RepositoryPlace, digest: Digest): DeletedTag[] {
    const bin = this.bin(at);
    return bin === undefined ? [] : this.session.all<TagColumns>(tagsOfManifest, bin, digest).map(toTag);
  }

  nextRegistry(after: string): string | undefined {
    const next = [nextOfManifests, nextOfTags].flatMap(
      (statement) => this.session.get<{ registry_id: string }>(statement, after)?.registry_id ?? [],
    );
    return next.sort((a, b) => (a < b ? -1 : 1))[0];
  }

  protected bin({ registryId, repository }: RepositoryPlace): RepositoryId | undefined {
    return findBinOf(this.session, registryId, repository)?.id;
  }
}

export class SqliteSoftDeletionWriter extends SqliteSoftDeletionReader implements SoftDeletionWriter {
  restore(at: RepositoryPlace, digest: Digest, to: RepositoryId, now: Date): boolean {
    const bin = this.bin(at);
    if (bin === undefined || !this.session.get(manifestTime, bin, digest)) return false;
    if (copyManifest(this.session, bin, to, digest, now)) countManifestCame(this.session, to, now);
    this.session.run(touchSummary, now.getTime(), to, digest);
    removeManifest(this.session, bin, digest, now);
    return true;
  }

  forgetTag(at: RepositoryPlace, tag: TagName, digest: Digest): void {
    const bin = this.bin(at);
    if (bin !== undefined) forgetKeptTag(this.session, bin, tag, digest);
  }

  purge(registryId: string, before: Date, limit: number, now: Date): PurgedContent[] {
    const tags = this.session.all<OldColumns>(oldTags, registryId, before.getTime(), limit);
    for (const { repository_id: bin, tag, digest } of tags) if (tag) forgetKeptTag(this.session, bin, tag, digest);
    const manifests = this.session.all<OldColumns>(oldManifests, registryId, before.getTime(), limit - tags.length);
    for (const { repository_id: bin, digest } of manifests) removeManifest(this.session, bin, digest, now);
    return [...tags, ...manifests].map(({ name, digest, tag }) => ({ repository: repositoryOf(name), digest, tag }));
  }
}

const repositoryOf = (bin: string) => bin.slice(BIN.length) as RepositoryName;

function toTag({ place, name, digest, deleted_at: time }: TagColumns): DeletedTag {
  return { place, name, digest, deletedAt: new Date(time) };
}

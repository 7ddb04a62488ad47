import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest, RepositoryId, TagReader, TagRow, TagWriter } from '../metadata-store.ts';
import type { NamePage } from '../name-page.ts';
import { tagCame, tagLeft } from './clean-up.ts';
import { binFor, keepTag } from './deleted-content.ts';
import { isForeignKeyViolation, translate } from './errors.ts';
import { dropTagLocks } from './locks.ts';
import { askedPage, type NamesRow } from './names-row.ts';
import { countRepositoryTags } from './repositories.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';

const findTag = hotQuery(
  'SELECT repository_id, name, digest, created_at, updated_at FROM tags WHERE repository_id = ? AND name = ?',
);
// As one JSON array, for the reason given at the catalog's page.
const tagsPage = hotQuery(`
  SELECT json_group_array(name) AS names, count(*) AS count FROM (
    SELECT name FROM tags WHERE repository_id = ? AND name > ? ORDER BY name LIMIT ?
  ) AS page`);
const visibleTagsPage = hotQuery(`
  SELECT json_group_array(name) AS names, count(*) AS count FROM (
    SELECT name FROM tags WHERE repository_id = ? AND name > ? AND NOT EXISTS (
      SELECT 1 FROM locks WHERE locks.repository_id = tags.repository_id AND locks.kind = 'tag' AND locks.name = tags.name
        AND locks.flag = 'list'
    ) ORDER BY name LIMIT ?
  ) AS page`);
const manifestTags = query('SELECT name FROM tags WHERE repository_id = ? AND digest = ? ORDER BY name');
const putTag = command(`
  INSERT INTO tags (repository_id, name, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (repository_id, name) DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at`);
const touchTag = command('UPDATE tags SET updated_at = ? WHERE repository_id = ? AND name = ?');
const deleteTag = command('DELETE FROM tags WHERE repository_id = ? AND name = ? RETURNING digest');
const deleteManifestTags = command('DELETE FROM tags WHERE repository_id = ? AND digest = ?');

export interface TagColumns {
  repository_id: number;
  name: TagName;
  digest: Digest;
  created_at: number;
  updated_at: number;
}

export class SqliteTagReader implements TagReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(repositoryId: RepositoryId, name: TagName): TagRow | undefined {
    return this.session.made(findTag, toTag, repositoryId, name);
  }

  list(repositoryId: RepositoryId, { last = '', limit = NO_LIMIT }: PageRequest): TagName[] {
    const row = this.session.get<NamesRow>(tagsPage, repositoryId, last, limit);
    return JSON.parse(row?.names ?? '[]') as TagName[];
  }

  page(repositoryId: RepositoryId, request: PageRequest & { visibleOnly?: boolean }): NamePage {
    const { last = '', limit, visibleOnly = false } = request;
    const statement = visibleOnly ? visibleTagsPage : tagsPage;
    return askedPage(limit, (most) => this.session.get<NamesRow>(statement, repositoryId, last, most));
  }

  ofManifest(repositoryId: RepositoryId, digest: Digest): TagName[] {
    return tagsOfManifest(this.session, repositoryId, digest);
  }
}

export class SqliteTagWriter extends SqliteTagReader implements TagWriter {
  put(repositoryId: RepositoryId, name: TagName, digest: Digest, now: Date): Digest | undefined {
    const before = this.find(repositoryId, name)?.digest;
    const time = now.getTime();
    translate(
      () => this.session.run(putTag, repositoryId, name, digest, time, time),
      isForeignKeyViolation,
      () =>
        new DomainError(
          'not-found',
          'manifest.unknown',
          `The tag ${name} cannot name ${digest}: no such manifest here.`,
        ),
    );
    tagCame(this.session, repositoryId, digest);
    if (before !== undefined && before !== digest) tagLeft(this.session, repositoryId, before, now);
    countRepositoryTags(this.session, repositoryId, before === undefined ? 1 : 0, now);
    return before;
  }

  touch(repositoryId: RepositoryId, name: TagName, now: Date): void {
    this.session.run(touchTag, now.getTime(), repositoryId, name);
  }

  delete(repositoryId: RepositoryId, name: TagName, now: Date): Digest | undefined {
    const digest = this.session.get<{ digest: Digest }>(deleteTag, repositoryId, name)?.digest;
    if (digest === undefined) return undefined;
    const bin = binFor(this.session, repositoryId, now);
    if (bin) keepTag(this.session, bin, name, digest, now);
    dropTagLocks(this.session, repositoryId, name);
    tagLeft(this.session, repositoryId, digest, now);
    countRepositoryTags(this.session, repositoryId, -1, now);
    return digest;
  }
}

export function toTag(row: TagColumns): TagRow {
  return {
    repositoryId: row.repository_id,
    name: row.name,
    digest: row.digest,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

export function tagsOfManifest(session: Session, repositoryId: RepositoryId, digest: Digest): TagName[] {
  return session.all<{ name: TagName }>(manifestTags, repositoryId, digest).map((row) => row.name);
}

export function deleteTagsOfManifest(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  session.run(deleteManifestTags, repositoryId, digest);
}

import type { RepositoryName } from '@holdfast/oci/reference';
import { DomainError } from '../../platform/domain-error.ts';
import type { PageRequest, RepositoryReader, RepositoryRow, RepositoryWriter } from '../metadata-store.ts';
import { isForeignKeyViolation, translate } from './errors.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';

const findRepository = hotQuery(
  'SELECT id, registry_id, name, manifest_count, created_at FROM repositories WHERE registry_id = ? AND name = ?',
);
// A page as one JSON array: one crossing into JavaScript instead of one per name (10 000 names: 1.4 against 1.9–4.4 ms).
const catalogPage = query(`
  SELECT json_group_array(name) AS names FROM (
    SELECT name FROM repositories WHERE registry_id = ? AND listed = 1 AND name > ? ORDER BY name LIMIT ?
  ) AS page`);
const insertRepository = command(`
  INSERT INTO repositories (registry_id, name, manifest_count, listed, created_at) VALUES (?, ?, 0, 0, ?)
  ON CONFLICT (registry_id, name) DO NOTHING`);
const deleteEmptyRepositories = command(`
  DELETE FROM repositories WHERE id IN (
    SELECT r.id FROM repositories r
    WHERE r.listed = 0 AND r.created_at < ?
      AND NOT EXISTS (SELECT 1 FROM repository_blobs b WHERE b.repository_id = r.id)
      AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.repository_id = r.id)
    ORDER BY r.created_at LIMIT ?
  )`);

interface RepositoryColumns {
  id: number;
  registry_id: string;
  name: RepositoryName;
  manifest_count: number;
  created_at: number;
}

export class SqliteRepositoryReader implements RepositoryReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(registryId: string, name: RepositoryName): RepositoryRow | undefined {
    const row = this.session.get<RepositoryColumns>(findRepository, registryId, name);
    return (
      row && {
        id: row.id,
        registryId: row.registry_id,
        name: row.name,
        manifestCount: row.manifest_count,
        createdAt: new Date(row.created_at),
      }
    );
  }

  list(registryId: string, page: PageRequest): RepositoryName[] {
    const row = this.session.get<{ names: string }>(catalogPage, registryId, page.last ?? '', page.limit ?? NO_LIMIT);
    return JSON.parse(row?.names ?? '[]') as RepositoryName[];
  }
}

export class SqliteRepositoryWriter extends SqliteRepositoryReader implements RepositoryWriter {
  findOrCreate(registryId: string, name: RepositoryName, now: Date): RepositoryRow {
    const found = this.find(registryId, name);
    if (found) return found;
    translate(
      () => this.session.run(insertRepository, registryId, name, now.getTime()),
      isForeignKeyViolation,
      () => new DomainError('not-found', 'registry.unknown', `The registry of the repository ${name} does not exist.`),
    );
    const created = this.find(registryId, name);
    if (!created) throw new Error(`Repository ${name} vanished inside its transaction`);
    return created;
  }

  deleteEmpty(before: Date, limit: number): number {
    return this.session.run(deleteEmptyRepositories, before.getTime(), limit);
  }
}

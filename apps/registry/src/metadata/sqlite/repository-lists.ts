import type { RepositoryName } from '@holdfast/oci/reference';
import {
  type ListedRepository,
  type RepositoryListReader,
  type RepositoryOrder,
  type RepositoryRequest,
  repositoryKey,
} from '../repository-lists.ts';
import { BEFORE_ALL, BEHIND_ALL } from './ranked-tags.ts';
import type { Session } from './session.ts';
import { query, type Statement } from './statements.ts';

const LISTED = `
  SELECT name, manifest_count, tag_count, created_at, updated_at, stored_bytes, pulled_at FROM repositories
  WHERE registry_id = ? AND listed = 1`;

function pages(column: string): readonly [ascending: Statement, descending: Statement] {
  const page = (sign: string, direction: string) =>
    query(`${LISTED} AND (${column}, name) ${sign} (?, ?) AND hidden = 0
      ORDER BY ${column}${direction}, name${direction} LIMIT ?`);
  return [page('>', ''), page('<', ' DESC')];
}

const [oldest, newest] = pages('updated_at');
const [smallest, largest] = pages('stored_bytes');
const [longAgo, lately] = pages('pulled_at');
const PAGES: Readonly<Record<RepositoryOrder, Statement>> = {
  oldest,
  newest,
  smallest,
  largest,
  'least-recently-pulled': longAgo,
  'most-recently-pulled': lately,
};
const DESCENDING: ReadonlySet<RepositoryOrder> = new Set(['newest', 'largest', 'most-recently-pulled']);
const namedRepositories = query(`${LISTED} AND hidden = 0 AND name IN (SELECT value FROM json_each(?)) ORDER BY name`);

interface Columns {
  name: RepositoryName;
  manifest_count: number;
  tag_count: number;
  created_at: number;
  updated_at: number;
  stored_bytes: number;
  pulled_at: number;
}

export class SqliteRepositoryListReader implements RepositoryListReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  ordered(registryId: string, { order, last, lastKey, limit }: RepositoryRequest): ListedRepository[] {
    const place = last === undefined ? undefined : this.#placeOf(registryId, order, last, lastKey);
    // Behind a repository that is gone and of which nobody says where it stood, the list begins anew.
    const [key, name] = place ?? (DESCENDING.has(order) ? BEHIND_ALL : BEFORE_ALL);
    return this.#session.all<Columns>(PAGES[order], registryId, key, name, limit).map(toListed);
  }

  named(registryId: string, names: readonly RepositoryName[]): ListedRepository[] {
    return this.#session.all<Columns>(namedRepositories, registryId, JSON.stringify(names)).map(toListed);
  }

  #placeOf(registryId: string, order: RepositoryOrder, last: string, lastKey?: number): [number, string] | undefined {
    if (lastKey !== undefined) return [lastKey, last];
    const [row] = this.named(registryId, [last as RepositoryName]);
    return row && [repositoryKey(row, order), last];
  }
}

function toListed(row: Columns): ListedRepository {
  return {
    name: row.name,
    manifestCount: row.manifest_count,
    tagCount: row.tag_count,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    storedBytes: row.stored_bytes,
    pulledAt: row.pulled_at === 0 ? undefined : new Date(row.pulled_at),
  };
}

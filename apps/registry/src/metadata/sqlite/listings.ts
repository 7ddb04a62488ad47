import type { Digest } from '@holdfast/oci/digest';
import type { TagName } from '@holdfast/oci/reference';
import type {
  ListedTag,
  ListingReader,
  ListOrder,
  ListRequest,
  ManifestChild,
  ManifestSummary,
  RankedOrder,
} from '../listings.ts';
import { manifestKey } from '../listings.ts';
import type { ManifestArrival, ManifestReference, ManifestRow, RepositoryId } from '../metadata-store.ts';
import { BEFORE_ALL, BEHIND_ALL, isRanked, listRankedTags } from './ranked-tags.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query, type Statement } from './statements.ts';
import { type TagColumns, toTag } from './tags.ts';

/** The ways through one list: in which order, and with or without what is hidden. */
type Pages<O extends ListOrder> = Readonly<Record<O, { readonly all: Statement; readonly visible: Statement }>>;

/**
 * Keyset pages: by name behind a name, by time or rank behind a pair of that and the name, since many rows may have one time.
 * An index has each of the orders.
 */
function pagesOf(columns: string, table: string, key: string, kind: string, half = '') {
  const visible = `NOT EXISTS (
    SELECT 1 FROM locks WHERE locks.repository_id = ${table}.repository_id AND locks.kind = '${kind}'
      AND locks.name = ${table}.${key} AND locks.flag = 'list')`;
  const page = (after: string, order: string) => {
    const where = `SELECT ${columns} FROM ${table} WHERE repository_id = ? AND ${after}${half}`;
    const tail = `ORDER BY ${order} LIMIT ?`;
    return { all: query(`${where} ${tail}`), visible: query(`${where} AND ${visible} ${tail}`) };
  };
  return {
    named: () => page(`${key} > ?`, key),
    ascending: (by: string) => page(`(${by}, ${key}) > (?, ?)`, `${by}, ${key}`),
    descending: (by: string) => page(`(${by}, ${key}) < (?, ?)`, `${by} DESC, ${key} DESC`),
  };
}

const TAG = 'repository_id, name, digest, created_at, updated_at';
const SUMMARY =
  'digest, media_type, config_media_type, architecture, os, image_size, child_count, created_at, updated_at';
const SHOWN = `${SUMMARY}, pulled_at`;
const tagPage = pagesOf(TAG, 'tags', 'name', 'tag');
const tagPages: Pages<Exclude<ListOrder, RankedOrder>> = {
  name: tagPage.named(),
  oldest: tagPage.ascending('updated_at'),
  newest: tagPage.descending('updated_at'),
};
const manifestPage = pagesOf(SHOWN, 'manifest_metadata', 'digest', 'manifest');
const manifestPages: Pages<Exclude<ListOrder, RankedOrder>> = {
  name: manifestPage.named(),
  oldest: manifestPage.ascending('updated_at'),
  newest: manifestPage.descending('updated_at'),
};
/** Those with tags and those without have an index each by rank: a page is made of a page of each. */
const rankedPages: readonly Pages<RankedOrder>[] = [' AND untagged_at IS NULL', ' AND untagged_at IS NOT NULL'].map(
  (half) => {
    const page = pagesOf(SHOWN, 'manifest_metadata', 'digest', 'manifest', half);
    return {
      smallest: page.ascending('image_size'),
      largest: page.descending('image_size'),
      'least-recently-pulled': page.ascending('pulled_at'),
      'most-recently-pulled': page.descending('pulled_at'),
    };
  },
);
const DESCENDING: ReadonlySet<ListOrder> = new Set(['newest', 'largest', 'most-recently-pulled']);
const tagsOnPage = query(`
  SELECT ${TAG} FROM tags WHERE repository_id = ? AND digest = ? AND name > ? ORDER BY name LIMIT ?`);
const tagTime = query('SELECT updated_at FROM tags WHERE repository_id = ? AND name = ?');
const findSummary = query(`SELECT ${SHOWN} FROM manifest_metadata WHERE repository_id = ? AND digest = ?`);
const summariesOf = query(`
  SELECT ${SHOWN} FROM manifest_metadata
  WHERE repository_id = ? AND digest IN (SELECT value FROM json_each(?))`);
const tagsOfManifests = query(`
  SELECT digest, name FROM tags
  WHERE repository_id = ? AND digest IN (SELECT value FROM json_each(?)) ORDER BY digest, name`);
const childrenOfManifests = query(`
  SELECT m.digest AS parent, named.digest AS digest, named.architecture AS architecture, named.os AS os
  FROM manifest_metadata m CROSS JOIN manifest_references named
  WHERE m.repository_id = ? AND m.digest IN (SELECT value FROM json_each(?))
    AND named.manifest_id = m.id AND named.kind = 'manifest'
  ORDER BY m.digest, named.place`);
const hiddenAmong = query(`
  SELECT name FROM locks
  WHERE repository_id = ? AND kind = 'tag' AND flag = 'list' AND name IN (SELECT value FROM json_each(?))`);
const sizesOf = query(`
  SELECT image_size FROM manifest_metadata WHERE repository_id = ? AND digest IN (SELECT value FROM json_each(?))`);
const insertSummary = command(`
  INSERT INTO manifest_metadata (repository_id, ${SUMMARY}, untagged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const findNumber = query('SELECT id FROM manifest_metadata WHERE repository_id = ? AND digest = ?');
const touchSummary = command('UPDATE manifest_metadata SET updated_at = ? WHERE repository_id = ? AND digest = ?');
const deleteSummary = command('DELETE FROM manifest_metadata WHERE repository_id = ? AND digest = ?');

interface SummaryColumns {
  digest: Digest;
  media_type: string;
  config_media_type: string | null;
  architecture: string | null;
  os: string | null;
  image_size: number;
  child_count: number;
  created_at: number;
  updated_at: number;
  pulled_at: number;
}

interface ChildColumns {
  parent: Digest;
  digest: Digest;
  architecture: string | null;
  os: string | null;
}

export class SqliteListingReader implements ListingReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  tags(repositoryId: RepositoryId, request: ListRequest & { digest?: Digest | undefined }): ListedTag[] {
    const { digest, order, last, visibleOnly } = request;
    if (digest !== undefined) return this.#tagsOn(repositoryId, digest, request);
    if (isRanked(order)) return listRankedTags(this.#session, repositoryId, { ...request, order });
    const timeOf = (name: string) => this.#session.get<{ updated_at: number }>(tagTime, repositoryId, name)?.updated_at;
    const statement = tagPages[order][visibleOnly ? 'visible' : 'all'];
    const key = last === undefined ? undefined : (request.lastKey ?? timeOf(last));
    return this.#page<TagColumns>(statement, repositoryId, request, key).map((row) => toListedTag(row, order));
  }

  manifests(repositoryId: RepositoryId, request: ListRequest): ManifestSummary[] {
    const { order, last, visibleOnly } = request;
    const keyOf = (digest: Digest) => {
      const found = this.manifest(repositoryId, digest);
      return found && manifestKey(found, order);
    };
    const which = visibleOnly ? 'visible' : 'all';
    const key = last === undefined ? undefined : (request.lastKey ?? keyOf(last as Digest));
    const page = (statement: Statement) =>
      this.#page<SummaryColumns>(statement, repositoryId, request, key).map(toSummary);
    if (!isRanked(order)) return page(manifestPages[order][which]);
    return rankedPages
      .flatMap((half) => page(half[order][which]))
      .sort(byRank(order))
      .slice(0, request.limit);
  }

  manifest(repositoryId: RepositoryId, digest: Digest): ManifestSummary | undefined {
    const row = this.#session.get<SummaryColumns>(findSummary, repositoryId, digest);
    return row && toSummary(row);
  }

  manifestsOf(repositoryId: RepositoryId, digests: readonly Digest[]): Map<Digest, ManifestSummary> {
    const rows = this.#session.all<SummaryColumns>(summariesOf, repositoryId, JSON.stringify(digests));
    return new Map(rows.map((row) => [row.digest, toSummary(row)]));
  }

  tagsOf(repositoryId: RepositoryId, digests: readonly Digest[]): Map<Digest, TagName[]> {
    const rows = this.#session.all<{ digest: Digest; name: TagName }>(
      tagsOfManifests,
      repositoryId,
      JSON.stringify(digests),
    );
    return grouped(
      rows,
      (row) => row.digest,
      (row) => row.name,
    );
  }

  childrenOf(repositoryId: RepositoryId, digests: readonly Digest[]): Map<Digest, ManifestChild[]> {
    const rows = this.#session.all<ChildColumns>(childrenOfManifests, repositoryId, JSON.stringify(digests));
    return grouped(
      rows,
      (row) => row.parent,
      ({ digest, architecture, os }) => ({
        digest,
        ...(architecture === null ? {} : { architecture }),
        ...(os === null ? {} : { os }),
      }),
    );
  }

  #page<R>(statement: Statement, repositoryId: RepositoryId, request: ListRequest, key: number | undefined): R[] {
    const { order, last = '', limit } = request;
    if (order === 'name') return this.#session.all<R>(statement, repositoryId, last, limit);
    // Behind an item of which nobody knows any more where it stood, the list begins anew: rather twice than not at all.
    const beginning = DESCENDING.has(order) ? BEHIND_ALL : BEFORE_ALL;
    const [from, name] = key === undefined ? beginning : [key, last];
    return this.#session.all<R>(statement, repositoryId, from, name, limit);
  }

  /** Tags of one manifest are few: they are sorted and cut here, instead of by an index that each push would have to keep. */
  #tagsOn(repositoryId: RepositoryId, digest: Digest, request: ListRequest): ListedTag[] {
    // By rank they are all alike: it is their manifest's.
    const order = isRanked(request.order) ? 'name' : request.order;
    const { last = '', lastKey, limit, visibleOnly } = request;
    const byName = order === 'name' && !visibleOnly;
    const [after, most] = byName ? [last, limit] : ['', NO_LIMIT];
    const rows = this.#session.all<TagColumns>(tagsOnPage, repositoryId, digest, after, most);
    if (byName) return rows.map((row) => toListedTag(row, order));
    const hidden = visibleOnly ? this.#hiddenAmong(repositoryId, rows) : new Set<string>();
    const compare = comparisonOf(order);
    const known = rows.find((row) => row.name === last);
    const time = lastKey ?? known?.updated_at;
    const behind = (row: TagColumns) =>
      last === '' ||
      (order !== 'name' && time === undefined) ||
      compare(row, { name: last, updated_at: time ?? 0 }) > 0;
    return rows
      .filter((row) => !hidden.has(row.name) && behind(row))
      .sort(compare)
      .slice(0, limit)
      .map((row) => toListedTag(row, order));
  }

  #hiddenAmong(repositoryId: RepositoryId, rows: readonly TagColumns[]): Set<string> {
    const names = JSON.stringify(rows.map((row) => row.name));
    return new Set(this.#session.all<{ name: string }>(hiddenAmong, repositoryId, names).map((row) => row.name));
  }
}

function byRank(order: RankedOrder): (a: ManifestSummary, b: ManifestSummary) => number {
  const sign = DESCENDING.has(order) ? -1 : 1;
  return (a, b) =>
    sign * (manifestKey(a, order) - manifestKey(b, order) || (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0));
}

function toListedTag(row: TagColumns, order: ListOrder): ListedTag {
  return { ...toTag(row), sortedBy: order === 'name' ? 0 : row.updated_at };
}

type Sorted = Pick<TagColumns, 'updated_at'> & { readonly name: string };

function comparisonOf(order: ListOrder): (a: Sorted, b: Sorted) => number {
  const byName = (a: Sorted, b: Sorted) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const oldest = (a: Sorted, b: Sorted) => a.updated_at - b.updated_at || byName(a, b);
  if (order === 'name') return byName;
  return order === 'oldest' ? oldest : (a, b) => oldest(b, a);
}

/** The row that lists show of a manifest, when it is pushed. Answers its number, by which its references are stored. */
export function insertManifestSummary(
  session: Session,
  row: ManifestRow,
  references: readonly ManifestReference[],
  { platform = {}, tagged = false }: ManifestArrival,
): number {
  const named = new Map(references.map((reference) => [reference.digest, reference]));
  const children = [...named.values()].filter(({ kind }) => kind === 'manifest').map(({ digest }) => digest);
  let size = 0;
  for (const { kind, size: own } of named.values()) if (kind !== 'manifest') size += own;
  if (children.length > 0) {
    const rows = session.all<{ image_size: number }>(sizesOf, row.repositoryId, JSON.stringify(children));
    for (const child of rows) size += child.image_size;
  }
  return session.insert(
    insertSummary,
    row.repositoryId,
    row.digest,
    row.mediaType,
    row.configMediaType,
    platform.architecture,
    platform.os,
    // What manifests claim of absent content may be anything.
    Math.min(size, Number.MAX_SAFE_INTEGER),
    children.length,
    row.pushedAt.getTime(),
    row.pushedAt.getTime(),
    // No tag can name it before it is there; one that comes with it does at once.
    tagged ? undefined : row.pushedAt.getTime(),
  );
}

/** By which the references of a manifest are stored; 0, which none has, when it is not there. */
export function manifestNumber(session: Session, repositoryId: RepositoryId, digest: Digest): number {
  return session.get<{ id: number }>(findNumber, repositoryId, digest)?.id ?? 0;
}

export function touchManifestSummary(session: Session, repositoryId: RepositoryId, digest: Digest, now: Date): void {
  session.run(touchSummary, now.getTime(), repositoryId, digest);
}

export function deleteManifestSummary(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  session.run(deleteSummary, repositoryId, digest);
}

function grouped<R, T>(rows: readonly R[], keyOf: (row: R) => Digest, itemOf: (row: R) => T): Map<Digest, T[]> {
  const groups = new Map<Digest, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(itemOf(row));
    else groups.set(keyOf(row), [itemOf(row)]);
  }
  return groups;
}

function toSummary(row: SummaryColumns): ManifestSummary {
  return {
    digest: row.digest,
    mediaType: row.media_type,
    configMediaType: row.config_media_type ?? undefined,
    architecture: row.architecture ?? undefined,
    os: row.os ?? undefined,
    imageSize: row.image_size,
    childCount: row.child_count,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    pulledAt: row.pulled_at === 0 ? undefined : new Date(row.pulled_at),
  };
}

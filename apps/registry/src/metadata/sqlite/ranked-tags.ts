import type { Digest } from '@holdfast/oci/digest';
import type { ListedTag, ListOrder, ListRequest, RankedOrder } from '../listings.ts';
import type { RepositoryId } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { query, type Statement } from './statements.ts';
import { type TagColumns, toTag } from './tags.ts';

interface RankedColumns extends TagColumns {
  sorted_by: number;
}

interface Rank {
  readonly key: number;
  readonly digest: Digest;
}

/** Tags of one manifest behind a name, and tags of the manifests behind one. */
interface Pages {
  readonly same: Statement;
  readonly behind: Statement;
  readonly rankOf: Statement;
  readonly start: readonly [number, string];
}

/** Ends of a list. A size may be the largest number there is, so it takes the name, too, to be behind it. */
export const BEFORE_ALL = [-1, ''] as const;
export const BEHIND_ALL = [Number.MAX_SAFE_INTEGER, '\u{10ffff}'] as const;

const TAG =
  't.repository_id AS repository_id, t.name AS name, t.digest AS digest, t.created_at AS created_at, t.updated_at AS updated_at';
const VISIBLE = `NOT EXISTS (
  SELECT 1 FROM locks WHERE locks.repository_id = t.repository_id AND locks.kind = 'tag' AND locks.name = t.name
    AND locks.flag = 'list')`;

/**
 * Manifests that have tags, in the order of an index, and the tags of each by name. Two statements: behind a cursor in the
 * middle of a manifest with a million tags, one alone would walk over the first half of them.
 */
function declarePages(column: string, descending: boolean, visible: string): Pages {
  const [sign, direction] = descending ? ['<', ' DESC'] : ['>', ''];
  return {
    same: query(`
      SELECT ${TAG} FROM tags t WHERE t.repository_id = ? AND t.digest = ? AND t.name > ? ${visible}
      ORDER BY t.name LIMIT ?`),
    behind: query(`
      SELECT ${TAG}, m.${column} AS sorted_by FROM manifest_metadata m CROSS JOIN tags t
      WHERE m.repository_id = ? AND m.untagged_at IS NULL AND (m.${column}, m.digest) ${sign} (?, ?)
        AND t.repository_id = m.repository_id AND t.digest = m.digest ${visible}
      ORDER BY m.${column}${direction}, m.digest${direction}, t.name LIMIT ?`),
    rankOf: query(`
      SELECT m.${column} AS key, m.digest AS digest FROM tags t CROSS JOIN manifest_metadata m
      WHERE t.repository_id = ? AND t.name = ? AND m.repository_id = t.repository_id AND m.digest = t.digest`),
    start: descending ? BEHIND_ALL : BEFORE_ALL,
  };
}

function declareBoth(column: string, descending: boolean) {
  return {
    all: declarePages(column, descending, ''),
    visible: declarePages(column, descending, `AND ${VISIBLE}`),
  };
}

const pages: Readonly<Record<RankedOrder, ReturnType<typeof declareBoth>>> = {
  smallest: declareBoth('image_size', false),
  largest: declareBoth('image_size', true),
  'least-recently-pulled': declareBoth('pulled_at', false),
  'most-recently-pulled': declareBoth('pulled_at', true),
};

export function isRanked(order: ListOrder): order is RankedOrder {
  return order in pages;
}

/** Tags in the order of what they name, those of one manifest by name. */
export function listRankedTags(
  session: Session,
  repositoryId: RepositoryId,
  request: ListRequest & { readonly order: RankedOrder },
): ListedTag[] {
  const { order, last, lastKey, lastDigest, limit, visibleOnly } = request;
  const { same, behind, rankOf, start } = pages[order][visibleOnly ? 'visible' : 'all'];
  // Without its place, an item is looked up as it is now; one that is gone lets the list begin anew.
  const given = lastKey !== undefined && lastDigest !== undefined ? { key: lastKey, digest: lastDigest } : undefined;
  const rank = last === undefined ? undefined : (given ?? session.get<Rank>(rankOf, repositoryId, last));
  const rows: ListedTag[] = [];
  if (rank) {
    const siblings = session.all<TagColumns>(same, repositoryId, rank.digest, last, limit);
    rows.push(...siblings.map((row) => ({ ...toTag(row), sortedBy: rank.key })));
  }
  if (rows.length < limit) {
    const [key, digest] = rank ? [rank.key, rank.digest] : start;
    const others = session.all<RankedColumns>(behind, repositoryId, key, digest, limit - rows.length);
    rows.push(...others.map((row) => ({ ...toTag(row), sortedBy: row.sorted_by })));
  }
  return rows;
}

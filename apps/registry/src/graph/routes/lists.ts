import type { Exchange } from '../../http/exchange.ts';
import type { NameFilter } from '../../metadata/directory.ts';
import { directoryKey } from '../../metadata/directory.ts';
import type { PageRequest } from '../../metadata/metadata-store.ts';
import type { Awaitable } from '../../platform/awaitable.ts';
import { type FilterTerm, parseFilter, unsupported } from '../filter.ts';
import { sendPageOf } from './reply.ts';

interface Listed {
  readonly id: string;
  readonly displayName: string;
}

/** How objects of a kind are found. */
export interface Listing<T extends Listed> {
  list(filter: NameFilter, page: PageRequest): Awaitable<readonly T[]>;
  /** Properties (in lower case) by whose value one object is found, or a handful. */
  readonly by: Readonly<Record<string, (value: string) => Awaitable<T | undefined>>>;
  /** Properties (in lower case) that further terms may look at, besides the display name. */
  readonly compared?: Readonly<Record<string, (row: T) => string>>;
  /** Properties that no object here has a value of: nothing is found by them. */
  readonly never?: readonly string[];
  show(row: T): unknown;
}

/**
 * A list with its `$filter`: by a property that leads to one object, else by display name, which is what the list is
 * sorted by. Every further term then decides about what was found.
 */
export async function sendListing<T extends Listed>(x: Exchange, listing: Listing<T>): Promise<void> {
  const filter = x.facts.target.query.get('$filter') ?? '';
  const terms = filter.trim() === '' ? [] : parseFilter(filter);
  const never = terms.some((term) => listing.never?.includes(term.property.toLowerCase()));
  if (never) return x.sendJson(200, {}, { value: [] });
  const direct = terms.find((term) => term.operator === 'eq' && term.property.toLowerCase() in listing.by);
  if (direct) {
    const row = await listing.by[direct.property.toLowerCase()]?.(String(direct.value));
    const fits = row && terms.every((term) => term === direct || matches(listing, row, term, filter));
    return x.sendJson(200, {}, { value: row && fits ? [await listing.show(row)] : [] });
  }
  const name = terms.find((term) => term.property.toLowerCase() === 'displayname');
  const others = terms.filter((term) => term !== name);
  if (others.length > 0 && !name) throw unsupported(filter);
  await sendPageOf(
    x,
    (page) =>
      pageOf(listing, nameFilter(name), page, (row) => others.every((term) => matches(listing, row, term, filter))),
    directoryKey,
    (row) => listing.show(row),
  );
}

/** As many as the page has room for of those that fit; looks on while there are more. */
async function pageOf<T extends Listed>(
  listing: Listing<T>,
  names: NameFilter,
  page: PageRequest,
  fits: (row: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  const { limit = Number.POSITIVE_INFINITY } = page;
  let { last } = page;
  for (;;) {
    const rows = await listing.list(names, { ...page, last });
    found.push(...rows.filter(fits));
    last = rows.at(-1) && directoryKey(rows.at(-1) as T);
    if (rows.length < limit || found.length >= limit) return found.slice(0, limit);
  }
}

function nameFilter(term: FilterTerm | undefined): NameFilter {
  if (!term) return {};
  const value = String(term.value);
  return term.operator === 'eq' ? { equals: value } : { startsWith: value };
}

function matches<T extends Listed>(
  listing: Listing<T>,
  row: T,
  { property, operator, value }: FilterTerm,
  filter: string,
): boolean {
  const key = property.toLowerCase();
  const read = key === 'displayname' ? (object: T) => object.displayName : listing.compared?.[key];
  if (!read) throw unsupported(filter);
  const name = read(row).toLowerCase();
  const wanted = String(value).toLowerCase();
  return operator === 'eq' ? name === wanted : name.startsWith(wanted);
}

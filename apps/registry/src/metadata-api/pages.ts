import type { Digest } from '@holdfast/oci/digest';
import type { ListOrder } from '../metadata/listings.ts';

/** Where in its order an item of a list stood: `ListRequest` says of what. */
export interface Place {
  readonly last: string;
  readonly lastKey: number;
  readonly lastDigest?: Digest | undefined;
}

/** A page of a list that may be in an order of time or rank. */
export interface OrderedPage {
  readonly order: ListOrder;
  readonly last?: string | undefined;
  readonly lastKey?: number | undefined;
  readonly lastDigest?: Digest | undefined;
  readonly limit: number;
}

export interface AcrPage<T> {
  readonly items: readonly T[];
  /** Where the next page starts; undefined on the last one. */
  readonly next?: Place | undefined;
}

/** Of rows of which at least one more was asked for than the page has room for. */
export function cutPage<T>(rows: readonly T[], limit: number, placeOf: (row: T) => Place): AcrPage<T> {
  const items = rows.slice(0, limit);
  const end = items.at(-1);
  return rows.length > items.length && end !== undefined ? { items, next: placeOf(end) } : { items };
}

const ORDERS: ReadonlyMap<string, ListOrder> = new Map([
  ['', 'name'],
  ['none', 'name'],
  ['timedesc', 'newest'],
  ['timeasc', 'oldest'],
  // Ours; ACR has only the ones above.
  ['sizedesc', 'largest'],
  ['sizeasc', 'smallest'],
  ['pulldesc', 'most-recently-pulled'],
  ['pullasc', 'least-recently-pulled'],
]);

/** The `orderby` of a list; undefined for what is none. The CLI's own spelling is `time_desc`. */
export function parseOrder(text: string | undefined): ListOrder | undefined {
  return ORDERS.get((text ?? '').toLowerCase().replace('_', ''));
}

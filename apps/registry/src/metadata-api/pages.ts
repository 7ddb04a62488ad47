import type { ListOrder } from '../metadata/listings.ts';

/** A page of a list that may be in an order of time. */
export interface PageOfTime {
  readonly order: ListOrder;
  readonly last?: string | undefined;
  readonly lastTime?: Date | undefined;
  readonly limit: number;
}

export interface AcrPage<T> {
  readonly items: readonly T[];
  /** Where the next page starts; undefined on the last one. */
  readonly next?: { readonly last: string; readonly lastTime: Date } | undefined;
}

/** Of rows of which at least one more was asked for than the page has room for. */
export function cutPage<T>(
  rows: readonly T[],
  limit: number,
  placeOf: (row: T) => { readonly last: string; readonly lastTime: Date },
): AcrPage<T> {
  const items = rows.slice(0, limit);
  const end = items.at(-1);
  return rows.length > items.length && end !== undefined ? { items, next: placeOf(end) } : { items };
}

const ORDERS: ReadonlyMap<string, ListOrder> = new Map([
  ['', 'name'],
  ['none', 'name'],
  ['timedesc', 'newest'],
  ['timeasc', 'oldest'],
]);

/** The `orderby` of a list; undefined for what is none. The CLI's own spelling is `time_desc`. */
export function parseOrder(text: string | undefined): ListOrder | undefined {
  return ORDERS.get((text ?? '').toLowerCase().replace('_', ''));
}

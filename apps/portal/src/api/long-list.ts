import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

export type PageQuery = Readonly<{
  n?: number;
  last?: string;
  orderby?: string;
  lastTime?: string;
  lastKey?: string;
  lastDigest?: string;
  include?: string;
}>;

export interface ListPage<T> {
  readonly items: readonly T[];
  /** What to ask for the page behind this one; undefined on the last. */
  readonly next: PageQuery | undefined;
}

/** Where the pages of a list come from. */
export interface ListSource<T> {
  /** What the list is of; another key is another list. */
  readonly key: readonly unknown[];
  readonly first: PageQuery;
  load(query: PageQuery, signal: AbortSignal): Promise<ListPage<T>>;
}

/** A list of which rows are known by their rank, as far as it was looked at. */
export interface LongList<T> {
  /** The same as long as it is the same list. */
  readonly name: string;
  /** Rows that can be scrolled to by now. */
  readonly count: number;
  /** There are rows behind those. */
  readonly more: boolean;
  /** Undefined while the page of the row is on its way. */
  rowAt(rank: number): T | undefined;
  /** Which rows are in sight: their pages are asked for, others are forgotten. */
  see(first: number, last: number): void;
  readonly loaded: boolean;
  readonly error: Error | null;
  retry(): void;
}

/** So many rows before the end of what is known, the next page is asked for: a wheel passes them while it comes. */
const AHEAD = 600;
/** What is in sight is told in steps of so many rows, and not with each that comes. */
const SIGHT_STEP = 100;
/** Rows of pages out of sight are forgotten soon; where each page begins is kept, which is little. */
const FORGOTTEN_MS = 5000;

interface PlacedPage {
  readonly query: PageQuery;
  readonly start: number;
  /** Undefined until it was there once. */
  readonly length: number | undefined;
}

/** The query of one page, so that whoever knows that the list is wanted can ask for its first one before it is drawn. */
export function pageOf<T>({ key, load }: ListSource<T>, index: number, query: PageQuery) {
  return {
    queryKey: [...key, index, query],
    queryFn: ({ signal }: { signal: AbortSignal }) => load(query, signal),
    staleTime: 60_000,
    structuralSharing: false, // a page that is asked for again is compared with nothing
    ...(index === 0 ? {} : { gcTime: FORGOTTEN_MS }),
  };
}

/**
 * The pages of a keyset list, of which those in sight are in memory: however long somebody scrolls, the heap stays as it is.
 *
 * @param source the same as long as it is the same list; with another one, the rows of the old list stay until its first page is there
 */
export function useLongList<T>(source: ListSource<T>): LongList<T> {
  const { key, first } = source;
  const name = JSON.stringify(key);
  const [state, setState] = useState<Reached>(() => begin(name, first));
  // A change of what the list is of counts at once, not after an effect.
  const known = state.name === name ? state : begin(name, first);
  const { pages: asked, from, to } = known;
  const wanted = useMemo(() => pagesWanted(asked, from, to), [asked, from, to]);
  const results = useQueries({
    queries: wanted.map((index) => pageOf(source, index, asked[index]?.query ?? first)),
  });
  const data = results.map((result) => result.data);
  const lastWanted = wanted.at(-1) ?? 0;
  const lastData = data.at(-1);
  // So does what came just now.
  const { pages } = lastData === undefined ? known : learn(known, lastWanted, lastData);
  useEffect(() => {
    if (lastData === undefined) return;
    setState((now) => learn(now.name === name ? now : begin(name, first), lastWanted, lastData));
  }, [name, first, lastWanted, lastData]);
  const see = useCallback(
    (firstRow: number, lastRow: number) => {
      const from = Math.floor(firstRow / SIGHT_STEP) * SIGHT_STEP;
      const to = (Math.floor(lastRow / SIGHT_STEP) + 1) * SIGHT_STEP;
      setState((now) => {
        const own = now.name === name ? now : begin(name, first);
        return own.from === from && own.to === to ? own : { ...own, from, to };
      });
    },
    [name, first],
  );
  const rowAt = (rank: number): T | undefined => {
    const at = wanted.findIndex((index) => {
      const page = pages[index];
      return page !== undefined && rank >= page.start && rank < page.start + (page.length ?? 0);
    });
    return data[at]?.items[rank - (pages[wanted[at] ?? 0]?.start ?? 0)];
  };
  const end = pages.at(-1);
  const loaded = pages[0]?.length !== undefined;
  const failed = results.find((result) => result.error !== null);
  const list: LongList<T> = {
    name,
    count: (end?.start ?? 0) + (end?.length ?? 0),
    more: end?.length === undefined,
    rowAt,
    see,
    loaded,
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
  return useFormerRows(list);
}

interface Reached {
  readonly name: string;
  readonly pages: readonly PlacedPage[];
  readonly from: number;
  readonly to: number;
}

const begin = (name: string, first: PageQuery): Reached => ({
  name,
  pages: [{ query: first, start: 0, length: undefined }],
  from: 0,
  to: SIGHT_STEP,
});

/** A page that came for the first time has its length, and leads to the next one. */
function learn(reached: Reached, index: number, { items, next }: ListPage<unknown>): Reached {
  const page = reached.pages[index];
  if (page === undefined || page.length !== undefined || index !== reached.pages.length - 1) return reached;
  const known = { ...page, length: items.length };
  const following = next && { query: next, start: page.start + items.length, length: undefined };
  return { ...reached, pages: [...reached.pages.slice(0, index), known, ...(following ? [following] : [])] };
}

/** Of pages in order, those that hold a row from `from` to `to`, and the first unknown one when its rows are near. */
export function pagesWanted(pages: readonly PlacedPage[], from: number, to: number): number[] {
  const wanted: number[] = [];
  for (const [index, { start, length }] of pages.entries()) {
    const inSight = length === undefined ? start <= to + AHEAD : start <= to && start + length > from;
    if (inSight) wanted.push(index);
  }
  return wanted;
}

/** While the first page of another search is on its way, the rows of the former one stay. */
function useFormerRows<T>(list: LongList<T>): LongList<T> {
  const former = useRef<LongList<T>>(undefined);
  useEffect(() => {
    if (list.loaded) former.current = list;
  });
  if (list.loaded || list.error !== null || former.current === undefined) return list;
  return { ...former.current, name: list.name, more: false, see: list.see, error: null, loaded: false };
}

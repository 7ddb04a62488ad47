import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

export type PageQuery = Readonly<{
  n?: number;
  last?: string;
  orderby?: string;
  lastTime?: string;
  lastKey?: string;
  lastDigest?: string;
}>;

export interface ListPage<T> {
  readonly items: readonly T[];
  /** What to ask for the page behind this one; undefined on the last. */
  readonly next: PageQuery | undefined;
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

/** So many rows before the end of what is known, the next page is asked for. */
const AHEAD = 200;
/** Rows of pages out of sight are forgotten soon; where each page begins is kept, which is little. */
const FORGOTTEN_MS = 5000;

interface PlacedPage {
  readonly query: PageQuery;
  readonly start: number;
  /** Undefined until it was there once. */
  readonly length: number | undefined;
}

/**
 * The pages of a keyset list, of which those in sight are in memory: however long somebody scrolls, the heap stays as it is.
 *
 * @param key what the list is of; another key begins another list, and the rows of the old one stay until its first page is there
 */
export function useLongList<T>(
  key: readonly unknown[],
  first: PageQuery,
  load: (query: PageQuery, signal: AbortSignal) => Promise<ListPage<T>>,
): LongList<T> {
  const name = JSON.stringify(key);
  const [state, setState] = useState<Reached>(() => begin(name, first));
  // A change of what the list is of counts at once, not after an effect.
  const { pages, from, to } = state.name === name ? state : begin(name, first);
  const wanted = useMemo(() => pagesWanted(pages, from, to), [pages, from, to]);
  const results = useQueries({
    queries: wanted.map((index) => ({
      queryKey: [...key, index, pages[index]?.query],
      queryFn: ({ signal }: { signal: AbortSignal }) => load(pages[index]?.query ?? {}, signal),
      staleTime: 60_000,
      ...(index === 0 ? {} : { gcTime: FORGOTTEN_MS }),
    })),
  });
  const data = results.map((result) => result.data);
  const lastWanted = wanted.at(-1) ?? 0;
  const lastData = data.at(-1);
  useEffect(() => {
    if (lastData === undefined) return;
    setState((now) => learn(now.name === name ? now : begin(name, first), lastWanted, lastData));
  }, [name, first, lastWanted, lastData]);
  const see = useCallback(
    (from: number, to: number) =>
      setState((now) => {
        const own = now.name === name ? now : begin(name, first);
        return own.from === from && own.to === to ? own : { ...own, from, to };
      }),
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
  to: 0,
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

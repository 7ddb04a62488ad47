// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by transform, which a table's own elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names its active row
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useRouter } from '@tanstack/react-router';
import {
  type ColumnDef,
  createRow,
  flexRender,
  getCoreRowModel,
  type Table,
  useReactTable,
} from '@tanstack/react-table';
import {
  elementScroll,
  type Range,
  type Rect,
  useVirtualizer,
  type VirtualItem,
  type Virtualizer,
} from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { LongList } from '../api/long-list.ts';
import { groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { SEGMENT_ROWS, segmentFor } from './segment.ts';

const ROW_PIXELS = 36;
const MOST_PIXELS = 720;
/** In the page: those in sight of the highest grid, and some above and below. */
const ROWS = MOST_PIXELS / ROW_PIXELS + 8;
/** As the style below says it. */
const GRID_HEIGHT = `min(62vh, ${MOST_PIXELS}px)`;
const firstRect = (): Rect => ({ width: innerWidth, height: Math.min(innerHeight * 0.62, MOST_PIXELS) });

const useStyles = makeStyles({
  grid: {
    height: GRID_HEIGHT,
    overflow: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  head: { position: 'sticky', top: 0, zIndex: 1, backgroundColor: tokens.colorNeutralBackground2, fontWeight: 600 },
  row: {
    display: 'grid',
    alignItems: 'center',
    height: `${ROW_PIXELS}px`,
    columnGap: '12px',
    padding: '0 12px',
    boxSizing: 'border-box',
    minWidth: '560px',
  },
  body: { position: 'relative', minWidth: '560px' },
  placed: { position: 'absolute', top: 0, insetInlineStart: 0, width: '100%', contain: 'strict' },
  active: { boxShadow: `inset 3px 0 0 ${tokens.colorCompoundBrandStroke}` },
  cell: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minWidth: 0 },
  foot: {
    color: tokens.colorNeutralForeground2,
    margin: '4px 0 0',
    display: 'flex',
    gap: '4px 16px',
    flexWrap: 'wrap',
  },
});

export interface VirtualGridProps<T> {
  readonly label: string;
  readonly columns: readonly ColumnDef<T, unknown>[];
  /** By which column and in which direction the rows come, if by one of those that are shown. */
  readonly sorted?: { readonly column: string; readonly direction: 'ascending' | 'descending' } | undefined;
  /** A grid's tracks, for example `2fr 1fr 8rem`. */
  readonly tracks: string;
  readonly list: LongList<T>;
  /** Of the whole list; undefined while nobody knows. */
  readonly total: number | undefined;
  /** Path of the row's page. */
  place(row: T): string;
  /** What the key `c` copies. */
  copied(row: T): string;
}

/** A list without an end: of a million rows, those in sight are in the page. Rows are reached by arrow keys, like cells of a sheet. */
export function VirtualGrid<T>(props: VirtualGridProps<T>) {
  const { label, list, total, place } = props;
  const styles = useStyles();
  const { t } = useLanguage();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const { items, base, height, scrolling, show } = useSegment(scroller, list);
  const { see } = list;
  const first = base + (items[0]?.index ?? 0);
  const last = base + (items.at(-1)?.index ?? 0);
  useEffect(() => see(first, last), [see, first, last]);
  const shownName = useRef(list.name);
  useEffect(() => {
    if (shownName.current === list.name) return;
    shownName.current = list.name;
    setActive(0);
    show(0);
  });
  const go = (to: number) => {
    const next = Math.max(0, Math.min(to, list.count - 1));
    setActive(next);
    show(next);
  };
  const row = list.rowAt(active);
  const { open, focus } = useRowPage(row && place(row));
  const onKeyDown = (event: KeyboardEvent) =>
    onGridKey(event, { go, open, active, count: list.count, copied: row && props.copied(row) });
  return (
    <div>
      <div
        ref={scroller}
        className={styles.grid}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={total ?? -1}
        aria-activedescendant={list.count > 0 ? `${id}-${active}` : undefined}
        onKeyDown={onKeyDown}
        {...focus}
      >
        <GridRows {...props} {...{ items, base, height, scrolling, active, id, setActive }} />
      </div>
      <p className={styles.foot}>
        <span>
          {t('rowOf', {
            row: groupDigits(list.count === 0 ? 0 : active + 1),
            total: total === undefined ? (list.more ? '…' : groupDigits(list.count)) : groupDigits(total),
          })}
        </span>
        <span>{t('loaded', { count: groupDigits(list.count) })}</span>
        <span>{t('keyboardHint')}</span>
      </p>
    </div>
  );
}

/** A row on which the keys rest so long is meant. */
const INTENT_MS = 100;

/** Opens the page of the active row. What that shows first is asked for while the grid has the focus and the keys rest. */
function useRowPage(path: string | undefined) {
  const router = useRouter();
  const [focused, setFocused] = useState(false);
  useEffect(() => {
    if (!focused || path === undefined) return;
    const resting = setTimeout(() => void router.preloadRoute({ to: path as '/' }), INTENT_MS);
    return () => clearTimeout(resting);
  }, [router, focused, path]);
  return {
    open: path === undefined ? undefined : () => void router.navigate({ to: path as '/' }),
    focus: { onFocus: () => setFocused(true), onBlur: () => setFocused(false) },
  };
}

/** When the browser has laid out the page anyway: to ask for it at once is to have it laid out twice. */
function observeElementRect<T extends Element>(virtualizer: Virtualizer<T, Element>, tell: (rect: Rect) => void) {
  const { scrollElement } = virtualizer;
  if (scrollElement === null) return;
  const observer = new ResizeObserver(([entry]) => {
    if (entry) tell({ width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) });
  });
  observer.observe(scrollElement);
  return () => observer.disconnect();
}

/** A list that nobody has scrolled is at its beginning: to say so would have the browser lay out a page that is half drawn. */
const scrollToFn: typeof elementScroll = (offset, options, virtualizer) => {
  if (offset !== 0 || virtualizer.scrollDirection !== null) elementScroll(offset, options, virtualizer);
};

/** Always as many rows, so that each can have the elements of one that went out of sight; of a list that nobody has scrolled yet, those in sight. */
function rangeExtractor({ startIndex, endIndex, count }: Range): number[] {
  const inSight = endIndex - startIndex + 1;
  const rows = Math.min(count, startIndex === 0 ? inSight : Math.max(ROWS, inSight));
  const start = Math.max(0, Math.min(startIndex - Math.floor((rows - inSight) / 2), count - rows));
  return Array.from({ length: rows }, (_, i) => start + i);
}

/** Rows in sight of the segment that is laid out, and how to show a rank anywhere in the list. */
function useSegment<T>(scroller: RefObject<HTMLDivElement | null>, list: LongList<T>) {
  const [base, setBase] = useState(0);
  const wanted = useRef<number>(undefined);
  const virtualizer = useVirtualizer({
    count: Math.max(0, Math.min(list.count - base, SEGMENT_ROWS)),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    initialRect: useState(firstRect)[0],
    observeElementRect,
    scrollToFn,
    rangeExtractor,
    scrollPaddingStart: ROW_PIXELS, // the head stands over it
  });
  const items = virtualizer.getVirtualItems();
  const first = base + (items[0]?.index ?? 0);
  const last = base + (items.at(-1)?.index ?? 0);
  useEffect(() => {
    const next = segmentFor(base, first, last, list.count);
    if (next === base || list.count === 0) return;
    // The same rows at the same place of the window.
    const element = scroller.current;
    if (element) element.scrollTop += (base - next) * ROW_PIXELS;
    setBase(next);
  }, [scroller, base, first, last, list.count]);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    virtualizer.scrollToIndex(wanted.current - base, { align: 'auto' });
    wanted.current = undefined;
  }, [virtualizer, base]);
  const show = (rank: number) => {
    if (rank >= base && rank < base + SEGMENT_ROWS) return virtualizer.scrollToIndex(rank - base, { align: 'auto' });
    wanted.current = rank;
    setBase(segmentFor(base, rank, rank, list.count));
  };
  return { items, base, height: virtualizer.getTotalSize(), scrolling: virtualizer.isScrolling, show };
}

const NO_ROWS: never[] = [];

function GridRows<T>({
  list,
  columns,
  sorted,
  tracks,
  items,
  base,
  height,
  scrolling,
  active,
  id,
  setActive,
}: VirtualGridProps<T> & {
  readonly items: readonly VirtualItem[];
  readonly base: number;
  readonly height: number;
  readonly scrolling: boolean;
  readonly active: number;
  readonly id: string;
  setActive(rank: number): void;
}) {
  const styles = useStyles();
  // The table has columns and makes rows of single items: a model of all rows in sight would be computed anew with each that comes.
  const table = useReactTable<T>({
    data: NO_ROWS,
    columns: columns as ColumnDef<T, unknown>[],
    getCoreRowModel: getCoreRowModel(),
  });
  // While the list is scrolled, a row takes over the elements of one that went out of sight, where those are in the page: to make
  // new ones, or to move them, costs more than all that is written into them. At rest they are in order, for whoever reads them in order.
  const slot = (index: number) => (base + index) % items.length;
  const drawn = scrolling ? [...items].sort((a, b) => slot(a.index) - slot(b.index)) : items;
  return (
    <>
      <GridHead table={table as Table<unknown>} columns={columns} tracks={tracks} sorted={sorted} />
      <div className={styles.body} role="rowgroup" style={{ height }}>
        {drawn.map(({ start, index }) => (
          <GridRow
            key={slot(index)}
            table={table as Table<unknown>}
            item={list.rowAt(base + index)}
            rank={base + index}
            id={`${id}-${base + index}`}
            tracks={tracks}
            active={base + index === active}
            top={start}
            columns={columns}
            select={setActive}
          />
        ))}
      </div>
    </>
  );
}

function onGridKey(
  event: KeyboardEvent,
  {
    go,
    open,
    active,
    count,
    copied,
  }: {
    go(to: number): void;
    /** Undefined until the row is there. */
    readonly open: (() => void) | undefined;
    readonly active: number;
    readonly count: number;
    readonly copied: string | undefined;
  },
): void {
  const page = Math.floor(event.currentTarget.clientHeight / ROW_PIXELS) - 2;
  const to: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: count - 1,
  };
  const next = to[event.key];
  if (next !== undefined) go(next);
  else if (event.key === 'Enter' && open && event.target === event.currentTarget) open();
  else if (event.key === 'c' && copied !== undefined && !event.ctrlKey && !event.metaKey)
    void navigator.clipboard?.writeText(copied);
  else return;
  event.preventDefault();
}

/** Drawn again for other columns and orders, not for other rows. */
const GridHead = memo(function GridHead({
  table,
  tracks,
  sorted,
}: {
  readonly table: Table<unknown>;
  readonly columns: unknown;
  readonly tracks: string;
  readonly sorted: VirtualGridProps<unknown>['sorted'];
}) {
  const styles = useStyles();
  return (
    <div className={styles.head} role="rowgroup">
      {table.getHeaderGroups().map((group) => (
        <div key={group.id} className={styles.row} role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
          {group.headers.map((header) => (
            <span
              key={header.id}
              role="columnheader"
              className={styles.cell}
              aria-sort={sorted?.column === header.id ? sorted.direction : undefined}
            >
              {flexRender(header.column.columnDef.header, header.getContext())}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
});

interface GridRowProps {
  readonly table: Table<unknown>;
  /** Undefined until its page is there. */
  readonly item: unknown;
  readonly rank: number;
  readonly id: string;
  readonly tracks: string;
  readonly active: boolean;
  readonly top: number;
  readonly columns: unknown;
  select(rank: number): void;
}

const sameRow = (a: GridRowProps, b: GridRowProps): boolean =>
  a.item === b.item &&
  a.rank === b.rank &&
  a.active === b.active &&
  a.top === b.top &&
  a.columns === b.columns &&
  a.tracks === b.tracks;

const GridRow = memo(function GridRow({ table, item, rank, id, tracks, active, top, select }: GridRowProps) {
  const styles = useStyles();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's
    <div
      id={id}
      className={mergeClasses(styles.row, styles.placed, active && styles.active)}
      role="row"
      aria-rowindex={rank + 2}
      aria-selected={active}
      style={{ gridTemplateColumns: tracks, transform: `translateY(${top}px)` }}
      onClick={() => select(rank)}
    >
      {item === undefined ? (
        <span role="gridcell" className={styles.cell}>
          …
        </span>
      ) : (
        createRow(table, String(rank), item, rank, 0)
          .getVisibleCells()
          .map((cell) => (
            <span key={cell.column.id} role="gridcell" className={styles.cell}>
              {flexRender(cell.column.columnDef.cell, cell.getContext())}
            </span>
          ))
      )}
    </div>
  );
}, sameRow);

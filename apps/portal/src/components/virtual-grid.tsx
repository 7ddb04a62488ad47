// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by transform, which a table's own elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names its active row
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type ColumnDef, flexRender, getCoreRowModel, type Row, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useLanguage } from '../language/language.tsx';

const ROW_PIXELS = 36;
const OVERSCAN = 10;
/** So many rows before the end of what is loaded, the next page is asked for. */
const AHEAD = 60;

const useStyles = makeStyles({
  grid: {
    height: 'min(62vh, 720px)',
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
  placed: { position: 'absolute', top: 0, insetInlineStart: 0, width: '100%' },
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
  /** A grid's tracks, for example `2fr 1fr 8rem`. */
  readonly tracks: string;
  readonly rows: readonly T[];
  /** Of the whole list; undefined while nobody knows. */
  readonly total: number | undefined;
  readonly more: boolean;
  loadMore(): void;
  open(row: T): void;
  /** What the key `c` copies. */
  copied(row: T): string;
}

/** A list without an end: of a million rows, those in sight are in the page. Rows are reached by arrow keys, like cells of a sheet. */
export function VirtualGrid<T>(props: VirtualGridProps<T>) {
  const { label, rows, total, more, loadMore } = props;
  const styles = useStyles();
  const { t } = useLanguage();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const table = useReactTable({
    data: rows as T[],
    columns: props.columns as ColumnDef<T, unknown>[],
    getCoreRowModel: getCoreRowModel(),
  });
  const model = table.getRowModel().rows;
  const virtualizer = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: OVERSCAN,
    scrollMargin: 0,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= model.length - AHEAD) loadMore();
  }, [more, last, model.length, loadMore]);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(to, model.length - 1));
    setActive(next);
    virtualizer.scrollToIndex(next, { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) =>
    onGridKey(event, { go, active, count: model.length, row: model[active]?.original, props });
  return (
    <div>
      <div
        ref={scroller}
        className={styles.grid}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={total ?? -1}
        aria-activedescendant={model.length > 0 ? `${id}-${active}` : undefined}
        onKeyDown={onKeyDown}
      >
        <GridHead table={table} tracks={props.tracks} />
        <div className={styles.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <GridRow
              key={item.key}
              row={model[item.index] as Row<T>}
              id={`${id}-${item.index}`}
              tracks={props.tracks}
              active={item.index === active}
              top={item.start}
              select={() => setActive(item.index)}
            />
          ))}
        </div>
      </div>
      <p className={styles.foot}>
        <span>
          {t('rowOf', { row: model.length === 0 ? 0 : active + 1, total: total ?? (more ? '…' : model.length) })}
        </span>
        <span>{t('loaded', { count: model.length })}</span>
        <span>{t('keyboardHint')}</span>
      </p>
    </div>
  );
}

function onGridKey<T>(
  event: KeyboardEvent,
  {
    go,
    active,
    count,
    row,
    props,
  }: { go(to: number): void; active: number; count: number; row: T | undefined; props: VirtualGridProps<T> },
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
  else if (event.key === 'Enter' && row !== undefined && event.target === event.currentTarget) props.open(row);
  else if (event.key === 'c' && row !== undefined && !event.ctrlKey && !event.metaKey)
    void navigator.clipboard?.writeText(props.copied(row));
  else return;
  event.preventDefault();
}

function GridHead<T>({
  table,
  tracks,
}: {
  readonly table: ReturnType<typeof useReactTable<T>>;
  readonly tracks: string;
}) {
  const styles = useStyles();
  return (
    <div className={styles.head} role="rowgroup">
      {table.getHeaderGroups().map((group) => (
        <div key={group.id} className={styles.row} role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
          {group.headers.map((header) => (
            <span key={header.id} role="columnheader" className={styles.cell}>
              {flexRender(header.column.columnDef.header, header.getContext())}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

function GridRow<T>({
  row,
  id,
  tracks,
  active,
  top,
  select,
}: {
  readonly row: Row<T>;
  readonly id: string;
  readonly tracks: string;
  readonly active: boolean;
  readonly top: number;
  select(): void;
}) {
  const styles = useStyles();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's
    <div
      id={id}
      className={mergeClasses(styles.row, styles.placed, active && styles.active)}
      role="row"
      aria-rowindex={row.index + 2}
      aria-selected={active}
      style={{ gridTemplateColumns: tracks, transform: `translateY(${top}px)` }}
      onClick={select}
    >
      {row.getVisibleCells().map((cell) => (
        <span key={cell.id} role="gridcell" className={styles.cell}>
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </span>
      ))}
    </div>
  );
}

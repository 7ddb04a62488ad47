import { Field, makeStyles, Select } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { memo } from 'react';
import type { ListOrder } from '../api/content.ts';
import { useLanguage } from '../language/language.tsx';
import type { TextKey } from '../language/texts.ts';

type Column = 'name' | 'pushed' | 'size' | 'pulled';

interface Order {
  readonly order: ListOrder;
  readonly text: TextKey;
  readonly column: Column;
  readonly direction: 'ascending' | 'descending';
}

/** The first of a column is what a click on its head asks for; a second click asks for the other one. */
const ORDERS: readonly Order[] = [
  { order: 'timedesc', text: 'newest', column: 'pushed', direction: 'descending' },
  { order: 'timeasc', text: 'oldest', column: 'pushed', direction: 'ascending' },
  { order: 'name', text: 'byName', column: 'name', direction: 'ascending' },
  { order: 'sizedesc', text: 'largest', column: 'size', direction: 'descending' },
  { order: 'sizeasc', text: 'smallest', column: 'size', direction: 'ascending' },
  { order: 'pulldesc', text: 'pulledLast', column: 'pulled', direction: 'descending' },
  { order: 'pullasc', text: 'pulledLongAgo', column: 'pulled', direction: 'ascending' },
];
const NEWEST = ORDERS[0] as Order;

/** What an address says of a list. */
export interface ListAddress {
  readonly sort?: string;
  readonly q?: string;
}

/** The order that the address names; else the usual one; by name while something is searched for, which names alone can be. */
export function orderOf({ sort, q }: ListAddress, usual: ListOrder = 'timedesc'): Order {
  const wanted = q !== undefined && q !== '' ? 'name' : sort;
  return ORDERS.find(({ order }) => order === wanted) ?? ORDERS.find(({ order }) => order === usual) ?? NEWEST;
}

export const useOrder = (usual?: ListOrder): Order => orderOf(useSearch({ strict: false }) as ListAddress, usual);

/** Changes one part of what the address says of a list, and leaves the others. */
export function useListAddress(): (change: Readonly<Record<string, string>>) => void {
  const navigate = useNavigate();
  const now = useSearch({ strict: false }) as Record<string, string>;
  return (change) => {
    const next = Object.entries({ ...now, ...change }).filter(([, value]) => value !== '');
    void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true });
  };
}

/** Beside a list that is drawn again with each page of it. */
export const OrderSelect = memo(function OrderSelect({ usual }: { readonly usual?: ListOrder }) {
  const { t } = useLanguage();
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { order } = useOrder(usual);
  const set = useListAddress();
  return (
    <Field label={t('sort')} hint={q === '' ? null : t('searchedByName')}>
      <Select value={order} disabled={q !== ''} onChange={(_, { value }) => set({ sort: value })}>
        {ORDERS.map(({ order: value, text }) => (
          <option key={value} value={value}>
            {t(text)}
          </option>
        ))}
      </Select>
    </Field>
  );
});

const useStyles = makeStyles({
  head: {
    font: 'inherit',
    color: 'inherit',
    background: 'none',
    border: 'none',
    padding: 0,
    cursor: 'pointer',
    ':hover': { textDecorationLine: 'underline' },
  },
});

/** The head of a column by which the server can sort. */
export function SortHead({
  column,
  text,
  usual,
}: {
  readonly column: Column;
  readonly text: string;
  readonly usual?: ListOrder;
}) {
  const { t } = useLanguage();
  const styles = useStyles();
  const now = useOrder(usual);
  const set = useListAddress();
  const [first, second] = ORDERS.filter((order) => order.column === column);
  const next = now.order === first?.order ? (second ?? first) : first;
  const mark = now.column !== column ? '' : now.direction === 'ascending' ? ' ▲' : ' ▼';
  return (
    <button
      type="button"
      className={styles.head}
      title={t('sortBy', { what: text })}
      onClick={() => set({ sort: next?.order ?? '', q: '' })}
    >
      {text}
      <span aria-hidden="true">{mark}</span>
    </button>
  );
}

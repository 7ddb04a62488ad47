import { Field, Select } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TagOrder } from '../api/content.ts';
import { useLanguage } from '../language/language.tsx';

const ORDERS: readonly (readonly [TagOrder, 'byName' | 'newest' | 'oldest'])[] = [
  ['timedesc', 'newest'],
  ['timeasc', 'oldest'],
  ['name', 'byName'],
];

/** The order that the address names; the newest first unless something is searched for, which names alone can be. */
export function useOrder(): TagOrder {
  const { sort, q } = useSearch({ strict: false }) as { sort?: string; q?: string };
  if (q !== undefined && q !== '') return 'name';
  return ORDERS.find(([order]) => order === sort)?.[0] ?? 'timedesc';
}

export function OrderSelect() {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const order = useOrder();
  return (
    <Field label={t('sort')}>
      <Select
        value={order}
        onChange={(_, { value }) => void navigate({ to: '.', search: { sort: value } as never, replace: true })}
      >
        {ORDERS.map(([value, text]) => (
          <option key={value} value={value}>
            {t(text)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

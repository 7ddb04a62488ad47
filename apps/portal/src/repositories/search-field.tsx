import { Field, Input } from '@fluentui/react-components';
import { useSearch } from '@tanstack/react-router';
import { memo } from 'react';
import { useLanguage } from '../language/language.tsx';
import { useListAddress } from './order-select.tsx';

/** Searches as somebody types; what is searched for is in the address. */
export const SearchField = memo(function SearchField({ hint }: { readonly hint: 'beginsWith' | 'digestBegins' }) {
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { t } = useLanguage();
  const set = useListAddress();
  return (
    <Field label={t('search')}>
      <Input type="search" value={q} placeholder={t(hint)} onChange={(_, { value }) => set({ q: value })} />
    </Field>
  );
});

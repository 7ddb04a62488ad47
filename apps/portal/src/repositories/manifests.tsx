import { makeStyles } from '@fluentui/react-components';
import { useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type ManifestRow, useManifests, useRepository } from '../api/content.ts';
import { Problem } from '../components/problem.tsx';
import { RowLink } from '../components/row-link.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { OrderSelect, SortHead, useOrder } from './order-select.tsx';
import { SearchField } from './search-field.tsx';
import { lockText, quarantineText } from './state-text.ts';
import { pullText } from './tags.tsx';

const useStyles = makeStyles({ tools: { display: 'flex', gap: '16px', flexWrap: 'wrap' } });

/** Everything that is stored, untagged manifests too. */
export function ManifestList({ registry, repository }: { readonly registry: string; readonly repository: string }) {
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const sorted = useOrder();
  const { t } = useLanguage();
  const styles = useStyles();
  const { data: facts } = useRepository(registry, repository);
  const begins = q === '' || q.includes(':') ? q : `sha256:${q}`;
  const list = useManifests(registry, repository, begins, sorted.order);
  const page = `/r/${registry}/repo/${repository}/~/manifests`;
  const byPull = sorted.column === 'pulled';
  const columns = useMemo(() => columnsOf(page, byPull, t), [page, byPull, t]);
  return (
    <>
      <div className={styles.tools}>
        <SearchField hint="digestBegins" />
        <OrderSelect />
      </div>
      {list.error && <Problem error={list.error} retry={list.retry} registry={registry} />}
      {list.loaded && list.count === 0 && q !== '' && <p>{t('noMatch', { text: q })}</p>}
      <VirtualGrid
        label={t('manifests')}
        columns={columns}
        sorted={sorted}
        tracks="minmax(0,2fr) minmax(0,2fr) 7rem 8rem 10rem 10rem"
        list={list}
        total={q === '' ? facts?.manifestCount : list.more ? undefined : list.count}
        place={(row) => `${page}/${row.digest}`}
        copied={(row) => row.digest}
      />
    </>
  );
}

function columnsOf(page: string, byPull: boolean, t: Translate): ColumnDef<ManifestRow, unknown>[] {
  return [
    {
      id: 'name',
      header: () => <SortHead column="name" text={t('digest')} />,
      cell: ({ row }) => <RowLink to={`${page}/${row.original.digest}`} text={shortDigest(row.original.digest)} />,
    },
    { id: 'tags', header: t('tags'), cell: ({ row }) => row.original.tags?.join(', ') ?? t('untagged') },
    {
      id: 'size',
      header: () => <SortHead column="size" text={t('size')} />,
      cell: ({ row }) => formatBytes(row.original.imageSize),
    },
    {
      id: 'platform',
      header: t('platform'),
      cell: ({ row: { original } }) =>
        original.architecture === undefined ? t('unknown') : `${original.os ?? '?'}/${original.architecture}`,
    },
    {
      id: byPull ? 'pulled' : 'pushed',
      header: () =>
        byPull ? <SortHead column="pulled" text={t('lastPull')} /> : <SortHead column="pushed" text={t('pushed')} />,
      cell: ({ row: { original } }) => (byPull ? pullText(original, t) : formatTime(original.lastUpdateTime)),
    },
    {
      id: 'state',
      header: t('state'),
      cell: ({ row: { original } }) =>
        [lockText(original, t), quarantineText(original.changeableAttributes, t)]
          .filter((text) => text !== undefined)
          .join(' · ') || '—',
    },
  ];
}

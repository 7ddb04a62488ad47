import { makeStyles } from '@fluentui/react-components';
import { useParams, useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type RepositoryRow, useRepositories } from '../api/content.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { RowLink } from '../components/row-link.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { formatBytes, formatTime, groupDigits } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { Commands } from '../registries/commands.tsx';
import { loginServerOf } from '../settings.ts';
import { OrderSelect, SortHead, useOrder } from './order-select.tsx';
import { SearchField } from './search-field.tsx';
import { pullText } from './tags.tsx';

const useStyles = makeStyles({ tools: { display: 'flex', gap: '16px', flexWrap: 'wrap' } });

export function RepositoriesPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { t } = useLanguage();
  const styles = useStyles();
  const { settings } = usePlanes();
  const { order, column, direction } = useOrder(USUAL);
  const sorted = useMemo(() => ({ column, direction }), [column, direction]);
  const list = useRepositories(registry, q, order);
  const columns = useMemo(() => columnsOf(registry, t), [registry, t]);
  const empty = list.loaded && list.count === 0;
  return (
    <Page title={t('repositories')} place={registry}>
      <div className={styles.tools}>
        <SearchField hint="beginsWith" />
        <OrderSelect usual={USUAL} />
      </div>
      {list.error && <Problem error={list.error} retry={list.retry} registry={registry} />}
      {empty && q === '' && (
        <>
          <p>{t('noRepositories')}</p>
          <Commands server={loginServerOf(settings, registry)} />
        </>
      )}
      {empty && q !== '' && (
        <p>
          {t('noMatch', { text: q })}{' '}
          <PageLink inText to={`/r/${registry}/repositories`}>
            {t('clear')}
          </PageLink>
        </p>
      )}
      {!empty && !list.error && (
        <VirtualGrid
          label={t('repositories')}
          columns={columns}
          tracks="minmax(0,3fr) 6rem 5rem 6rem 9rem 9rem"
          sorted={sorted}
          list={list}
          total={list.more ? undefined : list.count}
          place={({ name }) => `/r/${registry}/repo/${name}/~/tags`}
          copied={({ name }) => `${loginServerOf(settings, registry)}/${name}`}
        />
      )}
    </Page>
  );
}

const USUAL = 'name';

function columnsOf(registry: string, t: Translate): ColumnDef<RepositoryRow, unknown>[] {
  const head = (column: 'name' | 'size' | 'pushed' | 'pulled', text: string) => () => (
    <SortHead column={column} text={text} usual={USUAL} />
  );
  return [
    {
      id: 'name',
      header: head('name', t('name')),
      cell: ({ row: { original } }) => (
        <RowLink to={`/r/${registry}/repo/${original.name}/~/tags`} text={original.name} />
      ),
    },
    { id: 'size', header: head('size', t('size')), cell: ({ row }) => formatBytes(row.original.storedBytes) },
    { id: 'tags', header: t('tags'), cell: ({ row }) => groupDigits(row.original.tagCount) },
    { id: 'manifests', header: t('manifests'), cell: ({ row }) => groupDigits(row.original.manifestCount) },
    {
      id: 'pushed',
      header: head('pushed', t('changed')),
      cell: ({ row }) => formatTime(row.original.lastUpdateTime),
    },
    { id: 'pulled', header: head('pulled', t('lastPull')), cell: ({ row }) => pullText(row.original, t) },
  ];
}

import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { useRepositories, useRepository } from '../api/content.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { RowLink } from '../components/row-link.tsx';
import { useResting, VirtualGrid } from '../components/virtual-grid.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { Commands } from '../registries/commands.tsx';
import { Count } from '../registries/overview-page.tsx';
import { loginServerOf } from '../settings.ts';
import { SearchField } from './search-field.tsx';

const BY_NAME = { column: 'name', direction: 'ascending' } as const;

export function RepositoriesPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { t } = useLanguage();
  const { settings } = usePlanes();
  const navigate = useNavigate();
  const list = useRepositories(registry, q);
  const columns = useMemo(() => columnsOf(registry, t), [registry, t]);
  const empty = list.loaded && list.count === 0;
  return (
    <Page title={t('repositories')} place={registry}>
      <SearchField hint="beginsWith" />
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
          tracks="minmax(0,3fr) 6rem 6rem 10rem"
          sorted={BY_NAME}
          list={list}
          total={list.more ? undefined : list.count}
          open={(name) => void navigate({ to: `/r/${registry}/repo/${name}/~/tags` as '/' })}
          copied={(name) => `${loginServerOf(settings, registry)}/${name}`}
        />
      )}
    </Page>
  );
}

function columnsOf(registry: string, t: ReturnType<typeof useLanguage>['t']): ColumnDef<string, unknown>[] {
  return [
    {
      id: 'name',
      header: t('name'),
      cell: ({ row }) => <RowLink to={`/r/${registry}/repo/${row.original}/~/tags`} text={row.original} />,
    },
    {
      id: 'tags',
      header: t('tags'),
      cell: ({ row }) => <Count registry={registry} name={row.original} of="tagCount" />,
    },
    {
      id: 'manifests',
      header: t('manifests'),
      cell: ({ row }) => <Count registry={registry} name={row.original} of="manifestCount" />,
    },
    { id: 'changed', header: t('changed'), cell: ({ row }) => <Changed registry={registry} name={row.original} /> },
  ];
}

function Changed({ registry, name }: { readonly registry: string; readonly name: string }) {
  const { data } = useRepository(registry, name, useResting());
  return data ? formatTime(data.lastUpdateTime) : '…';
}

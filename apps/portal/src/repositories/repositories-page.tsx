import { Field, Input } from '@fluentui/react-components';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useCallback, useMemo } from 'react';
import { useRepositories, useRepository } from '../api/content.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { Commands } from '../registries/commands.tsx';
import { Count } from '../registries/overview-page.tsx';
import { loginServerOf } from '../settings.ts';

export function RepositoriesPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { t } = useLanguage();
  const { settings } = usePlanes();
  const navigate = useNavigate();
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useRepositories(registry, q);
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const columns = useMemo(() => columnsOf(registry, t), [registry, t]);
  const loadMore = useCallback(() => {
    if (!isFetching) void fetchNextPage();
  }, [isFetching, fetchNextPage]);
  const search = (value: string) =>
    void navigate({ to: '.', search: (value === '' ? {} : { q: value }) as never, replace: true });
  const empty = data !== undefined && rows.length === 0 && !isFetching;
  return (
    <Page title={t('repositories')} place={registry}>
      <Field label={t('search')}>
        <Input type="search" value={q} placeholder={t('beginsWith')} onChange={(_, { value }) => search(value)} />
      </Field>
      {error && <Problem error={error} retry={() => void refetch()} registry={registry} />}
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
      {!empty && !error && (
        <VirtualGrid
          label={t('repositories')}
          columns={columns}
          tracks="minmax(0,3fr) 6rem 6rem 10rem"
          rows={rows}
          total={hasNextPage ? undefined : rows.length}
          more={hasNextPage}
          loadMore={loadMore}
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
      cell: ({ row }) => (
        <PageLink to={`/r/${registry}/repo/${row.original}/~/tags`} tabIndex={-1}>
          {row.original}
        </PageLink>
      ),
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
  const { data } = useRepository(registry, name);
  return data ? formatTime(data.lastUpdateTime) : '…';
}

import { useNavigate } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useCallback, useMemo } from 'react';
import { useManifests, useRepository } from '../api/content.ts';
import type { paths } from '../api/schema.d.ts';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { OrderSelect, useOrder } from './order-select.tsx';
import { lockText } from './tags.tsx';

type Summary =
  paths['/acr/v1/{name}/_manifests']['get']['responses']['200']['content']['application/json']['manifests'][number];

/** Everything that is stored, untagged manifests too. */
export function ManifestList({ registry, repository }: { readonly registry: string; readonly repository: string }) {
  const order = useOrder();
  const { t } = useLanguage();
  const navigate = useNavigate();
  const { data: facts } = useRepository(registry, repository);
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useManifests(registry, repository, order);
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const page = `/r/${registry}/repo/${repository}/~/manifests`;
  const columns = useMemo(() => columnsOf(page, t), [page, t]);
  const loadMore = useCallback(() => {
    if (!isFetching) void fetchNextPage();
  }, [isFetching, fetchNextPage]);
  return (
    <>
      <OrderSelect />
      {error && <Problem error={error} retry={() => void refetch()} registry={registry} />}
      <VirtualGrid
        label={t('manifests')}
        columns={columns}
        tracks="minmax(0,2fr) minmax(0,2fr) 7rem 8rem 10rem 8rem"
        rows={rows}
        total={facts?.manifestCount}
        more={hasNextPage}
        loadMore={loadMore}
        open={(row) => void navigate({ to: `${page}/${row.digest}` as '/' })}
        copied={(row) => row.digest}
      />
    </>
  );
}

function columnsOf(page: string, t: ReturnType<typeof useLanguage>['t']): ColumnDef<Summary, unknown>[] {
  return [
    {
      id: 'digest',
      header: t('digest'),
      cell: ({ row }) => (
        <PageLink to={`${page}/${row.original.digest}`} tabIndex={-1}>
          {shortDigest(row.original.digest)}
        </PageLink>
      ),
    },
    { id: 'tags', header: t('tags'), cell: ({ row }) => row.original.tags?.join(', ') ?? t('untagged') },
    { id: 'size', header: t('size'), cell: ({ row }) => formatBytes(row.original.imageSize) },
    {
      id: 'platform',
      header: t('platform'),
      cell: ({ row: { original } }) =>
        original.architecture === undefined ? t('unknown') : `${original.os ?? '?'}/${original.architecture}`,
    },
    { id: 'pushed', header: t('pushed'), cell: ({ row }) => formatTime(row.original.createdTime) },
    { id: 'state', header: t('state'), cell: ({ row }) => lockText(row.original, t) },
  ];
}

import { Field, Input, makeStyles } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useCallback, useMemo } from 'react';
import { useManifestFacts, useRepository, useTags } from '../api/content.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';
import { OrderSelect, useOrder } from './order-select.tsx';

type Tag = paths['/acr/v1/{name}/_tags']['get']['responses']['200']['content']['application/json']['tags'][number];

const useStyles = makeStyles({ tools: { display: 'flex', gap: '16px', flexWrap: 'wrap' } });

export function TagList({ registry, repository }: { readonly registry: string; readonly repository: string }) {
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const order = useOrder();
  const { t } = useLanguage();
  const styles = useStyles();
  const { settings } = usePlanes();
  const navigate = useNavigate();
  const { data: facts } = useRepository(registry, repository);
  const { data, error, refetch, hasNextPage, isFetching, fetchNextPage } = useTags(registry, repository, q, order);
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  const columns = useMemo(() => columnsOf(registry, repository, t), [registry, repository, t]);
  const loadMore = useCallback(() => {
    if (!isFetching) void fetchNextPage();
  }, [isFetching, fetchNextPage]);
  const search = (value: string) =>
    void navigate({ to: '.', search: (value === '' ? {} : { q: value }) as never, replace: true });
  const page = `/r/${registry}/repo/${repository}/~/tags`;
  return (
    <>
      <div className={styles.tools}>
        <Field label={t('search')}>
          <Input type="search" value={q} placeholder={t('beginsWith')} onChange={(_, { value }) => search(value)} />
        </Field>
        <OrderSelect />
      </div>
      {error && <Problem error={error} retry={() => void refetch()} registry={registry} />}
      {data !== undefined && rows.length === 0 && q !== '' && <p>{t('noMatch', { text: q })}</p>}
      <VirtualGrid
        label={t('tags')}
        columns={columns}
        tracks="minmax(0,2fr) 7rem 8rem 10rem minmax(0,1fr) 8rem"
        rows={rows}
        total={q === '' ? facts?.tagCount : hasNextPage ? undefined : rows.length}
        more={hasNextPage}
        loadMore={loadMore}
        open={(tag) => void navigate({ to: `${page}/${tag.name}` as '/' })}
        copied={(tag) => `${loginServerOf(settings, registry)}/${repository}:${tag.name}`}
      />
    </>
  );
}

function columnsOf(
  registry: string,
  repository: string,
  t: ReturnType<typeof useLanguage>['t'],
): ColumnDef<Tag, unknown>[] {
  const fact = (digest: string, of: 'size' | 'platform') => (
    <ManifestFact registry={registry} repository={repository} digest={digest} of={of} />
  );
  return [
    {
      id: 'name',
      header: t('tag'),
      cell: ({ row }) => (
        <PageLink to={`/r/${registry}/repo/${repository}/~/tags/${row.original.name}`} tabIndex={-1}>
          {row.original.name}
        </PageLink>
      ),
    },
    { id: 'size', header: t('size'), cell: ({ row }) => fact(row.original.digest, 'size') },
    { id: 'platform', header: t('platform'), cell: ({ row }) => fact(row.original.digest, 'platform') },
    { id: 'pushed', header: t('pushed'), cell: ({ row }) => formatTime(row.original.lastUpdateTime) },
    {
      id: 'digest',
      header: t('digest'),
      cell: ({ row }) => <span title={row.original.digest}>{shortDigest(row.original.digest)}</span>,
    },
    { id: 'state', header: t('state'), cell: ({ row }) => lockText(row.original, t) },
  ];
}

export function lockText(
  { changeableAttributes: locks }: Pick<Tag, 'changeableAttributes'>,
  t: ReturnType<typeof useLanguage>['t'],
): string {
  const texts = [
    ...(locks.deleteEnabled ? [] : [t('lockedDelete')]),
    ...(locks.writeEnabled ? [] : [t('lockedWrite')]),
  ];
  return texts.length === 0 ? '—' : `🔒 ${texts.join(', ')}`;
}

function ManifestFact({
  registry,
  repository,
  digest,
  of,
}: {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
  readonly of: 'size' | 'platform';
}) {
  const { t } = useLanguage();
  const { data } = useManifestFacts(registry, repository, digest);
  if (!data) return '…';
  if (of === 'size') return formatBytes(data.imageSize);
  if (/index|manifest\.list/.test(data.mediaType)) return t('index');
  return data.os === undefined && data.architecture === undefined
    ? t('unknown')
    : `${data.os ?? '?'}/${data.architecture ?? '?'}`;
}

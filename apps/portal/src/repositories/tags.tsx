import { makeStyles } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import {
  type ManifestRow,
  type TagRow,
  useKeptFacts,
  useManifestFacts,
  useRepository,
  useTags,
} from '../api/content.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { RowLink } from '../components/row-link.tsx';
import { useResting, VirtualGrid } from '../components/virtual-grid.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';
import { OrderSelect, SortHead, useOrder } from './order-select.tsx';
import { SearchField } from './search-field.tsx';
import { lockText, quarantineText } from './state-text.ts';
import { UntaggedLately } from './untagged-lately.tsx';

const useStyles = makeStyles({ tools: { display: 'flex', gap: '16px', flexWrap: 'wrap' } });

export function TagList({ registry, repository }: { readonly registry: string; readonly repository: string }) {
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { order, column, direction } = useOrder();
  const { t } = useLanguage();
  const styles = useStyles();
  const { settings } = usePlanes();
  const navigate = useNavigate();
  const { data: facts } = useRepository(registry, repository);
  const list = useTags(registry, repository, q, order);
  const byPull = column === 'pulled';
  const columns = useMemo(() => columnsOf(registry, repository, byPull, t), [registry, repository, byPull, t]);
  const page = `/r/${registry}/repo/${repository}/~/tags`;
  return (
    <>
      <div className={styles.tools}>
        <SearchField hint="beginsWith" />
        <OrderSelect />
      </div>
      <UntaggedLately registry={registry} repository={repository} />
      {list.error && <Problem error={list.error} retry={list.retry} registry={registry} />}
      {list.loaded && list.count === 0 && q !== '' && <p>{t('noMatch', { text: q })}</p>}
      <VirtualGrid
        label={t('tags')}
        columns={columns}
        sorted={{ column, direction }}
        tracks="minmax(0,2fr) 7rem 8rem 10rem minmax(0,1fr) 10rem"
        list={list}
        total={q === '' ? facts?.tagCount : list.more ? undefined : list.count}
        open={(tag) => void navigate({ to: `${page}/${tag.name}` as '/' })}
        copied={(tag) => `${loginServerOf(settings, registry)}/${repository}:${tag.name}`}
      />
    </>
  );
}

function columnsOf(registry: string, repository: string, byPull: boolean, t: Translate): ColumnDef<TagRow, unknown>[] {
  const fact = (tag: TagRow, of: 'size' | 'platform' | 'state') => (
    <ManifestFact registry={registry} repository={repository} tag={tag} of={of} />
  );
  return [
    {
      id: 'name',
      header: () => <SortHead column="name" text={t('tag')} />,
      cell: ({ row }) => (
        <RowLink to={`/r/${registry}/repo/${repository}/~/tags/${row.original.name}`} text={row.original.name} />
      ),
    },
    {
      id: 'size',
      header: () => <SortHead column="size" text={t('size')} />,
      cell: ({ row: { original } }) =>
        original.imageSize === undefined ? fact(original, 'size') : formatBytes(original.imageSize),
    },
    { id: 'platform', header: t('platform'), cell: ({ row }) => fact(row.original, 'platform') },
    {
      id: byPull ? 'pulled' : 'pushed',
      header: () =>
        byPull ? <SortHead column="pulled" text={t('lastPull')} /> : <SortHead column="pushed" text={t('pushed')} />,
      cell: ({ row: { original } }) => (byPull ? pullText(original, t) : formatTime(original.lastUpdateTime)),
    },
    {
      id: 'digest',
      header: t('digest'),
      cell: ({ row }) => <span title={row.original.digest}>{shortDigest(row.original.digest)}</span>,
    },
    { id: 'state', header: t('state'), cell: ({ row }) => fact(row.original, 'state') },
  ];
}

export function pullText({ lastPullTime }: { readonly lastPullTime?: string }, t: Translate): string {
  return lastPullTime === undefined ? t('neverPulled') : formatTime(lastPullTime);
}

interface FactProps {
  readonly registry: string;
  readonly repository: string;
  readonly tag: TagRow;
  readonly of: 'size' | 'platform' | 'state';
}

/** What the list does not say of a tag: it is of its manifest, and asked for once the list rests. */
function ManifestFact(props: FactProps) {
  return useResting() ? <AskedFact {...props} /> : <KeptFact {...props} />;
}

function AskedFact({ registry, repository, tag, of }: FactProps) {
  const { t } = useLanguage();
  const { data } = useManifestFacts(registry, repository, tag.digest);
  return factText(tag, data, of, t);
}

/** While the list is scrolled, only what is there already. */
function KeptFact({ registry, repository, tag, of }: FactProps) {
  const { t } = useLanguage();
  return factText(tag, useKeptFacts(registry, repository, tag.digest), of, t);
}

function factText(tag: TagRow, data: ManifestRow | undefined, of: FactProps['of'], t: Translate): string {
  if (of === 'state') {
    const texts = [lockText(tag, t), data && quarantineText(data, t)];
    return texts.filter((text) => text !== undefined).join(' · ') || '—';
  }
  if (!data) return '…';
  if (of === 'size') return formatBytes(data.imageSize);
  if (/index|manifest\.list/.test(data.mediaType)) return t('index');
  return data.os === undefined && data.architecture === undefined
    ? t('unknown')
    : `${data.os ?? '?'}/${data.architecture ?? '?'}`;
}

import { makeStyles } from '@fluentui/react-components';
import { useSearch } from '@tanstack/react-router';
import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type TagRow, useRepository, useTags } from '../api/content.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { RowLink } from '../components/row-link.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
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
  const sorted = useOrder();
  const { t } = useLanguage();
  const styles = useStyles();
  const { settings } = usePlanes();
  const { data: facts } = useRepository(registry, repository);
  const list = useTags(registry, repository, q, sorted.order);
  const byPull = sorted.column === 'pulled';
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
        sorted={sorted}
        tracks="minmax(0,2fr) 7rem 8rem 10rem minmax(0,1fr) 10rem"
        list={list}
        total={q === '' ? facts?.tagCount : list.more ? undefined : list.count}
        place={(tag) => `${page}/${tag.name}`}
        copied={(tag) => `${loginServerOf(settings, registry)}/${repository}:${tag.name}`}
      />
    </>
  );
}

function columnsOf(registry: string, repository: string, byPull: boolean, t: Translate): ColumnDef<TagRow, unknown>[] {
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
      cell: ({ row: { original } }) => (original.manifest ? formatBytes(original.manifest.imageSize) : t('unknown')),
    },
    { id: 'platform', header: t('platform'), cell: ({ row }) => platformText(row.original, t) },
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
    { id: 'state', header: t('state'), cell: ({ row }) => stateText(row.original, t) },
  ];
}

export function pullText({ lastPullTime }: { readonly lastPullTime?: string }, t: Translate): string {
  return lastPullTime === undefined ? t('neverPulled') : formatTime(lastPullTime);
}

function platformText({ manifest }: TagRow, t: Translate): string {
  if (!manifest) return t('unknown');
  const { mediaType, os, architecture } = manifest;
  if (/index|manifest\.list/.test(mediaType)) return t('index');
  return os === undefined && architecture === undefined ? t('unknown') : `${os ?? '?'}/${architecture ?? '?'}`;
}

function stateText(tag: TagRow, t: Translate): string {
  const texts = [lockText(tag, t), tag.manifest && quarantineText(tag.manifest, t)];
  return texts.filter((text) => text !== undefined).join(' · ') || '—';
}

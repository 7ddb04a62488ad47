import { Button, MessageBar } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useContentChanged, useDeleted, useDeletedRepositories } from '../api/deeds.ts';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { PreviewedDeed } from '../components/deed.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

/** Repositories from which something was deleted that can be restored. */
export function DeletedPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const { data, error, refetch } = useDeletedRepositories(registry);
  return (
    <Page title={t('deletedContent')} place={registry}>
      <p>{t('deletedText')}</p>
      {error && <Problem error={error} retry={() => void refetch()} registry={registry} />}
      {data?.length === 0 && <p>{t('noneDeleted')}</p>}
      {data !== undefined && data.length > 0 && (
        <SimpleTable
          label={t('deletedContent')}
          titles={[t('name')]}
          rows={data.map((name) => ({
            key: name,
            cells: [
              <PageLink key="name" to={`/r/${registry}/repo/${name}/~/deleted`}>
                {name}
              </PageLink>,
            ],
          }))}
        />
      )}
    </Page>
  );
}

interface Place {
  readonly registry: string;
  readonly repository: string;
}

/** What was deleted from one repository: each manifest comes back alone, or with a tag that was deleted from it. */
export function DeletedList({ registry, repository }: Place) {
  const { t } = useLanguage();
  const { data, error, refetch } = useDeleted(registry, repository);
  if (error) return <Problem error={error} retry={() => void refetch()} registry={registry} />;
  if (!data) return <Starting />;
  if (data.length === 0) return <p>{t('noneDeleted')}</p>;
  return (
    <>
      <p>{t('deletedText')}</p>
      <SimpleTable
        label={t('deletedContent')}
        titles={[t('tag'), t('digest'), t('size'), t('deletedAt'), t('restore')]}
        rows={data.flatMap((manifest) =>
          (manifest.tags ?? [undefined]).map((tag) => ({
            key: `${manifest.digest} ${tag}`,
            cells: [
              tag ?? t('noTag'),
              <span key="digest" title={manifest.digest}>
                {shortDigest(manifest.digest)}
              </span>,
              formatBytes(manifest.imageSize),
              formatTime(manifest.deletedAt),
              <Restore
                key="restore"
                registry={registry}
                repository={repository}
                digest={manifest.digest}
                bytes={manifest.imageSize}
                tag={tag}
              />,
            ],
          })),
        )}
      />
    </>
  );
}

function Restore({
  registry,
  repository,
  digest,
  bytes,
  tag,
}: Place & { readonly digest: string; readonly bytes: number; readonly tag: string | undefined }) {
  const { t } = useLanguage();
  const planes = usePlanes();
  const changed = useContentChanged();
  const restore = useMutation({
    mutationFn: async (force: boolean) => {
      const api = planes.registry(registry, `repository:${repository}:deleted_read,deleted_restore`);
      const params = { path: { name: repository, digest }, query: { force: force ? 'True' : 'False' } };
      const body = { tag: tag ?? null };
      await answered(api.POST('/acr/v1/_deleted/{name}/_manifests/{digest}', { params, body }));
      setTimeout(() => void changed(), SHOWN_MS);
    },
  });
  const what = tag ?? shortDigest(digest);
  const values = { what, digest: shortDigest(digest), size: formatBytes(bytes) };
  if (restore.isSuccess) return <MessageBar intent="success">{t('restored', { what })}</MessageBar>;
  return (
    <>
      {restore.error && <Problem error={restore.error} registry={registry} />}
      {restore.error && tag !== undefined && (
        <Button onClick={() => restore.mutate(true)} disabledFocusable={restore.isPending}>
          {t('move')}
        </Button>
      )}
      <PreviewedDeed name={t('restore')} pending={restore.isPending} perform={() => restore.mutate(false)}>
        {t(tag === undefined ? 'restoreManifestPreview' : 'restorePreview', values)}
      </PreviewedDeed>
    </>
  );
}

/** So long the row says that it is back, before the list is asked for again. */
const SHOWN_MS = 2500;

import { Button, MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { deleting, type ManifestRow, writing } from '../api/content.ts';
import { type Explanation, useContentChanged, useSoftDelete } from '../api/deeds.ts';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { PreviewedDeed } from '../components/deed.tsx';
import { Problem } from '../components/problem.tsx';
import { formatBytes, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({
  tools: { display: 'flex', gap: '8px', flexWrap: 'wrap', marginTop: '12px', alignItems: 'start' },
});

interface Props {
  readonly registry: string;
  readonly repository: string;
  readonly manifest: ManifestRow;
  readonly explanation: Explanation | undefined;
}

/** What can be done with a manifest: lock it, decide on its quarantine, delete it once it was shown what follows. */
export function ManifestDeeds({ registry, repository, manifest, explanation }: Props) {
  const { t } = useLanguage();
  const styles = useStyles();
  const planes = usePlanes();
  const changed = useContentChanged();
  const params = { path: { name: repository, digest: manifest.digest } };
  const locked = !manifest.changeableAttributes.deleteEnabled;
  const { quarantineState } = manifest.changeableAttributes;
  const patch = useMutation({
    mutationFn: async ({ scope, body }: { scope: string; body: object }) => {
      const api = planes.registry(registry, scope);
      await answered(api.PATCH('/acr/v1/{name}/_manifests/{digest}', { params, body }));
      await changed();
    },
  });
  const remove = useMutation({
    mutationFn: async () => {
      const api = planes.registry(registry, deleting(repository));
      await answered(api.DELETE('/acr/v1/{name}/_manifests/{digest}', { params }));
    },
    onSuccess: () => changed(true),
  });
  const judge = (state: 'Passed' | 'Failed') =>
    patch.mutate({
      scope: `repository:${repository}:quarantine_write,metadata_read`,
      body: { quarantineState: state },
    });
  const error = patch.error ?? remove.error;
  if (remove.isSuccess) {
    return <MessageBar intent="success">{t('manifestGone', { digest: shortDigest(manifest.digest) })}</MessageBar>;
  }
  return (
    <>
      <div className={styles.tools}>
        <Button
          disabledFocusable={patch.isPending}
          onClick={() =>
            patch.mutate({ scope: writing(repository), body: { deleteEnabled: locked, writeEnabled: locked } })
          }
        >
          {t(locked ? 'unlockManifest' : 'lockManifest')}
        </Button>
        {quarantineState !== undefined && quarantineState !== 'Passed' && (
          <Button onClick={() => judge('Passed')}>{t('passQuarantine')}</Button>
        )}
        {quarantineState !== undefined && quarantineState !== 'Failed' && (
          <Button onClick={() => judge('Failed')}>{t('failQuarantine')}</Button>
        )}
        <PreviewedDeed name={t('deleteManifest')} pending={remove.isPending} perform={() => remove.mutate()}>
          <DeletionPreview registry={registry} manifest={manifest} explanation={explanation} />
        </PreviewedDeed>
      </div>
      {patch.isSuccess && patch.variables.body && 'quarantineState' in patch.variables.body && (
        <MessageBar intent="success">
          <MessageBarBody>{t('judged')}</MessageBarBody>
        </MessageBar>
      )}
      {error && <Problem error={error} registry={registry} />}
    </>
  );
}

function DeletionPreview({ registry, manifest, explanation }: Omit<Props, 'repository'>) {
  const { t } = useLanguage();
  if (!explanation) return <>{t('starting')}…</>;
  const { deletingFrees, keptBy, referencedBy } = explanation;
  const lines = [
    t('deletePreview', {
      digest: shortDigest(manifest.digest),
      tags: referencedBy.tags.length === 0 ? '—' : referencedBy.tags.join(', '),
      size: formatBytes(deletingFrees.bytes),
    }),
    keptBy === undefined ? '' : t('keptBy', { why: keptBy }),
    referencedBy.referrers.length === 0 ? '' : t('loseSubject', { count: referencedBy.referrers.length }),
  ];
  return (
    <>
      {lines.filter((line) => line !== '').join(' ')} <Restorable registry={registry} />
    </>
  );
}

/** Whether a deletion can be undone. */
export function Restorable({ registry }: { readonly registry: string }) {
  const { t } = useLanguage();
  const policy = useSoftDelete(registry);
  if (policy === undefined) return <>{t('maybeRestore')}</>;
  return <>{policy.status === 'enabled' ? t('canRestore', { days: policy.retentionDays }) : t('cannotRestore')}</>;
}

import { MessageBar } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { deleting } from '../api/content.ts';
import { useContentChanged, useRepositoryUsage } from '../api/deeds.ts';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { PreviewedDeed } from '../components/deed.tsx';
import { Problem } from '../components/problem.tsx';
import { formatBytes, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { Restorable } from './manifest-deeds.tsx';

interface Place {
  readonly registry: string;
  readonly repository: string;
}

export function DeleteRepository({ registry, repository }: Place) {
  const { t } = useLanguage();
  const planes = usePlanes();
  const changed = useContentChanged();
  const remove = useMutation({
    mutationFn: async () => {
      const api = planes.registry(registry, deleting(repository));
      await answered(api.DELETE('/acr/v1/{name}', { params: { path: { name: repository } } }));
    },
    onSuccess: () => changed(true),
  });
  if (remove.isSuccess) return <MessageBar intent="success">{t('repositoryGone', { name: repository })}</MessageBar>;
  return (
    <>
      {remove.error && <Problem error={remove.error} registry={registry} />}
      <PreviewedDeed name={t('deleteRepository')} pending={remove.isPending} perform={() => remove.mutate()}>
        <Preview registry={registry} repository={repository} />
      </PreviewedDeed>
    </>
  );
}

function Preview({ registry, repository }: Place) {
  const { t } = useLanguage();
  const { data, error } = useRepositoryUsage(registry, repository, true);
  if (error) return <Problem error={error} registry={registry} />;
  if (!data) return <>{t('starting')}…</>;
  const text = t('deleteRepositoryPreview', {
    name: repository,
    manifests: groupDigits(data.manifestCount),
    tags: groupDigits(data.tagCount),
    size: formatBytes(data.deletingFrees.bytes),
    shared: formatBytes(data.sharedBytes),
  });
  return (
    <>
      {text} {data.keptBy === undefined ? '' : t('keptBy', { why: data.keptBy })} <Restorable registry={registry} />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { atPolicies } from './settings.ts';

/** What could not be pulled any more were the quarantine on. */
export function QuarantinePreview({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const { data, error } = useQuery({
    queryKey: ['quarantine-preview', resource.id],
    queryFn: () => answered(management.GET(`${REGISTRY}/previewQuarantine`, { params: atPolicies(resource) })),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Starting />;
  if (data.value.length === 0) return <p>{t('quarantineNone')}</p>;
  return (
    <>
      <p>
        {t(data.nextLink === undefined ? 'quarantineCloses' : 'quarantineClosesMore', { count: data.value.length })}
      </p>
      <SimpleTable
        label={t('previewOf', { name: t('quarantine') })}
        titles={[t('repository'), t('tags'), t('digest'), t('why')]}
        rows={data.value.map(({ repository, digest, tags, quarantineState, waitsFor }) => ({
          key: `${repository}@${digest}`,
          cells: [
            repository,
            tags.join(', '),
            shortDigest(digest),
            waitsFor === undefined ? quarantineState : t('waitsFor', { digest: shortDigest(waitsFor) }),
          ],
        }))}
      />
    </>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useLanguage } from '../language/language.tsx';
import { CleanUpForm, type CleanUpPolicy, cleanUpKey } from './clean-up-form.tsx';
import { NamedPolicies } from './named-policies.tsx';
import { atPolicies } from './settings.ts';

export function CleanUpPolicies({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const params = atPolicies(resource);
  const { data, error } = useQuery({
    queryKey: cleanUpKey(resource),
    queryFn: async () => (await answered(management.GET(`${REGISTRY}/cleanupPolicies`, { params }))).value,
  });
  const remove = useMutation({
    mutationFn: async (name: string) => {
      const one = { ...params, path: { ...params.path, name } };
      await answered(management.DELETE(`${REGISTRY}/cleanupPolicies/{name}`, { params: one }));
      await queries.invalidateQueries({ queryKey: cleanUpKey(resource) });
    },
  });
  const says = ({ properties: { untagged, tags } }: CleanUpPolicy) =>
    [
      untagged && t('saysUntagged', { days: untagged.days }),
      tags && `${t('tags')}: ${tags.match.join(' ')}`,
      tags?.keepLatest !== undefined && t('saysLatest', { count: tags.keepLatest }),
      tags?.olderThanDays !== undefined && t('saysOlder', { days: tags.olderThanDays }),
      tags?.notPulledForDays !== undefined && t('saysPulled', { days: tags.notPulledForDays }),
    ]
      .filter(Boolean)
      .join('; ');
  return (
    <NamedPolicies
      title={t('cleanUp')}
      text={t('cleanUpText')}
      create={t('createCleanUp')}
      policies={data}
      error={error ?? remove.error}
      pending={remove.isPending}
      says={says}
      remove={(name) => remove.mutate(name)}
      form={(policy, done) => <CleanUpForm resource={resource} {...(policy ? { policy } : {})} done={done} />}
    />
  );
}

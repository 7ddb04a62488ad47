import { useQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';

export function TokensPage() {
  return <NeedsResource title="tokens">{(resource) => <Tokens resource={resource} />}</NeedsResource>;
}

export function ScopeMapsPage() {
  return <NeedsResource title="scopeMaps">{(resource) => <ScopeMaps resource={resource} />}</NeedsResource>;
}

function Tokens({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const { data, error } = useQuery({
    queryKey: ['tokens', resource.id],
    queryFn: () => answered(management.GET(`${REGISTRY}/tokens`, { params: at(resource) })),
  });
  if (error) return <Problem error={error} />;
  if (data?.value.length === 0) return <p>{t('noTokens')}</p>;
  return (
    <SimpleTable
      label={t('tokens')}
      titles={[t('name'), t('status'), t('scopeMaps'), t('expiry')]}
      rows={(data?.value ?? []).map(({ id, name, properties }) => ({
        key: id,
        cells: [
          name,
          properties.status,
          properties.scopeMapId.split('/').at(-1),
          (properties.credentials?.passwords ?? [])
            .map(
              (password) =>
                `${password.name}: ${password.expiry === undefined ? t('never') : formatTime(password.expiry)}`,
            )
            .join(', '),
        ],
      }))}
    />
  );
}

function ScopeMaps({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const { data, error } = useQuery({
    queryKey: ['scope-maps', resource.id],
    queryFn: () => answered(management.GET(`${REGISTRY}/scopeMaps`, { params: at(resource) })),
  });
  if (error) return <Problem error={error} />;
  if (data?.value.length === 0) return <p>{t('noScopeMaps')}</p>;
  return (
    <SimpleTable
      label={t('scopeMaps')}
      titles={[t('name'), t('description'), t('actions')]}
      rows={(data?.value ?? []).map(({ id, name, properties }) => ({
        key: id,
        cells: [name, properties.description ?? '', properties.actions.join(', ')],
      }))}
    />
  );
}

import { Button } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';
import { ScopeMapForm } from './scope-map-form.tsx';
import { atChild, mapsKey, SCOPE_MAP, type ScopeMap, useScopeMaps, useTokens } from './tokens.ts';

const NEW = '';

export function ScopeMapsPage() {
  return <NeedsResource title="scopeMaps">{(resource) => <ScopeMaps resource={resource} />}</NeedsResource>;
}

function ScopeMaps({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [opened, setOpened] = useState<string>();
  const { data, error } = useScopeMaps(resource);
  const { management } = usePlanes();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: async (name: string) => {
      await answered(management.DELETE(SCOPE_MAP, { params: atChild(resource, name) }));
      await queries.invalidateQueries({ queryKey: mapsKey(resource) });
    },
  });
  if (error) return <Problem error={error} />;
  const map = data?.find(({ name }) => name === opened);
  return (
    <>
      <div>
        <Button appearance="primary" onClick={() => setOpened(opened === NEW ? undefined : NEW)}>
          {t('createMap')}
        </Button>
      </div>
      {opened !== undefined && (
        <Card title={map ? t('editOf', { what: map.name }) : t('createMap')}>
          <ScopeMapForm key={opened} resource={resource} {...(map ? { map } : {})} done={() => setOpened(undefined)} />
        </Card>
      )}
      {remove.error && <Problem error={remove.error} />}
      <SimpleTable
        label={t('scopeMaps')}
        titles={[t('name'), t('description'), t('actions'), t('what')]}
        rows={data?.map((one) => ({
          key: one.id,
          cells: [
            one.name,
            one.properties.description ?? '',
            one.properties.actions.join(', '),
            one.properties.type === 'BuiltIn' ? (
              t('builtIn')
            ) : (
              <span key="deeds" className={styles.tools}>
                <Button size="small" aria-label={t('editOf', { what: one.name })} onClick={() => setOpened(one.name)}>
                  {t('edit')}
                </Button>
                <RemoveMap
                  resource={resource}
                  map={one}
                  pending={remove.isPending}
                  act={() => remove.mutate(one.name)}
                />
              </span>
            ),
          ],
        }))}
      />
    </>
  );
}

/** Says first which tokens have their rights from it. */
function RemoveMap({
  resource,
  map,
  pending,
  act,
}: {
  readonly resource: RegistryResource;
  readonly map: ScopeMap;
  readonly pending: boolean;
  act(): void;
}) {
  const { t } = useLanguage();
  const { data } = useTokens(resource);
  const having = data?.filter(({ properties }) => properties.scopeMapId.toLowerCase() === map.id.toLowerCase()) ?? [];
  const tokens = having.map(({ name }) => name).join(', ') || t('none');
  return (
    <Confirmed
      text={t('delete')}
      label={t('deleteOf', { what: map.name })}
      consequence={t('mapGone', { name: map.name, tokens })}
      pending={pending}
      act={act}
    />
  );
}

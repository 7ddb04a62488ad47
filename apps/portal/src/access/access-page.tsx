import { Button } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';
import { AddAssignment } from './add-assignment.tsx';
import { CheckAccess } from './check-access.tsx';
import { useNames } from './principals.ts';
import { AUTHORIZATION, roleName, useRoles } from './roles.ts';

type Assignment =
  paths['/{scope}/providers/Microsoft.Authorization/roleAssignments']['get']['responses']['200']['content']['application/json']['value'][number];

export function AccessPage() {
  return <NeedsResource title="access">{(resource) => <Access resource={resource} />}</NeedsResource>;
}

function Access({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div>
        <Button appearance="primary" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          {t('add')}
        </Button>
      </div>
      {adding && (
        <Card title={t('addAssignment')}>
          <AddAssignment resource={resource} />
        </Card>
      )}
      <Card title={t('checkAccess')}>
        <CheckAccess resource={resource} />
      </Card>
      <Assignments resource={resource} />
    </>
  );
}

/** All whose roles reach this registry, wherever they were assigned; `inherited from` says where. */
function Assignments({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const roles = useRoles(resource);
  const { data, error } = useQuery({
    queryKey: ['assignments', resource.id],
    queryFn: async () => {
      const params = { path: { scope: resource.id.slice(1) }, query: { 'api-version': AUTHORIZATION } };
      return (await answered(management.GET('/{scope}/providers/Microsoft.Authorization/roleAssignments', { params })))
        .value;
    },
  });
  const names = useNames([...new Set(data?.map(({ properties }) => properties.principalId) ?? [])]);
  if (error) return <Problem error={error} />;
  const title = t('whoHas', { count: data?.length ?? '…' });
  return (
    <Card title={title}>
      <SimpleTable
        label={title}
        titles={[t('principal'), t('type'), t('role'), t('why'), t('since'), t('remove')]}
        rows={data?.map((assignment) => {
          const { principalId, principalType, roleDefinitionId, createdOn } = assignment.properties;
          const name = names.data?.get(principalId) ?? principalId;
          return {
            key: assignment.id,
            cells: [
              name,
              principalType ?? '',
              roleName(roles.data, roleDefinitionId),
              <Reach key="why" assignment={assignment} resource={resource} />,
              createdOn === undefined ? '' : formatTime(createdOn),
              <Remove key="remove" assignment={assignment} name={name} resource={resource} />,
            ],
          };
        })}
      />
    </Card>
  );
}

function Reach({ assignment, resource }: { readonly assignment: Assignment; readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { scope } = assignment.properties;
  const own = resource.id.toLowerCase();
  if (scope.toLowerCase() === own) return t('here');
  if (scope.toLowerCase().startsWith(`${own}/repositories/`)) {
    return t('hereBelow', { path: scope.slice(own.length + '/repositories/'.length) });
  }
  return t('inherited', { scope });
}

function Remove({
  assignment,
  name,
  resource,
}: {
  readonly assignment: Assignment;
  readonly name: string;
  readonly resource: RegistryResource;
}) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      const path = { scope: assignment.properties.scope.slice(1), id: assignment.name };
      const params = { path, query: { 'api-version': AUTHORIZATION } };
      await answered(management.DELETE('/{scope}/providers/Microsoft.Authorization/roleAssignments/{id}', { params }));
      await queries.invalidateQueries({ queryKey: ['assignments', resource.id] });
    },
  });
  if (remove.error) return <Problem error={remove.error} />;
  // What comes from above is removed where it was assigned.
  if (!assignment.properties.scope.toLowerCase().startsWith(resource.id.toLowerCase())) return '—';
  return (
    <Button size="small" aria-label={t('removeOf', { what: name })} onClick={() => remove.mutate()}>
      {t('remove')}
    </Button>
  );
}

import { Button, Field, Input, MessageBar, MessageBarBody, makeStyles, Select } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { FoundPrincipals } from './found-principals.tsx';
import type { Principal } from './principals.ts';
import { AUTHORIZATION, roleName, useRoles } from './roles.ts';

const useStyles = makeStyles({ form: { display: 'flex', flexDirection: 'column', rowGap: '12px', maxWidth: '520px' } });
const FIRST_ROLE = 'AcrPull';

/** A role for somebody at this registry. */
export function AddAssignment({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const [text, setText] = useState('');
  const [path, setPath] = useState('');
  const [who, setWho] = useState<Principal>();
  const roles = useRoles(resource);
  const [chosen, setChosen] = useState<string>();
  const role = roles.data?.find(({ name, properties }) =>
    chosen === undefined ? properties.roleName === FIRST_ROLE : name === chosen,
  );
  const assign = useAssign(resource);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (who && role) assign.mutate({ who, roleDefinitionId: role.id, below: path });
  };
  const done = assign.data;
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={t('role')}>
        <Select value={role?.name ?? ''} onChange={(_, { value }) => setChosen(value)}>
          {roles.data?.map(({ name, properties }) => (
            <option key={name} value={name}>
              {properties.roleName}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('who')} hint={t('whoHint')}>
        <Input type="search" value={text} onChange={(_, { value }) => setText(value)} />
      </Field>
      <FoundPrincipals text={text} who={who} choose={setWho} />
      <Field label={t('repositoryPath')} hint={t('repositoryPathHint')}>
        <Input value={path} onChange={(_, { value }) => setPath(value.trim())} />
      </Field>
      {assign.error && <Problem error={assign.error} />}
      {done && (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>
            {t('assigned', { who: done.who.name, role: roleName(roles.data, done.roleDefinitionId) })}
          </MessageBarBody>
        </MessageBar>
      )}
      <Button type="submit" appearance="primary" disabledFocusable={!who || !role || assign.isPending}>
        {t('assign')}
      </Button>
    </form>
  );
}

interface Assigned {
  readonly who: Principal;
  readonly roleDefinitionId: string;
  /** The path of repositories for which alone it is; empty for the whole registry. */
  readonly below: string;
}

function useAssign(resource: RegistryResource) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ who, roleDefinitionId, below }: Assigned) => {
      const scope = `${resource.id.slice(1)}${below === '' ? '' : `/repositories/${below}`}`;
      const path = { scope, id: crypto.randomUUID() };
      const params = { path, query: { 'api-version': AUTHORIZATION } };
      const body = { properties: { roleDefinitionId, principalId: who.id, principalType: who.type } };
      await answered(
        management.PUT('/{scope}/providers/Microsoft.Authorization/roleAssignments/{id}', { params, body }),
      );
      await queries.invalidateQueries({ queryKey: ['assignments', resource.id] });
      return { who, roleDefinitionId };
    },
  });
}

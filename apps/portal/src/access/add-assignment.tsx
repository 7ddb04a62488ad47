import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  Select,
} from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { type Principal, usePrincipals } from './principals.ts';
import { AUTHORIZATION, roleName, useRoles } from './roles.ts';

const useStyles = makeStyles({ form: { display: 'flex', flexDirection: 'column', rowGap: '12px', maxWidth: '520px' } });
const FIRST_ROLE = 'AcrPull';

/** A role for somebody at this registry. */
export function AddAssignment({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const [text, setText] = useState('');
  const [who, setWho] = useState<Principal>();
  const roles = useRoles(resource);
  const [chosen, setChosen] = useState<string>();
  const role = roles.data?.find(({ name, properties }) =>
    chosen === undefined ? properties.roleName === FIRST_ROLE : name === chosen,
  );
  const assign = useAssign(resource);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (who && role) assign.mutate({ who, roleDefinitionId: role.id });
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
      <Found text={text} who={who} choose={setWho} />
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

function Found({
  text,
  who,
  choose,
}: {
  readonly text: string;
  readonly who: Principal | undefined;
  choose(principal: Principal): void;
}) {
  const { t } = useLanguage();
  const found = usePrincipals(text.trim());
  if (found.error) return <Problem error={found.error} />;
  if (!found.data) return null;
  if (found.data.length === 0) return <p>{t('noMatch', { text })}</p>;
  return (
    <Field label={t('principal')}>
      <RadioGroup
        value={who?.id ?? ''}
        onChange={(_, { value }) => {
          const principal = found.data.find(({ id }) => id === value);
          if (principal) choose(principal);
        }}
      >
        {found.data.map(({ id, name, type }) => (
          <Radio key={id} value={id} label={`${name} (${type})`} />
        ))}
      </RadioGroup>
    </Field>
  );
}

function useAssign(resource: RegistryResource) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ who, roleDefinitionId }: { readonly who: Principal; readonly roleDefinitionId: string }) => {
      const path = { scope: resource.id.slice(1), id: crypto.randomUUID() };
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

import { Button, Field, Input, MessageBar, MessageBarBody, Select } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { type Translate, useLanguage } from '../language/language.tsx';
import { FoundPrincipals } from './found-principals.tsx';
import type { Principal } from './principals.ts';
import { AUTHORIZATION } from './roles.ts';

const DEEDS = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write', 'quarantine_write', 'deleted_restore'];

/** Whether somebody may do something here, and why: the decision is the server's own. */
export function CheckAccess({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [text, setText] = useState('');
  const [who, setWho] = useState<Principal>();
  const [action, setAction] = useState('pull');
  const [repository, setRepository] = useState('');
  const check = useCheck(resource);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (who) check.mutate({ principalId: who.id, action, repository });
  };
  return (
    <>
      <form className={styles.form} onSubmit={submit}>
        <Field label={t('who')} hint={t('whoHint')}>
          <Input type="search" value={text} onChange={(_, { value }) => setText(value)} />
        </Field>
        <FoundPrincipals text={text} who={who} choose={setWho} />
        <Field label={t('mayDo')}>
          <Select value={action} onChange={(_, { value }) => setAction(value)}>
            {DEEDS.map((deed) => (
              <option key={deed} value={deed}>
                {deed}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('onRepository')} hint={t('onRepositoryHint')}>
          <Input value={repository} onChange={(_, { value }) => setRepository(value.trim())} />
        </Field>
        {check.error && <Problem error={check.error} />}
        <div>
          <Button type="submit" disabledFocusable={!who || check.isPending}>
            {t('checkIt')}
          </Button>
        </div>
      </form>
      {check.data && <Answer answer={check.data} />}
    </>
  );
}

function useCheck(resource: RegistryResource) {
  const { management } = usePlanes();
  return useMutation({
    mutationFn: ({ repository, ...asked }: { principalId: string; action: string; repository: string }) => {
      const scope = `${resource.id.slice(1)}${repository === '' ? '' : `/repositories/${repository}`}`;
      const query = { 'api-version': AUTHORIZATION, ...asked };
      return answered(
        management.GET('/{scope}/providers/Microsoft.Authorization/checkAccess', {
          params: { path: { scope }, query },
        }),
      );
    },
  });
}

type Explained = NonNullable<ReturnType<typeof useCheck>['data']>;

function Answer({ answer }: { readonly answer: Explained }) {
  const { t } = useLanguage();
  return (
    <>
      <MessageBar intent={answer.allow ? 'success' : 'warning'} layout="multiline">
        <MessageBarBody>{sentence(t, answer)}</MessageBarBody>
      </MessageBar>
      {answer.considered.length > 0 && (
        <SimpleTable
          label={t('considered')}
          titles={[t('principal'), t('role'), t('scope'), t('why')]}
          rows={answer.considered.map((one) => ({
            key: one.assignmentId,
            cells: [one.principalName, one.roleName, one.scope, t(partOf(answer, one))],
          }))}
        />
      )}
    </>
  );
}

function sentence(t: Translate, { principal, action, allow, because, smallestRole }: Explained): string {
  const values = { who: principal.name, action };
  if (!principal.enabled) return t('noDisabled', values);
  if (!allow) return t('noRole', { ...values, role: smallestRole ?? '' });
  if (!because) return t('yesPlain', values);
  const chain = { ...values, role: because.roleName, scope: because.scope, group: because.principalName };
  return t(because.principalId === principal.id ? 'yesDirect' : 'yesGroup', chain);
}

function partOf({ because }: Explained, one: Explained['considered'][number]) {
  if (one.assignmentId === because?.assignmentId) return 'decides';
  if (!one.covers) return 'elsewhere';
  return one.gives ? 'alsoGives' : 'givesNot';
}

import { Button, Checkbox, Field, Input, Switch, Textarea } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import { REGISTRY, type RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { linesOf } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { NamedPolicies } from './named-policies.tsx';
import { atPolicies } from './settings.ts';

type Policy =
  paths[`${typeof REGISTRY}/immutableTagPolicies`]['get']['responses']['200']['content']['application/json']['value'][number];
const ONE = `${REGISTRY}/immutableTagPolicies/{name}` as const;
const keyOf = (resource: RegistryResource) => ['immutable-tags', resource.id];

export function ImmutableTags({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const params = atPolicies(resource);
  const { data, error } = useQuery({
    queryKey: keyOf(resource),
    queryFn: async () => (await answered(management.GET(`${REGISTRY}/immutableTagPolicies`, { params }))).value,
  });
  const remove = useMutation({
    mutationFn: async (name: string) => {
      await answered(management.DELETE(ONE, { params: { ...params, path: { ...params.path, name } } }));
      await queries.invalidateQueries({ queryKey: keyOf(resource) });
    },
  });
  return (
    <NamedPolicies<Policy>
      title={t('immutableTags')}
      text={t('immutableTagsText')}
      create={t('createImmutable')}
      policies={data}
      error={error ?? remove.error}
      pending={remove.isPending}
      says={({ properties }) => `${t('tags')}: ${properties.match.join(' ')}`}
      remove={(name) => remove.mutate(name)}
      form={(policy, done) => <ImmutableForm resource={resource} policy={policy} done={done} />}
    />
  );
}

function ImmutableForm({
  resource,
  policy,
  done,
}: {
  readonly resource: RegistryResource;
  readonly policy: Policy | undefined;
  done(): void;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [name, setName] = useState(policy?.name ?? '');
  const [repositories, setRepositories] = useState(policy?.properties.repositories.join('\n') ?? '*');
  const [match, setMatch] = useState(policy?.properties.match.join('\n') ?? 'v*');
  const [except, setExcept] = useState(policy?.properties.except?.join('\n') ?? '');
  const [allowCleanUp, setAllowCleanUp] = useState(policy?.properties.allowCleanUp ?? false);
  const [on, setOn] = useState(policy === undefined || policy.properties.status === 'enabled');
  const save = useSave(resource, done);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const others = linesOf(except);
    const properties = {
      status: on ? 'enabled' : 'disabled',
      repositories: linesOf(repositories),
      match: linesOf(match),
      ...(others.length > 0 ? { except: others } : {}),
      ...(allowCleanUp ? { allowCleanUp } : {}),
    };
    save.mutate({ name, properties });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {!policy && (
        <Field label={t('policyName')} hint={t('childNameRule')} required>
          <Input value={name} onChange={(_, { value }) => setName(value.trim())} />
        </Field>
      )}
      <Field label={t('repositoriesLines')} hint={t('repositoryOrPrefixHint')} required>
        <Textarea value={repositories} onChange={(_, { value }) => setRepositories(value)} />
      </Field>
      <Field label={t('tagMatch')} hint={t('tagMatchHint')} required>
        <Textarea value={match} onChange={(_, { value }) => setMatch(value)} />
      </Field>
      <Field label={t('tagExcept')}>
        <Textarea value={except} onChange={(_, { value }) => setExcept(value)} />
      </Field>
      <Checkbox
        label={t('allowCleanUp')}
        checked={allowCleanUp}
        onChange={(_, { checked }) => setAllowCleanUp(checked === true)}
      />
      <Switch label={t('policyOn')} checked={on} onChange={(_, { checked }) => setOn(checked)} />
      {save.error && <Problem error={save.error} />}
      <div className={styles.tools}>
        <Button type="submit" appearance="primary" disabledFocusable={save.isPending}>
          {t(policy ? 'save' : 'create')}
        </Button>
      </div>
    </form>
  );
}

function useSave(resource: RegistryResource, done: () => void) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, properties }: { readonly name: string; readonly properties: object }) => {
      const { path, query } = atPolicies(resource);
      await answered(management.PUT(ONE, { params: { path: { ...path, name }, query }, body: { properties } }));
      await queries.invalidateQueries({ queryKey: keyOf(resource) });
    },
    onSuccess: done,
  });
}

import { Button, Checkbox, Field, Input, Switch, Textarea } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import { REGISTRY, type RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { linesOf } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { CleanUpPreview } from './clean-up-preview.tsx';
import { atPolicies } from './settings.ts';

export type CleanUpPolicy =
  paths[`${typeof REGISTRY}/cleanupPolicies`]['get']['responses']['200']['content']['application/json']['value'][number];

export const cleanUpKey = (resource: RegistryResource) => ['clean-up', resource.id];

/** What is typed, as texts; empty for what is not asked for. */
interface Typed {
  readonly name: string;
  readonly on: boolean;
  readonly repositories: string;
  readonly untaggedDays: string;
  readonly match: string;
  readonly except: string;
  readonly keepLatest: string;
  readonly olderThanDays: string;
  readonly notPulledForDays: string;
  readonly includeQuarantined: boolean;
}

const NUMBERS = ['untaggedDays', 'keepLatest', 'olderThanDays', 'notPulledForDays'] as const;

function typedOf(policy: CleanUpPolicy | undefined): Typed {
  const { repositories = ['*'], untagged, tags, includeQuarantined = false, status } = policy?.properties ?? {};
  return {
    name: policy?.name ?? '',
    on: status === 'enabled',
    repositories: repositories.join('\n'),
    untaggedDays: String(untagged?.days ?? ''),
    match: tags?.match.join('\n') ?? '',
    except: tags?.except?.join('\n') ?? '',
    keepLatest: String(tags?.keepLatest ?? ''),
    olderThanDays: String(tags?.olderThanDays ?? ''),
    notPulledForDays: String(tags?.notPulledForDays ?? ''),
    includeQuarantined,
  };
}

const optional = (name: string, text: string) => (text === '' ? {} : { [name]: Number(text) });

function definitionOf(typed: Typed): object {
  const except = linesOf(typed.except);
  const tags = {
    match: linesOf(typed.match),
    ...(except.length > 0 ? { except } : {}),
    ...optional('keepLatest', typed.keepLatest),
    ...optional('olderThanDays', typed.olderThanDays),
    ...optional('notPulledForDays', typed.notPulledForDays),
  };
  return {
    status: typed.on ? 'enabled' : 'disabled',
    repositories: linesOf(typed.repositories),
    ...(typed.untaggedDays === '' ? {} : { untagged: { days: Number(typed.untaggedDays) } }),
    ...(tags.match.length > 0 ? { tags } : {}),
    ...(typed.includeQuarantined ? { includeQuarantined: true } : {}),
  };
}

/** A clean-up policy: looked at with the reasons first, then saved. */
export function CleanUpForm({
  resource,
  policy,
  done,
}: {
  readonly resource: RegistryResource;
  readonly policy?: CleanUpPolicy;
  done(): void;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [typed, setTyped] = useState(() => typedOf(policy));
  const [shown, setShown] = useState<object>();
  const save = useSave(resource, done);
  const set = (more: Partial<Typed>) => setTyped({ ...typed, ...more });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name: typed.name, properties: definitionOf(typed) });
  };
  return (
    <>
      <form className={styles.form} onSubmit={submit}>
        {!policy && (
          <Field label={t('policyName')} hint={t('childNameRule')} required>
            <Input value={typed.name} onChange={(_, { value }) => set({ name: value.trim() })} />
          </Field>
        )}
        <Field label={t('repositoriesLines')} hint={t('repositoryOrPrefixHint')} required>
          <Textarea value={typed.repositories} onChange={(_, { value }) => set({ repositories: value })} />
        </Field>
        <Field label={t('tagMatch')} hint={t('tagMatchHint')}>
          <Textarea value={typed.match} onChange={(_, { value }) => set({ match: value })} />
        </Field>
        <Field label={t('tagExcept')}>
          <Textarea value={typed.except} onChange={(_, { value }) => set({ except: value })} />
        </Field>
        {NUMBERS.map((name) => (
          <Field key={name} label={t(name)}>
            <Input type="number" min={0} value={typed[name]} onChange={(_, { value }) => set({ [name]: value })} />
          </Field>
        ))}
        <Checkbox
          label={t('includeQuarantined')}
          checked={typed.includeQuarantined}
          onChange={(_, { checked }) => set({ includeQuarantined: checked === true })}
        />
        <Switch label={t('policyOn')} checked={typed.on} onChange={(_, { checked }) => set({ on: checked })} />
        {save.error && <Problem error={save.error} />}
        <div className={styles.tools}>
          <Button onClick={() => setShown(definitionOf(typed))}>{t('previewIt')}</Button>
          <Button type="submit" appearance="primary" disabledFocusable={save.isPending}>
            {t(policy ? 'save' : 'create')}
          </Button>
        </div>
      </form>
      {shown && <CleanUpPreview resource={resource} definition={shown} />}
    </>
  );
}

function useSave(resource: RegistryResource, done: () => void) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, properties }: { readonly name: string; readonly properties: object }) => {
      const { path, query } = atPolicies(resource);
      const params = { path: { ...path, name }, query };
      await answered(management.PUT(`${REGISTRY}/cleanupPolicies/{name}`, { params, body: { properties } }));
      await queries.invalidateQueries({ queryKey: cleanUpKey(resource) });
    },
    onSuccess: done,
  });
}

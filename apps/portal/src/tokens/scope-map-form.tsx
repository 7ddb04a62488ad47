import { Button, Field, Input, Textarea } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CheckList } from '../components/check-list.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { linesOf } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { atChild, MAP_RIGHTS, mapsKey, SCOPE_MAP, type ScopeMap } from './tokens.ts';

/** Lines of `repositories/<repository>/<right>`, put together by boxes or typed. */
export function ScopeMapForm({
  resource,
  map,
  done,
}: {
  readonly resource: RegistryResource;
  readonly map?: ScopeMap;
  done(): void;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [name, setName] = useState(map?.name ?? '');
  const [description, setDescription] = useState(map?.properties.description ?? '');
  const [lines, setLines] = useState(map?.properties.actions.join('\n') ?? '');
  const save = useSave(resource, done);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name, properties: { description, actions: linesOf(lines) } });
  };
  const add = (repository: string, rights: readonly string[]) => {
    const more = rights.map((right) => `repositories/${repository}/${right}`);
    setLines([...new Set([...linesOf(lines), ...more])].join('\n'));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {!map && (
        <Field label={t('mapName')} hint={t('childNameRule')} required>
          <Input value={name} onChange={(_, { value }) => setName(value.trim())} />
        </Field>
      )}
      <Field label={t('description')}>
        <Input value={description} onChange={(_, { value }) => setDescription(value)} />
      </Field>
      <AddLines add={add} />
      <Field label={t('mapLines')} hint={t('mapLinesHint')} required>
        <Textarea value={lines} rows={5} onChange={(_, { value }) => setLines(value)} />
      </Field>
      {save.error && <Problem error={save.error} />}
      <div className={styles.tools}>
        <Button type="submit" appearance="primary" disabledFocusable={save.isPending}>
          {t(map ? 'save' : 'create')}
        </Button>
      </div>
    </form>
  );
}

function AddLines({ add }: { add(repository: string, rights: readonly string[]): void }) {
  const { t } = useLanguage();
  const [repository, setRepository] = useState('');
  const [rights, setRights] = useState<string[]>(['content/read']);
  return (
    <>
      <Field label={t('repositoryOrPrefix')} hint={t('repositoryOrPrefixHint')}>
        <Input value={repository} onChange={(_, { value }) => setRepository(value.trim())} />
      </Field>
      <CheckList label={t('rights')} of={MAP_RIGHTS} chosen={rights} choose={setRights} />
      <div>
        <Button size="small" disabledFocusable={repository === ''} onClick={() => add(repository, rights)}>
          {t('addLines')}
        </Button>
      </div>
    </>
  );
}

function useSave(resource: RegistryResource, done: () => void) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, properties }: { readonly name: string; readonly properties: object }) => {
      await answered(management.PUT(SCOPE_MAP, { params: atChild(resource, name), body: { properties } }));
      await queries.invalidateQueries({ queryKey: mapsKey(resource) });
    },
    onSuccess: done,
  });
}

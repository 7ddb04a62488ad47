import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { atChild, type RegistryToken, TOKEN, tokensKey, useScopeMaps } from './tokens.ts';

const FIRST_MAP = '_repositories_pull';

/** A new token, or another scope map for one. */
export function TokenForm({
  resource,
  token,
  done,
}: {
  readonly resource: RegistryResource;
  readonly token?: RegistryToken;
  done(name: string): void;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const maps = useScopeMaps(resource);
  const [name, setName] = useState(token?.name ?? '');
  const [map, setMap] = useState(token?.properties.scopeMapId.split('/').at(-1) ?? FIRST_MAP);
  const save = useMutation({
    mutationFn: async () => {
      const params = atChild(resource, name);
      const body = { properties: { scopeMapId: `${resource.id}/scopeMaps/${map}` } };
      await answered(token ? management.PATCH(TOKEN, { params, body }) : management.PUT(TOKEN, { params, body }));
      await queries.invalidateQueries({ queryKey: tokensKey(resource) });
      return name;
    },
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {!token && (
        <Field label={t('tokenName')} hint={t('childNameRule')} required>
          <Input value={name} onChange={(_, { value }) => setName(value.trim())} />
        </Field>
      )}
      <Field label={t('scopeMap')}>
        <Select value={map} onChange={(_, { value }) => setMap(value)}>
          {maps.data?.map((one) => (
            <option key={one.id} value={one.name}>
              {one.name}
            </option>
          ))}
        </Select>
      </Field>
      {(maps.error ?? save.error) && <Problem error={(maps.error ?? save.error) as Error} />}
      <div className={styles.tools}>
        <Button type="submit" appearance="primary" disabledFocusable={save.isPending}>
          {t(token ? 'save' : 'create')}
        </Button>
      </div>
    </form>
  );
}

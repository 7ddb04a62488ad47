import { Button, Field, Input, MessageBar, MessageBarBody, Radio, RadioGroup } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';

const LOCKS = '/{scope}/providers/Microsoft.Authorization/locks';
const query = { 'api-version': '2016-09-01' };
const LEVELS = ['CanNotDelete', 'ReadOnly'] as const;
type Level = (typeof LEVELS)[number];

const keyOf = (resource: RegistryResource) => ['locks', resource.id];

/** Which locks hold for the registry and where they were set, a new one with what follows from it, and an end to each. */
export function RegistryLocks({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const scope = resource.id.slice(1);
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(resource),
    queryFn: async () => (await answered(management.GET(LOCKS, { params: { path: { scope }, query } }))).value,
  });
  const remove = useMutation({
    mutationFn: (name: string) =>
      answered(management.DELETE(`${LOCKS}/{name}`, { params: { path: { scope, name }, query } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keyOf(resource) }),
  });
  return (
    <Card title={t('registryLocks')}>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {remove.error && <Problem error={remove.error} />}
      {data?.length === 0 && <p>{t('noRegistryLocks')}</p>}
      {data !== undefined && data.length > 0 && (
        <SimpleTable
          label={t('registryLocks')}
          titles={[t('lockName'), t('lockLevel'), t('lockSetOn'), t('lockNotes'), t('remove')]}
          rows={data.map(({ id, name, properties }) => {
            const at = id.slice(0, id.lastIndexOf('/providers/Microsoft.Authorization/locks/'));
            const own = at.toLowerCase() === resource.id.toLowerCase();
            const end = (
              <Confirmed
                key="remove"
                text={t('removeLock')}
                label={t('removeLockOf', { name })}
                consequence={t('removeLockText', { name })}
                pending={remove.isPending}
                act={() => remove.mutate(name)}
              />
            );
            return {
              key: id,
              cells: [
                name,
                `🔒 ${t(properties.level as Level)}`,
                own ? t('here') : at || '/',
                properties.notes ?? '',
                own ? end : t('lockAbove'),
              ],
            };
          })}
        />
      )}
      <AddLock resource={resource} />
    </Card>
  );
}

function AddLock({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [level, setLevel] = useState<Level>('CanNotDelete');
  const [name, setName] = useState('keep');
  const [notes, setNotes] = useState('');
  const add = useMutation({
    mutationFn: () => {
      const params = { path: { scope: resource.id.slice(1), name }, query };
      const body = { properties: { level, ...(notes === '' ? {} : { notes }) } };
      return answered(management.PUT(`${LOCKS}/{name}`, { params, body }));
    },
    onSuccess: async () => {
      setOpen(false);
      await queries.invalidateQueries({ queryKey: keyOf(resource) });
    },
  });
  if (!open) return <Button onClick={() => setOpen(true)}>{t('addLock')}</Button>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={t('lockLevel')}>
        <RadioGroup value={level} onChange={(_, { value }) => setLevel(value as Level)}>
          {LEVELS.map((one) => (
            <Radio key={one} value={one} label={t(one)} />
          ))}
        </RadioGroup>
      </Field>
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{t(`${level}Text`)}</MessageBarBody>
      </MessageBar>
      <Field label={t('lockName')} required>
        <Input value={name} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field label={t('lockNotes')}>
        <Input value={notes} onChange={(_, { value }) => setNotes(value)} />
      </Field>
      {add.error && <Problem error={add.error} />}
      <div className={styles.tools}>
        <Button type="submit" appearance="primary" disabledFocusable={add.isPending}>
          {t('addLock')}
        </Button>
        <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
      </div>
    </form>
  );
}

import { Button, Field, Input, makeStyles, Select } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Planes } from '../api/planes.ts';
import { answered } from '../api/refusal.ts';
import { listSubscriptions, REGISTRY, VERSION } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';

const NAME = /^[a-zA-Z0-9]{5,50}$/;
const useStyles = makeStyles({ form: { display: 'flex', flexDirection: 'column', rowGap: '16px', maxWidth: '480px' } });

async function listGroups(planes: Planes) {
  const all: { subscription: string; group: string; location: string }[] = [];
  for (const { subscriptionId: subscription } of await listSubscriptions(planes)) {
    const params = { path: { subscription }, query: { 'api-version': '2021-04-01' } };
    const { value } = await answered(planes.management.GET('/subscriptions/{subscription}/resourceGroups', { params }));
    const region = planes.settings.loginServerSuffix.split('.')[2] ?? '';
    all.push(...value.map(({ name }) => ({ subscription, group: name, location: region })));
  }
  return all;
}

function useNameCheck(name: string, subscription: string | undefined) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['name', name, subscription],
    enabled: NAME.test(name) && subscription !== undefined,
    queryFn: () =>
      answered(
        management.POST('/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability', {
          params: { path: { subscription: subscription ?? '' }, query: { 'api-version': VERSION } },
          body: { name, type: 'Microsoft.ContainerRegistry/registries' },
        }),
      ),
  });
}

export function CreateRegistryPage() {
  const { t } = useLanguage();
  const styles = useStyles();
  const planes = usePlanes();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState(0);
  const groups = useQuery({ queryKey: ['groups'], queryFn: () => listGroups(planes) });
  const place = groups.data?.[chosen];
  const check = useNameCheck(name, place?.subscription);
  const create = useMutation({
    mutationFn: async () => {
      const path = { subscription: place?.subscription ?? '', group: place?.group ?? '', registry: name };
      const params = { path, query: { 'api-version': VERSION } };
      const body = { location: place?.location, sku: { name: 'Standard' }, properties: {} };
      await answered(planes.management.PUT(REGISTRY, { params, body }));
      await queries.invalidateQueries({ queryKey: ['registries'] });
      await navigate({ to: `/r/${name}` as '/' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (check.data?.nameAvailable) create.mutate();
  };
  const free = check.data?.nameAvailable === true;
  const problem = check.data && !free ? (check.data.message ?? check.data.reason) : undefined;
  return (
    <Page title={t('createRegistry')}>
      {groups.error && <Problem error={groups.error} />}
      {create.error && <Problem error={create.error} />}
      <form className={styles.form} onSubmit={submit}>
        <Field
          label={t('name')}
          validationState={problem ? 'error' : free ? 'success' : 'none'}
          validationMessage={problem ?? (free ? t('nameFree', { server: loginServerOf(planes.settings, name) }) : null)}
          hint={t('nameRule')}
        >
          <Input value={name} onChange={(_, { value }) => setName(value.trim())} />
        </Field>
        <Field label={t('group')}>
          <Select value={String(chosen)} onChange={(_, { value }) => setChosen(Number(value))}>
            {groups.data?.map(({ group, subscription }, i) => (
              <option key={`${subscription}/${group}`} value={String(i)}>
                {group}
              </option>
            ))}
          </Select>
        </Field>
        <Button type="submit" appearance="primary" disabledFocusable={!free || create.isPending}>
          {t('create')}
        </Button>
      </form>
    </Page>
  );
}

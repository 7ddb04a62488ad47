import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import { listSubscriptions } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { ADMIN, type SitePlace, useQuotas, useSiteChange, useSiteRegistries } from './site.ts';

/** Quotas, who has which, and what can be changed of it. */
export function QuotasCard({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const { data, error } = useQuotas(place);
  const remove = useSiteChange((quota: string) =>
    answered(management.DELETE(`${ADMIN}/quotas/{quota}`, { params: { ...place, path: { ...place.path, quota } } })),
  );
  const problem = error ?? remove.error;
  return (
    <Card title={t('quotas')}>
      {problem && <Problem error={problem} />}
      <SimpleTable
        label={t('quotas')}
        titles={[t('name'), t('mostRegistries'), t('mostGiB'), t('having'), t('what')]}
        rows={(data ?? (error ? [] : undefined))?.map(
          ({ id, quota, numberOfRegistries, capacityPerRegistryInGiB, having }) => ({
            key: id,
            cells: [
              quota,
              numberOfRegistries,
              capacityPerRegistryInGiB,
              having.join(', '),
              <Confirmed
                key="delete"
                text={t('delete')}
                label={t('deleteOf', { what: quota })}
                consequence={t('quotaGone', { name: quota })}
                pending={remove.isPending}
                act={() => remove.mutate(quota)}
              />,
            ],
          }),
        )}
      />
      <PutQuota place={place} />
      <AssignQuota place={place} quotas={data?.map(({ quota }) => quota) ?? []} />
    </Card>
  );
}

function PutQuota({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const [quota, setQuota] = useState('');
  const [registries, setRegistries] = useState('20');
  const [gibibytes, setGibibytes] = useState('100');
  const put = useSiteChange((properties: object) =>
    answered(
      management.PUT(`${ADMIN}/quotas/{quota}`, {
        params: { ...place, path: { ...place.path, quota } },
        body: { properties },
      }),
    ),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put.mutate({ numberOfRegistries: Number(registries), capacityPerRegistryInGiB: Number(gibibytes) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={t('quotaName')} hint={t('quotaNameHint')} required>
        <Input value={quota} onChange={(_, { value }) => setQuota(value)} />
      </Field>
      <Field label={t('mostRegistries')}>
        <Input type="number" min={0} value={registries} onChange={(_, { value }) => setRegistries(value)} />
      </Field>
      <Field label={t('mostGiB')}>
        <Input type="number" min={0} value={gibibytes} onChange={(_, { value }) => setGibibytes(value)} />
      </Field>
      {put.error && <Problem error={put.error} />}
      <div>
        <Button type="submit" disabledFocusable={quota === '' || put.isPending}>
          {t('saveQuota')}
        </Button>
      </div>
    </form>
  );
}

function AssignQuota({ place, quotas }: { readonly place: SitePlace; readonly quotas: readonly string[] }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const planes = usePlanes();
  const [quota, setQuota] = useState<string>();
  const [target, setTarget] = useState('');
  const subscriptions = useQuery({ queryKey: ['subscriptions'], queryFn: () => listSubscriptions(planes) });
  const registries = useSiteRegistries(place);
  const known = [
    ...new Set([
      ...(subscriptions.data ?? []).map(({ subscriptionId }) => subscriptionId),
      ...(registries.data ?? []).map(({ properties }) => properties.subscriptionId),
    ]),
  ];
  const chosen = quota ?? quotas[0] ?? '';
  const whose = target === '' ? (known[0] ?? '') : target;
  const assign = useSiteChange(() => {
    const path = { ...place.path, quota: chosen, target: whose };
    return answered(
      planes.management.PUT(`${ADMIN}/quotas/{quota}/subscriptions/{target}`, { params: { ...place, path } }),
    );
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    assign.mutate(undefined);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={t('assignQuota')}>
        <Select value={chosen} onChange={(_, { value }) => setQuota(value)}>
          {quotas.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      </Field>
      <Field label={t('toSubscription')}>
        <Select value={whose} onChange={(_, { value }) => setTarget(value)}>
          {known.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      </Field>
      {assign.error && <Problem error={assign.error} />}
      <div>
        <Button type="submit" disabledFocusable={chosen === '' || whose === '' || assign.isPending}>
          {t('assign')}
        </Button>
      </div>
    </form>
  );
}

import { Button, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { Starting } from '../components/starting.tsx';
import { UsageRing } from '../components/usage-ring.tsx';
import { formatBytes } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { CapacityPlot } from './capacity-plot.tsx';
import { ADMIN, type SitePlace, useCapacity, useSiteChange } from './site.ts';

const GIB = 2 ** 30;

/** Whether the site takes pushes, how full it is, and where that goes. */
export function CapacityCard({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const { data, error } = useCapacity(place);
  const used = Math.round((data?.now?.registriesConsumptionInGiB ?? 0) * GIB);
  const maximum = data?.now?.maximumCapacityInGiB ?? 0;
  return (
    <Card title={t('capacity')}>
      {error && <Problem error={error} />}
      {!data && !error && <Starting />}
      {data?.now && (
        <>
          <MessageBar intent={data.now.allowPush ? 'success' : 'error'} layout="multiline">
            <MessageBarBody>{t(data.now.allowPush ? 'takesPushes' : 'takesNone')}</MessageBarBody>
          </MessageBar>
          {maximum > 0 ? (
            <UsageRing used={used} limit={maximum * GIB} />
          ) : (
            <p>{t('noMaximum', { used: formatBytes(used) })}</p>
          )}
          <CapacityPlot samples={data.samples} />
          <Maximum key={maximum} place={place} maximum={maximum} />
        </>
      )}
    </Card>
  );
}

function Maximum({ place, maximum }: { readonly place: SitePlace; readonly maximum: number }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const [typed, setTyped] = useState(String(maximum));
  const save = useSiteChange((maximumCapacityInGiB: number) => {
    const params = { ...place, path: { ...place.path, name: 'default' } };
    return answered(
      management.PUT(`${ADMIN}/configurations/{name}`, { params, body: { properties: { maximumCapacityInGiB } } }),
    );
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(Number(typed));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={t('maximumGiB')} hint={t('maximumHint')}>
        <Input type="number" min={0} value={typed} onChange={(_, { value }) => setTyped(value)} />
      </Field>
      {save.error && <Problem error={save.error} />}
      <div>
        <Button type="submit" disabledFocusable={save.isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

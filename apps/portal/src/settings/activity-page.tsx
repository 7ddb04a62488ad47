import { Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answered } from '../api/refusal.ts';
import { placeOf, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';

const DAY_MS = 24 * 3_600_000;
const DAYS = ['1', '7', '30', '90'];

export function ActivityPage() {
  return <NeedsResource title="activity">{(resource) => <Activity resource={resource} />}</NeedsResource>;
}

/** What is shown, as it stands in the address, which can be sent to somebody. */
interface Filter {
  readonly days?: string;
  readonly who?: string;
  readonly what?: string;
}

function Activity({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const navigate = useNavigate();
  const { days = '7', who = '', what = '' } = useSearch({ strict: false }) as Filter;
  const set = (more: Filter) => {
    const search = { days, who, what, ...more } as never;
    void navigate({ to: `/r/${resource.name}/activity` as '/', search, replace: true });
  };
  const { data, error } = useQuery({
    queryKey: ['activity', resource.id, days],
    queryFn: () => {
      const from = new Date(Date.now() - Number(days) * DAY_MS).toISOString();
      const $filter = `eventTimestamp ge '${from}' and resourceUri eq '${resource.id}'`;
      const path = { subscription: placeOf(resource).subscription };
      const params = { path, query: { 'api-version': '2017-03-01-preview', $filter } };
      return answered(
        management.GET('/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values', {
          params,
        }),
      );
    },
  });
  const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  const events = (data?.value ?? []).filter(
    ({ caller, operationName }) => has(caller, who) && has(operationName.value, what),
  );
  return (
    <>
      <div className={styles.tools}>
        <Field label={t('time')}>
          <Select value={days} onChange={(_, { value }) => set({ days: value })}>
            {DAYS.map((one) => (
              <option key={one} value={one}>
                {t('lastDays', { days: one })}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('who')}>
          <Input type="search" value={who} onChange={(_, { value }) => set({ who: value })} />
        </Field>
        <Field label={t('what')}>
          <Input type="search" value={what} onChange={(_, { value }) => set({ what: value })} />
        </Field>
      </div>
      {error && <Problem error={error} />}
      {data && events.length === 0 && <p>{t('noActivity')}</p>}
      <SimpleTable
        label={t('activity')}
        titles={[t('time'), t('who'), t('what'), t('status'), t('repositories'), t('correlation')]}
        rows={events.map((event) => ({
          key: event.id,
          cells: [
            formatTime(event.eventTimestamp),
            event.caller,
            event.operationName.value,
            [event.status.value, event.properties.reason].filter(Boolean).join(': '),
            [event.properties.repository, event.properties.target].filter(Boolean).join(' '),
            event.correlationId,
          ],
        }))}
      />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { placeOf, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';

const WEEK_MS = 7 * 24 * 3_600_000;

export function ActivityPage() {
  return <NeedsResource title="activity">{(resource) => <Activity resource={resource} />}</NeedsResource>;
}

function Activity({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const { data, error } = useQuery({
    queryKey: ['activity', resource.id],
    queryFn: () => {
      const from = new Date(Date.now() - WEEK_MS).toISOString();
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
  if (error) return <Problem error={error} />;
  return (
    <>
      <p>{t('activityText')}</p>
      {data?.value.length === 0 && <p>{t('noActivity')}</p>}
      <SimpleTable
        label={t('activity')}
        titles={[t('time'), t('who'), t('what'), t('status'), t('repositories'), t('correlation')]}
        rows={(data?.value ?? []).map((event) => ({
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

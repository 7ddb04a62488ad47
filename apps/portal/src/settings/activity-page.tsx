import { Button, Field, Input, makeStyles, Select } from '@fluentui/react-components';
import { useSearch } from '@tanstack/react-router';
import type { RegistryResource } from '../api/registries.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import type { TextKey } from '../language/texts.ts';
import { NeedsResource } from '../registries/needs-resource.tsx';
import { useListAddress } from '../repositories/order-select.tsx';
import { type ActivityEvent, type ActivityFilter, useActivity, useDelayed } from './activity.ts';

const useStyles = makeStyles({
  filters: {
    display: 'grid',
    gap: '8px 16px',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 200px), 1fr))',
  },
});

export function ActivityPage() {
  return <NeedsResource title="activity">{(resource) => <Activity resource={resource} />}</NeedsResource>;
}

/** Who did what and when, and what was refused. Every filter stands in the address. */
function Activity({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const forms = useFormStyles();
  const filter = useSearch({ strict: false }) as ActivityFilter;
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = useActivity(resource, useDelayed(filter));
  const events = data?.pages.flatMap(({ value }) => value);
  return (
    <>
      <Filters filter={filter} page={`/r/${resource.name}/activity`} />
      {error && <Problem error={error} retry={() => void refetch()} />}
      {events && <p role="status">{t('shownEntries', { count: groupDigits(events.length) })}</p>}
      {events?.length === 0 && !hasNextPage && <p>{t('noActivity')}</p>}
      <SimpleTable
        label={t('activity')}
        titles={[t('time'), t('who'), t('what'), t('status'), t('repositories'), t('correlation')]}
        rows={(events ?? (error ? [] : undefined))?.map((event) => ({
          key: event.id,
          cells: cellsOf(event, resource.name, filter, t),
        }))}
      />
      <div className={forms.tools}>
        {hasNextPage && (
          <Button disabledFocusable={isFetching} onClick={() => void fetchNextPage()}>
            {t('older')}
          </Button>
        )}
        {data && !hasNextPage && <span>{t('noOlder')}</span>}
      </div>
    </>
  );
}

type Translate = ReturnType<typeof useLanguage>['t'];

function cellsOf(event: ActivityEvent, registry: string, filter: ActivityFilter, t: Translate) {
  const { repository = '', target = '', reason } = event.properties;
  const status = t(event.status.value === 'Succeeded' ? 'succeeded' : 'failed');
  /** A click on what an entry says leaves only those that say the same. */
  const narrow = (name: keyof ActivityFilter, value: string, text = value) => (
    <PageLink
      key={name}
      inText
      to={`/r/${registry}/activity`}
      search={{ ...filter, [name]: value } as Record<string, string>}
    >
      {text}
    </PageLink>
  );
  return [
    formatTime(event.eventTimestamp),
    <span key="who" title={event.caller}>
      {narrow('who', event.caller, event.claims.name)}
    </span>,
    narrow('what', event.operationName.value),
    reason === undefined ? status : `${status}: ${reason}`,
    <span key="where">
      {repository !== '' && narrow('repository', repository)} {target}
    </span>,
    event.correlationId,
  ];
}

const FIELDS = [
  ['who', 'filterWho', 'filterWhoHint', 'search'],
  ['what', 'filterWhat', 'filterWhatHint', 'search'],
  ['repository', 'filterRepository', undefined, 'search'],
  ['from', 'filterFrom', undefined, 'datetime-local'],
  ['to', 'filterTo', undefined, 'datetime-local'],
] as const satisfies readonly (readonly [keyof ActivityFilter, TextKey, TextKey | undefined, string])[];

function Filters({ filter, page }: { readonly filter: ActivityFilter; readonly page: string }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const set = useListAddress();
  const change = (name: keyof ActivityFilter, value: string) => set({ [name]: value });
  return (
    <search className={styles.filters}>
      {FIELDS.map(([name, label, hint, type]) => (
        <Field key={name} label={t(label)}>
          <Input
            type={type}
            value={filter[name] ?? ''}
            placeholder={hint === undefined ? '' : t(hint)}
            onChange={(_, { value }) => change(name, value)}
          />
        </Field>
      ))}
      <Field label={t('filterOutcome')}>
        <Select value={filter.outcome ?? ''} onChange={(_, { value }) => change('outcome', value)}>
          <option value="">{t('allOutcomes')}</option>
          <option value="Succeeded">{t('succeeded')}</option>
          <option value="Failed">{t('failed')}</option>
        </Select>
      </Field>
      {Object.keys(filter).length > 0 && <PageLink to={page}>{t('clearFilters')}</PageLink>}
    </search>
  );
}

import { Button } from '@fluentui/react-components';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, formatTime } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { TEXTS, type TextKey } from '../language/texts.ts';
import { type SitePlace, useSiteHealth } from './site.ts';

type Check = NonNullable<ReturnType<typeof useSiteHealth>['data']>[number];

const STATES = {
  bad: { rank: 0, mark: '✕', text: 'healthBad' },
  warn: { rank: 1, mark: '▲', text: 'healthWarn' },
  good: { rank: 2, mark: '●', text: 'healthGood' },
} as const;
const BYTES: ReadonlySet<string> = new Set(['free', 'total', 'used', 'limit']);
/** A clock may be so far off before tokens are. */
const SKEW_SECONDS = 60;

/** The server's own check: what is ill, and what to do about it. */
export function HealthCard({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { data, error, refetch, dataUpdatedAt } = useSiteHealth(place);
  const checks = [...(data ?? [])].sort((a, b) => stateOf(a).rank - stateOf(b).rank);
  const time = String(checks.find(({ name }) => name === 'clock')?.values.time ?? '');
  const skew = Math.round(Math.abs(dataUpdatedAt - Date.parse(time)) / 1000);
  return (
    <Card title={t('health')}>
      {error && <Problem error={error} retry={() => void refetch()} />}
      <div className={styles.tools}>
        <Button onClick={() => void refetch()}>{t('runAgain')}</Button>
      </div>
      {data && <p>{t('healthText', { time: formatTime(time) })}</p>}
      {data && skew > SKEW_SECONDS && <p>▲ {t('browserClock', { seconds: skew })}</p>}
      <SimpleTable
        label={t('health')}
        titles={[t('name'), t('state'), t('finding'), t('doNext')]}
        rows={(data || error ? checks : undefined)?.map((check) => {
          const { mark, text } = stateOf(check);
          return {
            key: check.name,
            cells: [
              spoken(t, [`health_${check.name}`], {}) ?? check.name,
              `${mark} ${t(text)}`,
              found(check, t),
              check.next === undefined ? '—' : (spoken(t, [`next_${check.name}`], {}) ?? check.next),
            ],
          };
        })}
      />
    </Card>
  );
}

const stateOf = ({ state }: Check) => STATES[state as keyof typeof STATES] ?? STATES.warn;

/** In the language of the page; of a check that this page does not know, in the server's own words. */
function found({ name, state, values, text }: Check, t: Translate): string {
  const shown = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, shownValue(key, value as string | number)]),
  );
  const [kind = ''] = name.split('-');
  return spoken(t, [`found_${name}_${state}`, `found_${kind}_${state}`, `found_${kind}`], shown) ?? text;
}

function shownValue(key: string, value: string | number): string | number {
  if (BYTES.has(key)) return formatBytes(Number(value));
  return key === 'time' ? formatTime(String(value)) : value;
}

/** The first of the texts that there is. */
function spoken(t: Translate, keys: readonly string[], values: Readonly<Record<string, string | number>>) {
  const key = keys.find((one) => Object.hasOwn(TEXTS, one));
  return key === undefined ? undefined : t(key as TextKey, values);
}

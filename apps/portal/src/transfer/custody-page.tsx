import { Button } from '@fluentui/react-components';
import { useParams } from '@tanstack/react-router';
import { useFormStyles } from '../components/form-styles.ts';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { numberRanges } from './media.ts';
import { word } from './operations-card.tsx';
import { type CustodyEntry, useCustody } from './station.ts';
import { shortSet } from './transfer-page.tsx';

/** Who had what, when: what the site recorded apart from what somebody stated. */
export function CustodyPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const forms = useFormStyles();
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useCustody(registry);
  const entries = data?.pages.flat() ?? [];
  return (
    <Page title={t('custody')} place={registry}>
      <p>{t('custodyText')}</p>
      {error && <Problem error={error} registry={registry} />}
      {data && entries.length === 0 && <p>{t('noCustody')}</p>}
      {entries.length > 0 && (
        <SimpleTable
          label={t('custody')}
          titles={[t('time'), t('recordedBy'), t('what'), t('bundle'), t('volumes'), t('signer'), t('statedCarrier')]}
          rows={entries.map((entry) => ({ key: String(entry.place), cells: cellsOf(entry, registry, t) }))}
        />
      )}
      {hasNextPage && (
        <div className={forms.tools}>
          <Button disabledFocusable={isFetching} onClick={() => void fetchNextPage()}>
            {t('older')}
          </Button>
        </div>
      )}
    </Page>
  );
}

function cellsOf(entry: CustodyEntry, registry: string, t: ReturnType<typeof useLanguage>['t']) {
  const { bundle, volumes = [], of, file, carriedBy } = entry;
  const numbers =
    volumes.length === 0 ? (file ?? '—') : `${numberRanges(volumes)}${of === undefined ? '' : ` / ${of}`}`;
  return [
    formatTime(entry.time),
    entry.by,
    word(t, 'custody', entry.action),
    bundle === undefined ? (
      '—'
    ) : (
      <PageLink key="bundle" to={`/r/${registry}/transfer/sets/${bundle}`}>
        {shortSet(bundle)}
      </PageLink>
    ),
    numbers,
    entry.signer ?? '—',
    carriedBy === undefined ? '—' : <q key="carrier">{carriedBy}</q>,
  ];
}

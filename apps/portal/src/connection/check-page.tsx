import { Button, Field, Input, makeStyles } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useContext } from 'react';
import { PlanesContext } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Card, Page } from '../components/page.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import type { TextKey } from '../language/texts.ts';
import { portalBase, registryOrigin, type SiteSettings } from '../settings.ts';
import { OwnCheck } from './own-check.tsx';
import { type Cause, diagnose, type Finding, type Outcome, PATIENCE_MS, type Probe, probe } from './probe.ts';
import { SpeedCard } from './speed-card.tsx';

const useStyles = makeStyles({ tools: { display: 'flex', gap: '8px', alignItems: 'flex-end', flexWrap: 'wrap' } });

const CAUSES: Readonly<Record<Cause, readonly [cause: TextKey, deed: TextKey]>> = {
  none: ['causeNone', 'doNone'],
  network: ['causeNetwork', 'doNetwork'],
  site: ['causeSite', 'doSite'],
  firewall: ['causeFirewall', 'doFirewall'],
  refused: ['causeRefused', 'doRefused'],
  cors: ['causeCors', 'doCors'],
  private: ['causePrivate', 'doPrivate'],
  clock: ['causeClock', 'doClock'],
};

async function probeAll(settings: SiteSettings, registry: string) {
  const originOf = (address: string) => (address === '' ? portalBase.origin : new URL(address, portalBase).origin);
  const planes: readonly (readonly [Probe['name'], string])[] = [
    ['portal', portalBase.origin],
    ['identity', originOf(settings.authority)],
    ['management', originOf(settings.management)],
    ['directory', originOf(settings.graph)],
    ['registry', registryOrigin(settings, registry)],
  ];
  const probes = await Promise.all(planes.map(([name, origin]) => probe(name, origin)));
  return { probes, finding: diagnose(probes, new Date(), navigator.onLine) };
}

/** Why a browser can or cannot reach the site; works signed out, and with every other host dead. */
export function CheckPage({ settings }: { readonly settings: SiteSettings }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const navigate = useNavigate();
  const signedIn = useContext(PlanesContext) !== undefined;
  const { registry: typed = settings.defaultRegistry } = useSearch({ strict: false }) as { registry?: string };
  // What is no name of a registry is no name of a host either.
  const registry = /^[a-z0-9]{1,50}$/.test(typed) ? typed : settings.defaultRegistry;
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['check', registry],
    queryFn: () => probeAll(settings, registry),
    networkMode: 'always',
    retry: false,
    gcTime: 0,
  });
  return (
    <Page title={t('check')}>
      <div className={styles.tools}>
        <Field label={t('registry')}>
          <Input
            value={typed}
            onChange={(_, { value }) =>
              void navigate({ to: '.', search: { registry: value.toLowerCase() } as never, replace: true })
            }
          />
        </Field>
        <Button onClick={() => void refetch()}>{t('runAgain')}</Button>
      </div>
      {isFetching && <p role="status">{t('checking')}…</p>}
      {data && <Verdict finding={data.finding} registry={registry} />}
      {data && <Probes probes={data.probes} />}
      {signedIn && data && <SpeedCard registry={registry} />}
      {signedIn && data && <OwnCheck />}
    </Page>
  );
}

function Verdict({ finding, registry }: { readonly finding: Finding; readonly registry: string }) {
  const { t } = useLanguage();
  const { cause, origin, skewSeconds, ruledOut } = finding;
  const url = origin === '' ? undefined : new URL(origin);
  const values = {
    host: url?.host ?? '',
    port: url?.port || (url?.protocol === 'http:' ? '80' : '443'),
    name: registry,
    url: `${origin}/v2/`,
    seconds: skewSeconds,
  };
  const [what, deed] = CAUSES[cause];
  const sentence = t('mostLikely', { cause: t(what, values) });
  const excluded = ruledOut.map((one) => t(CAUSES[one][0], { ...values, host: '…' })).join('; ');
  return (
    <div data-cause={cause}>
      <Card title={sentence}>
        <p>{t(deed, values)}</p>
        {excluded !== '' && <p>{t('ruledOut', { causes: excluded })}</p>}
        <CopyText text={`az acr check-health -n ${registry}`} what="az acr check-health" />
      </Card>
    </div>
  );
}

function Probes({ probes }: { readonly probes: readonly Probe[] }) {
  const { t } = useLanguage();
  const said = (outcome: Outcome, ms: number) => {
    if (outcome.kind === 'timed-out') return `✕ ${t('noAnswer', { seconds: PATIENCE_MS / 1000 })}`;
    if (outcome.kind === 'unreadable') return `✕ ${t('answeredUnread')}`;
    if (outcome.kind === 'failed') return `✕ ${t('failedAtOnce', { ms })}`;
    if (outcome.status >= 500 || outcome.denied) return `✕ ${t('answered', { status: outcome.status })}`;
    return `✔ ${t('answersIn', { ms })}`;
  };
  return (
    <SimpleTable
      label={t('check')}
      titles={[t('what'), t('name'), t('answer')]}
      rows={probes.map(({ name, origin, outcome, ms }) => ({ key: name, cells: [t(name), origin, said(outcome, ms)] }))}
    />
  );
}

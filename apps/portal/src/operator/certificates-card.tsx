import { Facts } from '../components/facts.tsx';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { Starting } from '../components/starting.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { type SitePlace, useCertificates } from './site.ts';

type Certificate = NonNullable<ReturnType<typeof useCertificates>['data']>[number]['properties'];
type State = 'good' | 'ends-soon' | 'ended' | 'not-yet';
type Use = 'server' | 'authority' | 'outbound';

/** Each certificate of the site: whose, by whom, until when, what is above it, and what to do before its end. */
export function CertificatesCard({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const { data, error } = useCertificates(place);
  return (
    <Card title={t('certificates')}>
      {error && <Problem error={error} />}
      {!data && !error && <Starting />}
      {data && !data.some(({ properties }) => properties.use === 'server') && <p>{t('noCertificates')}</p>}
      {(data ?? []).map(({ id, name, properties }) => (
        <section key={id} aria-label={t('certificateOf', { name: name.slice(name.indexOf('/') + 1) })}>
          <h3>{t(`use_${properties.use as Use}`)}</h3>
          <CertificateFacts of={properties} />
        </section>
      ))}
    </Card>
  );
}

function CertificateFacts({ of }: { readonly of: Certificate }) {
  const { t } = useLanguage();
  const state = of.state as State;
  const left = `${formatTime(of.validTo)} · ${t('daysLeft', { days: of.daysLeft })}`;
  const next =
    of.problem === undefined ? (state === 'good' ? undefined : t(nextOf(of))) : t('notTaken', { problem: of.problem });
  return (
    <Facts
      of={[
        [t('name'), of.subject],
        [t('issuer'), of.issuer],
        [t('names'), of.names.join(', ')],
        [t('state'), t(`ends_${state}`)],
        [t('validTo'), left],
        [t('doNext'), next],
        [t('fingerprint'), <code key="fingerprint">{of.fingerprint}</code>],
        [t('chain'), <Chain key="chain" of={of.chain} />],
      ]}
    />
  );
}

function nextOf({ use, renewsItself }: Certificate) {
  if (renewsItself) return 'renewsItself' as const;
  const texts = { server: 'renewServer', authority: 'renewAuthority', outbound: 'renewOutbound' } as const;
  return texts[use as Use];
}

function Chain({ of }: { readonly of: Certificate['chain'] }) {
  const { t } = useLanguage();
  if (of.length === 0) return <>{t('noChain')}</>;
  return (
    <ol>
      {of.map((one) => (
        <li key={one.fingerprint}>
          {one.subject} · {formatTime(one.validTo)}
        </li>
      ))}
    </ol>
  );
}

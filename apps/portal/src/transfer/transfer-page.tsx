import { Button } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { answered } from '../api/refusal.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, formatTime } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { numberRanges } from './media.ts';
import { OperationsCard } from './operations-card.tsx';
import { saveText } from './save.ts';
import { type Bundle, useBundles, useStationDeed } from './station.ts';
import { UploadsCard } from './uploads-card.tsx';

/** What is on its way out, and what came in. */
export function TransferPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const navigate = useNavigate();
  const forms = useFormStyles();
  const { data, error } = useBundles(registry);
  const page = `/r/${registry}/transfer`;
  return (
    <Page title={t('transfer')} place={registry}>
      <p>{t('transferText')}</p>
      <div className={forms.tools}>
        <PageLink to={`${page}/custody`}>{t('custody')}</PageLink>
        <PageLink to={`${page}/signers`}>{t('signers')}</PageLink>
      </div>
      {error && <Problem error={error} registry={registry} />}
      <Card title={t('send')}>
        <div className={forms.tools}>
          <Button appearance="primary" onClick={() => void navigate({ to: `${page}/new` as '/' })}>
            {t('makeBundle')}
          </Button>
        </div>
        {!error && <Bundles of={data?.filter(({ made }) => made)} page={page} title="madeHere" none="noneMade" />}
      </Card>
      <UploadsCard registry={registry} />
      <Card title={t('broughtHere')}>
        {!error && (
          <Bundles of={data?.filter(({ made }) => !made)} page={page} title="broughtHere" none="noneBrought" />
        )}
      </Card>
      <ReceiptCard registry={registry} />
      <OperationsCard registry={registry} />
    </Page>
  );
}

function Bundles({
  of,
  page,
  title,
  none,
}: {
  readonly of: readonly Bundle[] | undefined;
  readonly page: string;
  readonly title: 'madeHere' | 'broughtHere';
  readonly none: 'noneMade' | 'noneBrought';
}) {
  const { t } = useLanguage();
  if (!of) return <Starting />;
  if (of.length === 0) return <p>{t(none)}</p>;
  return (
    <SimpleTable
      label={t(title)}
      titles={[t('bundle'), t('madeAt'), t('signer'), t('volumes'), t('contents')]}
      rows={of.map((bundle) => ({
        key: bundle.bundle,
        cells: [
          <PageLink key="bundle" to={`${page}/sets/${bundle.bundle}`}>
            {shortSet(bundle.bundle)}
          </PageLink>,
          bundle.summary ? formatTime(bundle.summary.created) : '—',
          signerText(bundle, t),
          volumesText(bundle, t),
          bundle.summary ? `${bundle.summary.tags} · ${formatBytes(bundle.summary.contentBytes)}` : '—',
        ],
      }))}
    />
  );
}

/** Of a set, what people say on the telephone: the first digits of its digest. */
export const shortSet = (digest: string): string => digest.replace('sha256:', '').slice(0, 12).toUpperCase();

export function signerText({ made, signer, signerName }: Bundle, t: Translate): string {
  const name = signerName ?? t(made ? 'ownKey' : 'untrusted');
  return `${name} · ${signer}`;
}

function volumesText({ of, missing }: Bundle, t: Translate): string {
  if (missing.length === 0) return t('complete', { of });
  const numbers = numberRanges(missing);
  return `${t('here_of', { here: of - missing.length, of })} · ${t('missingVolumes', { numbers })}`;
}

function ReceiptCard({ registry }: { readonly registry: string }) {
  const { t } = useLanguage();
  const save = useStationDeed(registry, 'read', async (api) => {
    saveText(`${registry}.receipt`, String(await answered(api.GET('/holdfast/v1/_receipt', { parseAs: 'text' }))));
  });
  return (
    <Card title={t('receipt')}>
      <p>{t('receiptText')}</p>
      {save.error && <Problem error={save.error} />}
      <Button disabledFocusable={save.isPending} onClick={() => save.mutate(undefined)}>
        {save.isPending ? `${t('starting')}…` : t('downloadReceipt')}
      </Button>
    </Card>
  );
}

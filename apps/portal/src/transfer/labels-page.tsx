import { Button, makeStyles } from '@fluentui/react-components';
import { useParams } from '@tanstack/react-router';
import { Facts } from '../components/facts.tsx';
import { Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { formatBytes, formatTime, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { QrCode } from './qr-code.tsx';
import { type BundleDetail, useBundle, type Volume } from './station.ts';
import { shortSet } from './transfer-page.tsx';

const useStyles = makeStyles({
  labels: { display: 'grid', gap: '16px', gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 420px), 1fr))' },
  // On paper black on white, whatever the screen shows; a label is not torn apart between pages.
  label: {
    display: 'flex',
    gap: '16px',
    flexWrap: 'wrap',
    padding: '12px',
    border: '1px solid #616161',
    backgroundColor: '#ffffff',
    color: '#242424',
    breakInside: 'avoid',
  },
  title: { fontSize: '24px', fontWeight: 600, margin: '0 0 4px' },
  facts: { flexGrow: 1, minWidth: '200px', '& dt': { color: '#242424' } },
  screenOnly: { '@media print': { display: 'none' } },
});

/** What the code on a label says: of which set it is, which number of how many, and the checksum of the file. */
function labelText(bundle: Pick<BundleDetail, 'bundle' | 'of'>, { number, digest }: Pick<Volume, 'number' | 'digest'>) {
  return ['holdfast', bundle.bundle, `${number}/${bundle.of}`, digest ?? ''].join(' ').trim();
}

export function LabelsPage() {
  const { registry = '', set = '' } = useParams({ strict: false }) as { registry?: string; set?: string };
  const { t } = useLanguage();
  const styles = useStyles();
  const { data, error } = useBundle(registry, set);
  return (
    <Page title={t('labelsToPrint')} place={shortSet(set)}>
      {error && <Problem error={error} registry={registry} />}
      <p className={styles.screenOnly}>
        {t('labelsText')} <Button onClick={() => print()}>{t('print')}</Button>
      </p>
      <div className={styles.labels}>
        {data &&
          [...data.volumes]
            .sort((a, b) => a.number - b.number)
            .map((volume) => <Label key={volume.number} bundle={data} volume={volume} />)}
      </div>
    </Page>
  );
}

function Label({ bundle, volume }: { readonly bundle: BundleDetail; readonly volume: Volume }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { number, digest, size, name } = volume;
  const text = labelText(bundle, volume);
  return (
    <section className={styles.label} aria-label={t('volumeState', { number, state: name })}>
      <QrCode text={text} label={t('qrOf', { number, text })} />
      <div className={styles.facts}>
        <h2 className={styles.title}>{`${shortSet(bundle.bundle)} · ${number} / ${bundle.of}`}</h2>
        <Facts
          of={[
            [t('name'), name],
            [t('size'), `${formatBytes(size)} (${t('bytesOf', { bytes: groupDigits(size) })})`],
            [
              t('checksum'),
              digest === undefined ? undefined : <code key="digest">{digest.replace('sha256:', '')}</code>,
            ],
            [t('from'), bundle.summary?.source],
            [t('madeAt'), bundle.summary && formatTime(bundle.summary.created)],
            [t('signer'), bundle.signer],
          ]}
        />
      </div>
    </section>
  );
}

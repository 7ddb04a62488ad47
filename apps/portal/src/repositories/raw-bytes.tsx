import { Button, makeStyles } from '@fluentui/react-components';
import { Card } from '../components/page.tsx';
import { RawText } from '../components/raw-text.tsx';
import { groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({ type: { overflowWrap: 'anywhere' } });

/** A manifest as it was pushed, byte by byte: to look at, and to keep as a file whose digest is that of the manifest. */
export function RawBytes({
  digest,
  raw,
  type,
}: {
  readonly digest: string;
  readonly raw: string;
  readonly type: string;
}) {
  const { t } = useLanguage();
  const styles = useStyles();
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([raw]));
    link.download = `${digest.replace(':', '-')}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const bytes = new TextEncoder().encode(raw).length;
  return (
    <Card title={t('raw')}>
      <p className={styles.type}>
        {t('rawSize', { bytes: groupDigits(bytes), type })} <Button onClick={save}>{t('downloadRaw')}</Button>
      </p>
      <RawText label={t('raw')} text={raw} />
    </Card>
  );
}

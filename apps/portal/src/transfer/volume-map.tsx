import { makeStyles, tokens } from '@fluentui/react-components';
import { useLanguage } from '../language/language.tsx';
import { numberRanges } from './media.ts';
import type { Bundle } from './station.ts';

/** More boxes are nothing that anybody counts; the sentence says the same. */
const MOST_BOXES = 200;

const useStyles = makeStyles({
  list: { display: 'flex', flexWrap: 'wrap', gap: '4px', listStyle: 'none', margin: '8px 0', padding: 0 },
  box: {
    minWidth: '2.2em',
    textAlign: 'center',
    padding: '2px 4px',
    borderRadius: tokens.borderRadiusSmall,
    border: `1px solid ${tokens.colorNeutralForeground2}`,
  },
  here: { backgroundColor: tokens.colorBrandBackground, color: tokens.colorNeutralForegroundOnBrand },
});

/** "3 of 7 here", as boxes and as a sentence. */
export function VolumeMap({ bundle }: { readonly bundle: Pick<Bundle, 'of' | 'missing' | 'volumes'> }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { of, missing, volumes } = bundle;
  const byNumber = new Map(volumes.map((volume) => [volume.number, volume]));
  const numbers = Array.from({ length: Math.min(of, MOST_BOXES) }, (_, i) => i + 1);
  const stateOf = (number: number) => {
    const volume = byNumber.get(number);
    if (!volume) return { mark: '□', text: t('volumeMissing') };
    return volume.verifiedAt === undefined
      ? { mark: '■', text: t('volumeHere') }
      : { mark: '✔', text: t('volumeVerified') };
  };
  return (
    <>
      <p role="status">
        {missing.length === 0
          ? t('complete', { of })
          : `${t('here_of', { here: of - missing.length, of })} · ${t('missingVolumes', { numbers: numberRanges(missing) })}`}
      </p>
      <ul className={styles.list}>
        {numbers.map((number) => {
          const { mark, text } = stateOf(number);
          return (
            <li
              key={number}
              className={byNumber.has(number) ? `${styles.box} ${styles.here}` : styles.box}
              title={t('volumeState', { number, state: text })}
            >
              {mark} {number}
            </li>
          );
        })}
        {of > MOST_BOXES && <li className={styles.box}>…</li>}
      </ul>
    </>
  );
}

import { makeStyles, tokens } from '@fluentui/react-components';
import { formatBytes, formatShare, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { SimpleTable } from './simple-table.tsx';

const SIZE = 120;
const THICK = 14;
const RADIUS = (SIZE - THICK) / 2;
const ROUND = 2 * Math.PI * RADIUS;
/** Less is not seen: an arc has at least two degrees. */
const LEAST = ROUND / 180;

const useStyles = makeStyles({
  row: { display: 'flex', gap: '16px', alignItems: 'center', flexWrap: 'wrap' },
  track: { stroke: tokens.colorNeutralStroke2, fill: 'none' },
  used: { stroke: tokens.colorBrandForeground1, fill: 'none' },
  share: { fill: tokens.colorNeutralForeground1, fontSize: '20px', fontWeight: 600 },
  text: { margin: 0 },
  details: { marginTop: '8px' },
});

/** How full a registry is, with the sentence and the table that say the same. */
export function UsageRing({ used, limit }: { readonly used: number; readonly limit: number }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const share = formatShare(used, limit);
  const free = Math.max(0, limit - used);
  const arc = used === 0 ? 0 : Math.max(LEAST, Math.min(1, used / limit) * ROUND);
  const sentence = t('used', { used: formatBytes(used), limit: formatBytes(limit), share, free: formatBytes(free) });
  const rows = [
    ['usedBytes', used],
    ['freeBytes', free],
    ['limit', limit],
  ] as const;
  return (
    <div>
      <div className={styles.row}>
        <svg width={SIZE} height={SIZE} role="img" aria-label={sentence} data-used={used} data-limit={limit}>
          <circle className={styles.track} cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} strokeWidth={THICK} />
          <circle
            className={styles.used}
            cx={SIZE / 2}
            cy={SIZE / 2}
            r={RADIUS}
            strokeWidth={THICK}
            strokeDasharray={`${arc} ${ROUND}`}
            transform={`rotate(-90 ${SIZE / 2} ${SIZE / 2})`}
          />
          <text className={styles.share} x="50%" y="50%" textAnchor="middle" dominantBaseline="central">
            {share}
          </text>
        </svg>
        <p className={styles.text} title={t('bytesOf', { bytes: groupDigits(used) })}>
          {sentence}
        </p>
      </div>
      <details className={styles.details}>
        <summary>{t('asTable')}</summary>
        <SimpleTable
          label={t('usage')}
          titles={[t('name'), t('size'), t('value')]}
          rows={rows.map(([key, bytes]) => ({
            key,
            cells: [t(key), formatBytes(bytes), t('bytesOf', { bytes: groupDigits(bytes) })],
          }))}
        />
      </details>
    </div>
  );
}

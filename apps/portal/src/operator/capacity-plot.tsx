import { makeStyles, tokens } from '@fluentui/react-components';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, formatTime, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

const WIDTH = 600;
const HEIGHT = 160;
const EDGE = 4;
/** Rows of the table; more is nothing that anybody reads. */
const ROWS = 100;

const useStyles = makeStyles({
  plot: { width: '100%', maxWidth: `${WIDTH}px`, height: 'auto' },
  line: { stroke: tokens.colorBrandForeground1, strokeWidth: '2px', fill: 'none' },
  limit: { stroke: tokens.colorNeutralForeground2, strokeWidth: '1px', strokeDasharray: '6 4' },
  axis: { stroke: tokens.colorNeutralStroke1, strokeWidth: '1px' },
});

interface Sample {
  readonly time: string;
  readonly usedBytes: number;
  readonly capacityBytes?: number;
}

/** What was stored over time, with the sentence and the table that say the same. */
export function CapacityPlot({ samples }: { readonly samples: readonly Sample[] }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return <p>{t('noSamples')}</p>;
  const start = Date.parse(first.time);
  const span = Math.max(1, Date.parse(last.time) - start);
  const limit = last.capacityBytes;
  const top = Math.max(1, limit ?? 0, ...samples.map(({ usedBytes }) => usedBytes));
  const x = (time: string) => EDGE + ((Date.parse(time) - start) / span) * (WIDTH - 2 * EDGE);
  const y = (bytes: number) => HEIGHT - EDGE - (bytes / top) * (HEIGHT - 2 * EDGE);
  const points = samples.map(({ time, usedBytes }) => `${x(time).toFixed(1)},${y(usedBytes).toFixed(1)}`).join(' ');
  const sentence = t('plotSentence', {
    count: samples.length,
    from: formatTime(first.time),
    to: formatTime(last.time),
    first: formatBytes(first.usedBytes),
    last: formatBytes(last.usedBytes),
  });
  return (
    <>
      <svg
        className={styles.plot}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={sentence}
        data-last={last.usedBytes}
      >
        <line className={styles.axis} x1={EDGE} x2={WIDTH - EDGE} y1={HEIGHT - EDGE} y2={HEIGHT - EDGE} />
        {limit !== undefined && (
          <line className={styles.limit} x1={EDGE} x2={WIDTH - EDGE} y1={y(limit)} y2={y(limit)} />
        )}
        <polyline className={styles.line} points={points} />
      </svg>
      <p>{sentence}</p>
      <details>
        <summary>{t('asTable')}</summary>
        <SimpleTable
          label={t('capacity')}
          titles={[t('time'), t('usedBytes'), t('value')]}
          rows={samples.slice(-ROWS).map(({ time, usedBytes }) => ({
            key: time,
            cells: [formatTime(time), formatBytes(usedBytes), t('bytesOf', { bytes: groupDigits(usedBytes) })],
          }))}
        />
      </details>
    </>
  );
}

import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { formatBytes } from '../format.ts';

/** Who has a layer: this manifest alone, others, too, or nobody here. */
export type Sharing = 'own' | 'shared' | 'absent';

export interface DrawnLayer {
  readonly size: number;
  readonly sharing: Sharing;
  readonly text: string;
}

const useStyles = makeStyles({
  bar: { display: 'flex', columnGap: '2px', height: '28px', marginBottom: '8px' },
  part: { minWidth: '3px', borderRadius: '2px', boxSizing: 'border-box', forcedColorAdjust: 'none' },
  own: { backgroundColor: tokens.colorBrandForeground1 },
  // Hatched, so that it is told apart without its colour, too.
  shared: {
    backgroundImage: `repeating-linear-gradient(45deg, ${tokens.colorPaletteMarigoldForeground2} 0 6px, ${tokens.colorNeutralBackground1} 6px 8px)`,
    border: `1px solid ${tokens.colorPaletteMarigoldForeground2}`,
  },
  absent: { border: `1px dashed ${tokens.colorNeutralStrokeAccessible}` },
});

/** Layers as parts of one bar, the lowest first; widths are bytes. The table below says the same. */
export function LayerBar({ layers, label }: { readonly layers: readonly DrawnLayer[]; readonly label: string }) {
  const styles = useStyles();
  return (
    <div className={styles.bar} role="img" aria-label={label}>
      {layers.map(({ size, sharing, text }, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a manifest may name the same layer twice, and never changes
          key={i}
          className={mergeClasses(styles.part, styles[sharing])}
          data-sharing={sharing}
          style={{ flexGrow: Math.max(1, size), flexBasis: 0 }}
          title={`${i + 1} · ${formatBytes(size)} · ${text}`}
        />
      ))}
    </div>
  );
}

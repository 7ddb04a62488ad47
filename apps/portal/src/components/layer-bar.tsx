import { makeStyles, tokens } from '@fluentui/react-components';
import type { Descriptor } from '../api/image.ts';
import { formatBytes } from '../format.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', columnGap: '2px', height: '28px', marginBottom: '8px' },
  part: { backgroundColor: tokens.colorBrandForeground1, minWidth: '3px', borderRadius: '2px' },
});

/** Layers as parts of one bar, the lowest first; widths are bytes. The table below says the same. */
export function LayerBar({ layers, label }: { readonly layers: readonly Descriptor[]; readonly label: string }) {
  const styles = useStyles();
  return (
    <div className={styles.bar} role="img" aria-label={label}>
      {layers.map((layer, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a manifest may name the same layer twice, and never changes
          key={i}
          className={styles.part}
          style={{ flexGrow: Math.max(1, Number(layer.size) || 0), flexBasis: 0 }}
          title={`${i + 1} · ${formatBytes(Number(layer.size) || 0)}`}
        />
      ))}
    </div>
  );
}

import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { Starting } from './starting.tsx';

const useStyles = makeStyles({
  scroller: { overflowX: 'auto' },
  table: { borderCollapse: 'collapse', width: '100%' },
  head: {
    textAlign: 'start',
    fontWeight: 600,
    padding: '8px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
    whiteSpace: 'nowrap',
  },
  cell: {
    padding: '8px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    verticalAlign: 'top',
    overflowWrap: 'anywhere',
  },
});

/** A table of few rows, which are not there yet while they are undefined; long lists have `VirtualGrid`. */
export function SimpleTable({
  label,
  titles,
  rows,
}: {
  readonly label: string;
  readonly titles: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[] | undefined;
}) {
  const styles = useStyles();
  if (!rows) return <Starting />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.scroller} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col" className={styles.head}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) => (
                <td key={titles[i]} className={styles.cell}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

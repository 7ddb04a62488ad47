import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: 'minmax(120px, max-content) minmax(0, 1fr)',
    gap: '6px 16px',
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere', minWidth: 0 },
});

export type Fact = readonly [name: string, value: ReactNode];

/** Names and values under each other; what is undefined is left out. */
export function Facts({ of }: { readonly of: readonly Fact[] }) {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {of
        .filter(([, value]) => value !== undefined && value !== '')
        .flatMap(([name, value]) => [
          <dt key={`${name} name`} className={styles.name}>
            {name}
          </dt>,
          <dd key={`${name} value`} className={styles.value}>
            {value}
          </dd>,
        ])}
    </dl>
  );
}

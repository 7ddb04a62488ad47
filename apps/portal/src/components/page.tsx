import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useEffect } from 'react';

const useStyles = makeStyles({
  page: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '16px',
    minWidth: 0,
    // Whatever comes later pushes nothing down: what is below it waits for it. See `Starting`.
    '& [aria-busy="true"] ~ *': { visibility: 'hidden' },
    '& > :has([aria-busy="true"]) ~ *': { visibility: 'hidden' },
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '8px 16px' },
  title: {
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero700,
    fontWeight: 600,
    margin: 0,
    overflowWrap: 'anywhere',
  },
  card: {
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    padding: '16px',
    minWidth: 0,
  },
  cardTitle: { fontSize: tokens.fontSizeBase400, fontWeight: 600, margin: '0 0 8px' },
});

/** A page with its one `h1`, which is also the tab's title. */
export function Page({
  title,
  place = '',
  actions,
  children,
}: {
  readonly title: string;
  /** Where the page belongs, for the tab's title. */
  readonly place?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const styles = useStyles();
  useEffect(() => {
    document.title = [title, place, 'Holdfast'].filter((part) => part !== '').join(' · ');
  }, [title, place]);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 className={styles.title}>{title}</h1>
        {actions}
      </div>
      {children}
    </div>
  );
}

export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const styles = useStyles();
  return (
    <section className={styles.card} aria-label={title}>
      <h2 className={styles.cardTitle}>{title}</h2>
      {children}
    </section>
  );
}

import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  link: {
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: 'none',
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, borderRadius: '2px' },
  },
});

interface PageLinkProps {
  /** A path of the portal, from its base on. */
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly className?: string;
  readonly tabIndex?: number;
  readonly current?: boolean;
  readonly children: ReactNode;
}

/** A link to a page of the portal whose path is put together of names. */
export function PageLink({ to, search = {}, className, tabIndex, current, children }: PageLinkProps) {
  const styles = useStyles();
  return (
    <Link
      to={to as '/'}
      search={search as never}
      className={mergeClasses(styles.link, className)}
      tabIndex={tabIndex}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </Link>
  );
}

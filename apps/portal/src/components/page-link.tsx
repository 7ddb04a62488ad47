import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { usePageAddress } from './page-address.ts';

const useStyles = makeStyles({
  link: {
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: 'none',
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, borderRadius: '2px' },
  },
  inText: { textDecorationLine: 'underline' },
});

interface PageLinkProps {
  /** A path of the portal, from its base on. */
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly className?: string;
  readonly tabIndex?: number;
  readonly current?: boolean;
  /** Within a sentence, where colour alone would not tell it apart. */
  readonly inText?: boolean;
  readonly children: ReactNode;
}

/** A link to a page of the portal whose path is put together of names. */
export function PageLink({ to, search, className, tabIndex, current, inText = false, children }: PageLinkProps) {
  const styles = useStyles();
  return (
    <a
      {...usePageAddress(to, search)}
      className={mergeClasses(styles.link, inText && styles.inText, className)}
      tabIndex={tabIndex}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  );
}

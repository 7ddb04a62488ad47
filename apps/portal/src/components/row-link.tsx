import { makeStyles, tokens } from '@fluentui/react-components';
import { usePageAddress } from './page-address.ts';

const useStyles = makeStyles({
  link: {
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: 'none',
    ':hover': { textDecorationLine: 'underline' },
  },
});

/** A link in a row of a long list: the grid has the focus. */
export function RowLink({ to, text }: { readonly to: string; readonly text: string }) {
  const styles = useStyles();
  return (
    <a {...usePageAddress(to)} tabIndex={-1} className={styles.link}>
      {text}
    </a>
  );
}

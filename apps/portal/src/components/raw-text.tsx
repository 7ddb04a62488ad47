import { makeStyles, tokens } from '@fluentui/react-components';

const useStyles = makeStyles({
  text: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground2,
    padding: '12px',
    margin: 0,
    overflow: 'auto',
    maxHeight: '420px',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
});

/** Bytes as they are, as text. */
export function RawText({ label, text }: { readonly label: string; readonly text: string }) {
  const styles = useStyles();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={styles.text}>
      {text}
    </section>
  );
}

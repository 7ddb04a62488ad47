import { makeStyles, tokens } from '@fluentui/react-components';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';

const useStyles = makeStyles({
  link: {
    color: tokens.colorBrandForegroundLink,
    textDecorationLine: 'none',
    ':hover': { textDecorationLine: 'underline' },
  },
});

/**
 * A link in a row of a long list. The router's own subscribes to where the browser is, and computes its address anew whenever
 * a row comes in sight: of hundreds a second that is most of the time there is.
 */
export function RowLink({ to, text }: { readonly to: string; readonly text: string }) {
  const styles = useStyles();
  const router = useRouter();
  const href = `${router.basepath.replace(/\/$/, '')}${encodeURI(to)}`;
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ to: to as '/' });
  };
  return (
    <a href={href} tabIndex={-1} className={styles.link} onClick={open}>
      {text}
    </a>
  );
}

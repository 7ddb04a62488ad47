import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useRef, useState } from 'react';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({
  line: { display: 'flex', alignItems: 'center', columnGap: '8px', minWidth: 0 },
  text: {
    fontFamily: tokens.fontFamilyMonospace,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
    flexGrow: 1,
    minWidth: 0,
  },
});

const SHOWN_MS = 2000;

/** A text to copy, whole, with its button. Without a clipboard the text is selected instead. */
export function CopyText({
  text,
  what,
  shown = text,
}: {
  readonly text: string;
  readonly what: string;
  readonly shown?: string;
}) {
  const styles = useStyles();
  const element = useRef<HTMLElement>(null);
  return (
    <span className={styles.line}>
      <code ref={element} className={styles.text} title={shown === text ? undefined : text}>
        {shown}
      </code>
      <CopyButton
        text={text}
        what={what}
        select={() => element.current && getSelection()?.selectAllChildren(element.current)}
      />
    </span>
  );
}

function CopyButton({ text, what, select }: { readonly text: string; readonly what: string; select(): void }) {
  const { t } = useLanguage();
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(t('copied'));
    } catch {
      select();
      setSaid(t('pressCopy'));
    }
    setTimeout(() => setSaid(''), SHOWN_MS);
  };
  return (
    <Button size="small" appearance="subtle" aria-label={t('copyOf', { what })} onClick={() => void copy()}>
      <span aria-live="polite">{said === '' ? t('copy') : said}</span>
    </Button>
  );
}

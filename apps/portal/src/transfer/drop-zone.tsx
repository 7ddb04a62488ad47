import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type DragEvent, useRef, useState } from 'react';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({
  zone: {
    border: `2px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    padding: '16px',
    display: 'flex',
    flexWrap: 'wrap',
    gap: '8px 16px',
    alignItems: 'center',
  },
  over: { border: `2px dashed ${tokens.colorCompoundBrandStroke}`, backgroundColor: tokens.colorNeutralBackground3 },
  hidden: { display: 'none' },
});

/** Takes files that are dropped on it, or chosen by its button. */
export function DropZone({
  text,
  label,
  multiple = false,
  take,
}: {
  readonly text: string;
  /** Of the button, where a page has several. */
  readonly label?: string;
  readonly multiple?: boolean;
  take(files: readonly File[]): void;
}) {
  const { t } = useLanguage();
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  return (
    <section
      aria-label={text}
      className={mergeClasses(styles.zone, over && styles.over)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span>{text}</span>
      <Button aria-label={label} onClick={() => input.current?.click()}>
        {t('chooseFiles')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple={multiple}
        className={styles.hidden}
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = ''; // the same file may be chosen once more
        }}
      />
    </section>
  );
}

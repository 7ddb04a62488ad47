import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, useId } from 'react';

const useStyles = makeStyles({
  list: {
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: '4px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  tab: {
    font: 'inherit',
    color: tokens.colorNeutralForeground1,
    backgroundColor: 'transparent',
    border: 'none',
    borderBottom: '3px solid transparent',
    padding: '6px 10px',
    cursor: 'pointer',
    ':hover': { borderBottomColor: tokens.colorNeutralStroke1 },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  chosen: { fontWeight: 600, borderBottomColor: tokens.colorCompoundBrandStroke },
});

/**
 * Tabs of which one is chosen; arrow keys go to the next. Fluent's own puts focusable elements that are hidden from screen
 * readers around its list, which axe reports as serious.
 */
export function Choices({
  label,
  of,
  chosen,
  choose,
}: {
  readonly label: string;
  readonly of: readonly { readonly value: string; readonly text: string }[];
  readonly chosen: string | undefined;
  choose(value: string): void;
}) {
  const styles = useStyles();
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = of.findIndex(({ value }) => value === chosen);
    const next = of[(at + step + of.length) % of.length];
    if (!next) return;
    event.preventDefault();
    choose(next.value);
    document.getElementById(`${id}-${next.value}`)?.focus();
  };
  return (
    <div className={styles.list} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {of.map(({ value, text }) => (
        <button
          key={value}
          id={`${id}-${value}`}
          type="button"
          role="tab"
          className={mergeClasses(styles.tab, value === chosen && styles.chosen)}
          aria-selected={value === chosen}
          tabIndex={value === chosen ? 0 : -1}
          onClick={() => choose(value)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

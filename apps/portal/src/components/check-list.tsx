import { Checkbox, makeStyles } from '@fluentui/react-components';

const useStyles = makeStyles({
  list: { border: 'none', margin: 0, padding: 0, minWidth: 0 },
  label: { padding: 0 },
});

/** Some of a few words, each with its box. No Fluent `Field`: that gives every box in it one and the same id. */
export function CheckList({
  label,
  of,
  chosen,
  choose,
}: {
  readonly label: string;
  readonly of: readonly string[];
  readonly chosen: readonly string[];
  choose(chosen: string[]): void;
}) {
  const styles = useStyles();
  return (
    <fieldset className={styles.list}>
      <legend className={styles.label}>{label}</legend>
      {of.map((word) => (
        <Checkbox
          key={word}
          label={word}
          checked={chosen.includes(word)}
          onChange={() => choose(of.filter((one) => chosen.includes(one) !== (one === word)))}
        />
      ))}
    </fieldset>
  );
}

import { Checkbox, Field } from '@fluentui/react-components';

/** Some of a few words, each with its box. */
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
  return (
    <Field label={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset within Fluent's field would have two names */}
      <div role="group" aria-label={label}>
        {of.map((word) => (
          <Checkbox
            key={word}
            label={word}
            checked={chosen.includes(word)}
            onChange={(_, { checked }) =>
              choose(of.filter((one) => (one === word ? checked === true : chosen.includes(one))))
            }
          />
        ))}
      </div>
    </Field>
  );
}

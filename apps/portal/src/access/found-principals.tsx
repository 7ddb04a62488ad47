import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { type Principal, usePrincipals } from './principals.ts';

/** Whom the directory knows by the beginning of a name, to choose one of. */
export function FoundPrincipals({
  text,
  who,
  choose,
}: {
  readonly text: string;
  readonly who: Principal | undefined;
  choose(principal: Principal): void;
}) {
  const { t } = useLanguage();
  const found = usePrincipals(text.trim());
  if (found.error) return <Problem error={found.error} />;
  if (!found.data) return null;
  if (found.data.length === 0) return <p>{t('noMatch', { text })}</p>;
  return (
    <Field label={t('principal')}>
      <RadioGroup
        value={who?.id ?? ''}
        onChange={(_, { value }) => {
          const principal = found.data.find(({ id }) => id === value);
          if (principal) choose(principal);
        }}
      >
        {found.data.map(({ id, name, type }) => (
          <Radio key={id} value={id} label={`${name} (${type})`} />
        ))}
      </RadioGroup>
    </Field>
  );
}

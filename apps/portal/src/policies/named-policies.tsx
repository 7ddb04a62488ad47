import { Button } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { Confirmed } from '../components/confirmed.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';

const NEW = '';

/** A list of policies that have names, with the form of the one that is opened. */
export function NamedPolicies<
  P extends {
    readonly id: string;
    readonly name: string;
    readonly properties: { readonly status: string; readonly repositories: readonly string[] };
  },
>({
  title,
  text,
  create,
  policies,
  error,
  pending,
  says,
  remove,
  form,
}: {
  readonly title: string;
  readonly text: string;
  readonly create: string;
  readonly policies: readonly P[] | undefined;
  readonly error: Error | null;
  readonly pending: boolean;
  /** What the policy says, in a few words. */
  readonly says: (policy: P) => string;
  remove(name: string): void;
  readonly form: (policy: P | undefined, done: () => void) => ReactNode;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [opened, setOpened] = useState<string>();
  const policy = policies?.find(({ name }) => name === opened);
  return (
    <Card title={title}>
      <p>{text}</p>
      {error && <Problem error={error} />}
      {policies !== undefined && policies.length > 0 && (
        <SimpleTable
          label={title}
          titles={[t('name'), t('status'), t('repositories'), t('rule'), t('what')]}
          rows={policies.map((one) => ({
            key: one.id,
            cells: [
              one.name,
              t(one.properties.status === 'enabled' ? 'enabled' : 'disabled'),
              one.properties.repositories.join(', '),
              says(one),
              <span key="deeds" className={styles.tools}>
                <Button size="small" aria-label={t('editOf', { what: one.name })} onClick={() => setOpened(one.name)}>
                  {t('edit')}
                </Button>
                <Confirmed
                  text={t('delete')}
                  label={t('deleteOf', { what: one.name })}
                  consequence={t('policyGone', { name: one.name })}
                  pending={pending}
                  act={() => remove(one.name)}
                />
              </span>,
            ],
          }))}
        />
      )}
      <p>
        <Button aria-expanded={opened === NEW} onClick={() => setOpened(opened === NEW ? undefined : NEW)}>
          {create}
        </Button>
      </p>
      {opened !== undefined && <div key={opened}>{form(policy, () => setOpened(undefined))}</div>}
    </Card>
  );
}

import { Button, Field, Input, MessageBar, MessageBarBody, Switch } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import type { RegistryResource } from '../api/registries.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { CleanUpPreview } from './clean-up-preview.tsx';
import { QuarantinePreview } from './quarantine-preview.tsx';
import { type Settings, useChange } from './settings.ts';

interface Props {
  readonly resource: RegistryResource;
  readonly settings: Settings;
}

const word = (on: boolean) => (on ? 'enabled' : 'disabled');

/** One policy: a switch, what it means, what it would do now, and the button that makes it so. */
function Policy({
  title,
  text,
  resource,
  on,
  properties,
  numbers,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly resource: RegistryResource;
  readonly on: boolean;
  /** What is sent, by what was chosen. */
  readonly properties: (on: boolean, days: number) => object;
  readonly numbers?: { readonly label: string; readonly value: number };
  /** What it would do, drawn before it is saved. */
  readonly children?: (days: number) => ReactNode;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [chosen, setChosen] = useState(on);
  const [days, setDays] = useState(String(numbers?.value ?? 0));
  const [looking, setLooking] = useState(false);
  const change = useChange(resource);
  return (
    <Card title={title}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(properties(chosen, Number(days)));
        }}
      >
        <p>{text}</p>
        <Switch label={title} checked={chosen} onChange={(_, { checked }) => setChosen(checked)} />
        {numbers && (
          <Field label={numbers.label}>
            <Input type="number" min={0} value={days} onChange={(_, { value }) => setDays(value)} />
          </Field>
        )}
        {change.error && <Problem error={change.error} />}
        {change.isSuccess && (
          <MessageBar intent="success">
            <MessageBarBody>{t('saved')}</MessageBarBody>
          </MessageBar>
        )}
        <div className={styles.tools}>
          {children && (
            <Button aria-expanded={looking} onClick={() => setLooking(!looking)}>
              {t('previewIt')}
            </Button>
          )}
          <Button type="submit" appearance="primary" disabledFocusable={change.isPending}>
            {t('save')}
          </Button>
        </div>
      </form>
      {looking && children?.(Number(days))}
    </Card>
  );
}

export function Switches({ resource, settings }: Props) {
  const { t } = useLanguage();
  const { quarantinePolicy, retentionPolicy, softDeletePolicy } = settings.policies;
  const policies = (value: object) => ({ policies: value });
  return (
    <>
      <Policy
        title={t('quarantine')}
        text={t('quarantineText')}
        resource={resource}
        on={quarantinePolicy.status === 'enabled'}
        properties={(on) => policies({ quarantinePolicy: { status: word(on) } })}
      >
        {() => <QuarantinePreview resource={resource} />}
      </Policy>
      <Policy
        title={t('retention')}
        text={t('retentionText')}
        resource={resource}
        on={retentionPolicy.status === 'enabled'}
        numbers={{ label: t('untaggedDays'), value: retentionPolicy.days }}
        properties={(on, days) => policies({ retentionPolicy: { status: word(on), days } })}
      >
        {(days) => <CleanUpPreview resource={resource} definition={{ repositories: ['*'], untagged: { days } }} />}
      </Policy>
      <Policy
        title={t('softDelete')}
        text={t('softDeleteText')}
        resource={resource}
        on={softDeletePolicy.status === 'enabled'}
        numbers={{ label: t('softDeleteDays'), value: softDeletePolicy.retentionDays }}
        properties={(on, retentionDays) => policies({ softDeletePolicy: { status: word(on), retentionDays } })}
      />
      <Policy
        title={t('anonymousPull')}
        text={t('anonymousPullText')}
        resource={resource}
        on={settings.anonymousPullEnabled}
        properties={(on) => ({ anonymousPullEnabled: on })}
      />
    </>
  );
}

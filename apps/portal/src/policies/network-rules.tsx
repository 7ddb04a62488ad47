import { Button, Field, MessageBar, MessageBarBody, Select, Textarea } from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import type { RegistryResource } from '../api/registries.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { linesOf } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { type Settings, useChange } from './settings.ts';

/** From where the registry's content may be reached. What follows is said while it is typed. */
export function NetworkRules({
  resource,
  settings,
}: {
  readonly resource: RegistryResource;
  readonly settings: Settings;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { networkRuleSet } = settings;
  const [action, setAction] = useState<string>(networkRuleSet.defaultAction);
  const [text, setText] = useState(networkRuleSet.ipRules.map(({ value }) => value).join('\n'));
  const change = useChange(resource);
  const addresses = linesOf(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const ipRules = addresses.map((value) => ({ action: 'Allow', value }));
    change.mutate({ networkRuleSet: { defaultAction: action, ipRules } });
  };
  const follows = action === 'Allow' ? 'rulesAllow' : addresses.length === 0 ? 'rulesNobody' : 'rulesDeny';
  return (
    <Card title={t('networkRules')}>
      <form className={styles.form} onSubmit={submit}>
        <Field label={t('everyoneElse')}>
          <Select value={action} onChange={(_, { value }) => setAction(value)}>
            <option value="Allow">{t('letIn')}</option>
            <option value="Deny">{t('refuseThem')}</option>
          </Select>
        </Field>
        <Field label={t('addresses')} hint={t('addressesHint')}>
          <Textarea value={text} onChange={(_, { value }) => setText(value)} />
        </Field>
        <MessageBar intent={follows === 'rulesNobody' ? 'warning' : 'info'} layout="multiline">
          <MessageBarBody>{t(follows, { count: addresses.length })}</MessageBarBody>
        </MessageBar>
        {change.error && <Problem error={change.error} />}
        {change.isSuccess && (
          <MessageBar intent="success">
            <MessageBarBody>{t('saved')}</MessageBarBody>
          </MessageBar>
        )}
        <div className={styles.tools}>
          <Button type="submit" appearance="primary" disabledFocusable={change.isPending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

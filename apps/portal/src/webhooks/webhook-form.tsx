import { Button, Field, Input, Textarea } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CheckList } from '../components/check-list.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { atHook, HOOK_ACTIONS, headersOf, hooksKey, WEBHOOK, type Webhook } from './webhooks.ts';

/** A new webhook, or changes of one. What it sends where is secret: an empty field leaves that as it is. */
export function WebhookForm({
  resource,
  hook,
  done,
}: {
  readonly resource: RegistryResource;
  readonly hook?: Webhook;
  done(name: string): void;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [name, setName] = useState(hook?.name ?? '');
  const [serviceUri, setServiceUri] = useState('');
  const [headers, setHeaders] = useState('');
  const [scope, setScope] = useState(hook?.properties.scope ?? '');
  const [actions, setActions] = useState<string[]>(hook?.properties.actions ?? ['push']);
  const save = useSave(resource, hook, done);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const target = {
      ...(serviceUri === '' ? {} : { serviceUri }),
      ...(headers.trim() === '' ? {} : { customHeaders: headersOf(headers) }),
    };
    save.mutate({ name, properties: { scope, actions, ...target } });
  };
  const keep = hook ? ` ${t('keepEmpty')}` : '';
  return (
    <form className={styles.form} onSubmit={submit}>
      {!hook && (
        <Field label={t('hookName')} hint={t('nameRule')} required>
          <Input value={name} onChange={(_, { value }) => setName(value.trim())} />
        </Field>
      )}
      <Field label={t('serviceUri')} hint={`${t('serviceUriHint')}.${keep}`} required={!hook}>
        <Input value={serviceUri} onChange={(_, { value }) => setServiceUri(value.trim())} autoComplete="off" />
      </Field>
      <Field label={t('headers')} hint={`${t('headersHint')}${keep}`}>
        <Textarea value={headers} onChange={(_, { value }) => setHeaders(value)} autoComplete="off" />
      </Field>
      <Field label={t('hookScope')} hint={t('hookScopeHint')}>
        <Input value={scope} onChange={(_, { value }) => setScope(value.trim())} />
      </Field>
      <CheckList label={t('hookActions')} of={HOOK_ACTIONS} chosen={actions} choose={setActions} />
      {save.error && <Problem error={save.error} />}
      <div className={styles.tools}>
        <Button type="submit" appearance="primary" disabledFocusable={save.isPending}>
          {t(hook ? 'save' : 'create')}
        </Button>
      </div>
    </form>
  );
}

function useSave(resource: RegistryResource, hook: Webhook | undefined, done: (name: string) => void) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, properties }: { readonly name: string; readonly properties: object }) => {
      const params = atHook(resource, name);
      if (hook) await answered(management.PATCH(WEBHOOK, { params, body: { properties } }));
      else {
        const body = { location: resource.location, properties: { status: 'enabled', ...properties } };
        await answered(management.PUT(WEBHOOK, { params, body }));
      }
      await queries.invalidateQueries({ queryKey: hooksKey(resource) });
      return name;
    },
    onSuccess: done,
  });
}

import { Button } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { Facts } from '../components/facts.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { atHook, hooksKey, WEBHOOK, type Webhook } from './webhooks.ts';

/** One webhook: what it is, and all that can be done with it. */
export function WebhookCard({ resource, hook }: { readonly resource: RegistryResource; readonly hook: Webhook }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [editing, setEditing] = useState(false);
  const { turn, remove } = useDeeds(resource, hook);
  const on = hook.properties.status === 'enabled';
  const error = turn.error ?? remove.error;
  return (
    <Card title={hook.name}>
      <div className={styles.tools}>
        <Button size="small" aria-expanded={editing} onClick={() => setEditing(!editing)}>
          {t('edit')}
        </Button>
        <Button size="small" onClick={() => turn.mutate(!on)} disabledFocusable={turn.isPending}>
          {t(on ? 'disable' : 'enable')}
        </Button>
        <Confirmed
          text={t('delete')}
          consequence={t('hookGone', { name: hook.name })}
          pending={remove.isPending}
          act={() => remove.mutate()}
        />
      </div>
      {error && <Problem error={error} />}
      <Facts
        of={[
          [t('status'), t(on ? 'enabled' : 'disabled')],
          [t('scope'), hook.properties.scope],
          [t('actions'), hook.properties.actions.join(', ')],
        ]}
      />
      <Target resource={resource} hook={hook.name} />
      {editing && <WebhookForm resource={resource} hook={hook} done={() => setEditing(false)} />}
    </Card>
  );
}

function useDeeds(resource: RegistryResource, hook: Webhook) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const params = atHook(resource, hook.name);
  const again = () => queries.invalidateQueries({ queryKey: hooksKey(resource) });
  const turn = useMutation({
    mutationFn: (on: boolean) => {
      const body = { properties: { status: on ? 'enabled' : 'disabled' } };
      return answered(management.PATCH(WEBHOOK, { params, body }));
    },
    onSuccess: again,
  });
  const remove = useMutation({
    mutationFn: async () => {
      await answered(management.DELETE(WEBHOOK, { params }));
      await navigate({ to: `/r/${resource.name}/webhooks` as '/' });
      await again();
    },
  });
  return { turn, remove };
}

/** Kept by the component alone: what was shown is gone with the page. */
function Target({ resource, hook }: { readonly resource: RegistryResource; readonly hook: string }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const show = useMutation({
    gcTime: 0,
    mutationFn: () => answered(management.POST(`${WEBHOOK}/getCallbackConfig`, { params: atHook(resource, hook) })),
  });
  if (!show.data) {
    return (
      <>
        <p>{t('targetSecret')}</p>
        {show.error && <Problem error={show.error} />}
        <Button size="small" onClick={() => show.mutate()} disabledFocusable={show.isPending}>
          {t('showTarget')}
        </Button>
      </>
    );
  }
  const { serviceUri, customHeaders } = show.data;
  return <Facts of={[[t('serviceUri'), serviceUri], ...Object.entries(customHeaders)]} />;
}

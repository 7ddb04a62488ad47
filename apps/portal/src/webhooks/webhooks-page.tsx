import { Button } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { RegistryResource } from '../api/registries.ts';
import { Card } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';
import { WebhookCard } from './webhook-card.tsx';
import { WebhookEvents } from './webhook-events.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { useWebhooks } from './webhooks.ts';

export function WebhooksPage() {
  return <NeedsResource title="webhooks">{(resource) => <Webhooks resource={resource} />}</NeedsResource>;
}

function Webhooks({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { hook: chosen } = useParams({ strict: false }) as { hook?: string };
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const { data, error } = useWebhooks(resource);
  if (error) return <Problem error={error} />;
  const hook = data?.find(({ name }) => name.toLowerCase() === chosen?.toLowerCase());
  const made = (name: string) => {
    setAdding(false);
    void navigate({ to: `/r/${resource.name}/webhooks/${name}` as '/' });
  };
  return (
    <>
      <div>
        <Button appearance="primary" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          {t('createHook')}
        </Button>
      </div>
      {adding && (
        <Card title={t('createHook')}>
          <WebhookForm resource={resource} done={made} />
        </Card>
      )}
      {data?.length === 0 && <p>{t('noHooks')}</p>}
      {data !== undefined && data.length > 0 && (
        <SimpleTable
          label={t('webhooks')}
          titles={[t('name'), t('status'), t('scope'), t('actions')]}
          rows={data.map(({ id, name, properties }) => ({
            key: id,
            cells: [
              <PageLink key="name" to={`/r/${resource.name}/webhooks/${name}`}>
                {name}
              </PageLink>,
              t(properties.status === 'enabled' ? 'enabled' : 'disabled'),
              properties.scope ?? '',
              properties.actions.join(', '),
            ],
          }))}
        />
      )}
      {hook && (
        <>
          <WebhookCard key={hook.id} resource={resource} hook={hook} />
          <WebhookEvents resource={resource} hook={hook.name} />
        </>
      )}
    </>
  );
}

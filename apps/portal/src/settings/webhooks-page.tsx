import { Button, makeStyles } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Card } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';

const useStyles = makeStyles({ tools: { display: 'flex', gap: '8px', marginBottom: '8px' } });

export function WebhooksPage() {
  const { hook } = useParams({ strict: false }) as { hook?: string };
  return (
    <NeedsResource title="webhooks">
      {(resource) => (
        <>
          <Webhooks resource={resource} />
          {hook !== undefined && <Events resource={resource} hook={hook} />}
        </>
      )}
    </NeedsResource>
  );
}

function Webhooks({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const { data, error } = useQuery({
    queryKey: ['webhooks', resource.id],
    queryFn: () => answered(management.GET(`${REGISTRY}/webhooks`, { params: at(resource) })),
  });
  if (error) return <Problem error={error} />;
  if (data?.value.length === 0) return <p>{t('noHooks')}</p>;
  return (
    <SimpleTable
      label={t('webhooks')}
      titles={[t('name'), t('status'), t('scope'), t('actions')]}
      rows={(data?.value ?? []).map(({ id, name, properties }) => ({
        key: id,
        cells: [
          <PageLink key="name" to={`/r/${resource.name}/webhooks/${name}`}>
            {name}
          </PageLink>,
          properties.status,
          properties.scope ?? '',
          properties.actions.join(', '),
        ],
      }))}
    />
  );
}

function Events({ resource, hook }: { readonly resource: RegistryResource; readonly hook: string }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const base = at(resource);
  const params = { ...base, path: { ...base.path, webhook: hook } };
  const key = ['events', resource.id, hook];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => answered(management.POST(`${REGISTRY}/webhooks/{webhook}/listEvents`, { params })),
  });
  const again = () => queries.invalidateQueries({ queryKey: key });
  const ping = useMutation({
    mutationFn: () => answered(management.POST(`${REGISTRY}/webhooks/{webhook}/ping`, { params })),
    onSuccess: again,
  });
  const replay = useMutation({
    mutationFn: (id: string) =>
      answered(management.POST(`${REGISTRY}/webhooks/{webhook}/replayEvents`, { params, body: { eventIds: [id] } })),
    onSuccess: again,
  });
  const problem = error ?? ping.error ?? replay.error;
  return (
    <Card title={t('events', { name: hook })}>
      <div className={styles.tools}>
        <Button onClick={() => ping.mutate()}>{t('ping')}</Button>
        <Button onClick={() => void refetch()}>{t('runAgain')}</Button>
      </div>
      {problem && <Problem error={problem} />}
      {data?.value.length === 0 && <p>{t('noEvents')}</p>}
      {data !== undefined && data.value.length > 0 && (
        <SimpleTable
          label={t('events', { name: hook })}
          titles={['ID', t('what'), t('state'), t('attempts'), t('answer'), t('replay')]}
          rows={data.value.map(({ id, state, attempts, eventRequestMessage, eventResponseMessage }) => ({
            key: id,
            cells: [
              id,
              String((eventRequestMessage?.content as { action?: string } | undefined)?.action ?? ''),
              state ?? '',
              attempts ?? 0,
              String(eventResponseMessage?.statusCode ?? ''),
              <Button key="replay" size="small" onClick={() => replay.mutate(id)}>
                {t('replay')}
              </Button>,
            ],
          }))}
        />
      )}
    </Card>
  );
}

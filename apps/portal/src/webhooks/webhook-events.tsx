import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { atHook, WEBHOOK } from './webhooks.ts';

/** What was sent and what became of it; one that is over, or all that gave up, once more. */
export function WebhookEvents({ resource, hook }: { readonly resource: RegistryResource; readonly hook: string }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const params = atHook(resource, hook);
  const key = ['events', resource.id, hook];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => answered(management.POST(`${WEBHOOK}/listEvents`, { params })),
  });
  const again = () => queries.invalidateQueries({ queryKey: key });
  const ping = useMutation({
    mutationFn: () => answered(management.POST(`${WEBHOOK}/ping`, { params })),
    onSuccess: again,
  });
  const replay = useMutation({
    mutationFn: (event: string | undefined) =>
      answered(management.POST(`${WEBHOOK}/replayEvents`, { params, body: event === undefined ? {} : { event } })),
    onSuccess: again,
  });
  const problem = error ?? ping.error ?? replay.error;
  const title = t('events', { name: hook });
  return (
    <Card title={title}>
      <div className={styles.tools}>
        <Button onClick={() => ping.mutate()}>{t('ping')}</Button>
        <Button onClick={() => replay.mutate(undefined)}>{t('replayDead')}</Button>
        <Button onClick={() => void refetch()}>{t('runAgain')}</Button>
      </div>
      {problem && <Problem error={problem} />}
      {replay.data && (
        <MessageBar intent="success">
          <MessageBarBody>{t('replayed', { count: replay.data.replayed })}</MessageBarBody>
        </MessageBar>
      )}
      {data?.value.length === 0 && <p>{t('noEvents')}</p>}
      {data !== undefined && data.value.length > 0 && (
        <SimpleTable
          label={title}
          titles={['ID', t('what'), t('state'), t('attempts'), t('answer'), t('replay')]}
          rows={data.value.map(({ id, state, attempts, eventRequestMessage, eventResponseMessage }) => ({
            key: id,
            cells: [
              id,
              String((eventRequestMessage?.content as { action?: string } | undefined)?.action ?? ''),
              state ?? '',
              attempts ?? 0,
              String(eventResponseMessage?.statusCode ?? ''),
              <Button
                key="replay"
                size="small"
                aria-label={t('replayOf', { id })}
                onClick={() => replay.mutate(id)}
                disabledFocusable={replay.isPending}
              >
                {t('replay')}
              </Button>,
            ],
          }))}
        />
      )}
    </Card>
  );
}

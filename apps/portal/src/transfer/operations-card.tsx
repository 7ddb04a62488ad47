import { Button, ProgressBar } from '@fluentui/react-components';
import { useEffect } from 'react';
import { answered } from '../api/refusal.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, formatShare, formatTime } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { TEXTS, type TextKey } from '../language/texts.ts';
import { numberRanges } from './media.ts';
import { isRunning, type Operation, useOperations, useStationDeed } from './station.ts';

const SHOWN = 20;
const MOST_TAGS = 20;

/** In the language of the page; a word that this page does not know stays as the server says it. */
export function word(t: Translate, kind: string, value: string): string {
  const key = `${kind}_${value}`;
  return Object.hasOwn(TEXTS, key) ? t(key as TextKey) : value;
}

/** What is under way and what was done lately; of one bundle, if one is named. Progress stands in the tab's title, too. */
export function OperationsCard({ registry, bundle }: { readonly registry: string; readonly bundle?: string }) {
  const { t } = useLanguage();
  const { data, error } = useOperations(registry);
  const cancel = useStationDeed(registry, 'write', (api, id: string) =>
    answered(api.DELETE('/holdfast/v1/_operations/{id}', { params: { path: { id } } })),
  );
  const shown = (data ?? []).filter((one) => bundle === undefined || one.bundle === bundle).slice(0, SHOWN);
  const running = shown.find(isRunning);
  useTitleProgress(running && `${shareOf(running)} · ${word(t, 'operation', running.kind)}`);
  return (
    <Card title={t('operations')}>
      {error && <Problem error={error} registry={registry} />}
      {cancel.error && <Problem error={cancel.error} />}
      {data && shown.length === 0 && <p>{t('noOperations')}</p>}
      {shown.length > 0 && (
        <SimpleTable
          label={t('operations')}
          titles={[t('what'), t('state'), t('finding'), t('time'), t('cancel')]}
          rows={shown.map((one) => ({
            key: one.id,
            cells: [
              word(t, 'operation', one.kind),
              word(t, 'state', isIncomplete(one) ? 'incomplete' : one.state),
              <Standing key="standing" of={one} />,
              formatTime(one.startedAt),
              isRunning(one) ? (
                <Button key="cancel" size="small" onClick={() => cancel.mutate(one.id)}>
                  {t('cancel')}
                </Button>
              ) : (
                '—'
              ),
            ],
          }))}
        />
      )}
    </Card>
  );
}

function shareOf({ progress }: Operation): string {
  return progress?.total === undefined ? '…' : formatShare(progress.done, progress.total);
}

/** An apply that lacked something has ended, too, and changed nothing. */
const isIncomplete = ({ result }: Operation): boolean => result?.state === 'incomplete';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What came of it, as far as it is known here. */
function resultText(result: Operation['result'], t: Translate): string {
  if (result?.state === 'incomplete') {
    const volumes = numberRanges(listOf(result.missingVolumes).map(Number)) || '—';
    return t('lacking', { volumes, count: listOf(result.lacks).length });
  }
  const tags = listOf(result?.tags).slice(0, MOST_TAGS).map(String);
  if (tags.length > 0) return t('tagsMoved', { tags: tags.join(', ') });
  return typeof result?.volumes === 'number' ? t('volumesMade', { count: result.volumes }) : '—';
}

function Standing({ of: { kind, state, progress, error, result } }: { readonly of: Operation }) {
  const { t } = useLanguage();
  if (error) return <>{error.message}</>;
  if (state !== 'running') return <>{resultText(result, t)}</>;
  const { step = 'waiting', done = 0, total } = progress ?? {};
  const value = total === undefined || total === 0 ? undefined : done / total;
  return (
    <>
      <ProgressBar aria-label={word(t, 'operation', kind)} {...(value === undefined ? {} : { value })} />
      {word(t, 'step', step)}
      {total === undefined ? '' : ` · ${t('operationState', { done: formatBytes(done), total: formatBytes(total) })}`}
    </>
  );
}

/** While something is under way. */
function useTitleProgress(text: string | undefined): void {
  useEffect(() => {
    if (text === undefined) return;
    const before = document.title;
    document.title = `${text} · ${before}`;
    return () => {
      document.title = before;
    };
  }, [text]);
}

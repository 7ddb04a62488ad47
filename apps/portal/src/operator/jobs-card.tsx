import { Button } from '@fluentui/react-components';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { ADMIN, type SitePlace, useJobs, useSiteChange } from './site.ts';

const STATES = { paused: 'jobPaused', pausing: 'jobPausing', running: 'jobRunning', waiting: 'jobWaiting' } as const;

/** What the site does by itself: when next, what failed, and the two deeds an operator has. */
export function JobsCard({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const { management } = usePlanes();
  const { data, error, refetch } = useJobs(place);
  const change = useSiteChange(({ job, deed }: { readonly job: string; readonly deed: 'pause' | 'resume' | 'run' }) =>
    answered(management.POST(`${ADMIN}/jobs/{job}/${deed}`, { params: { ...place, path: { ...place.path, job } } })),
  );
  const problem = error ?? change.error;
  const button = (job: string, deed: 'pause' | 'resume' | 'run', text: 'pause' | 'resumeJob' | 'runNow') => (
    <Button
      size="small"
      aria-label={`${t(text)} ${job}`}
      onClick={() => change.mutate({ job, deed })}
      disabledFocusable={change.isPending}
    >
      {t(text)}
    </Button>
  );
  return (
    <Card title={t('jobs')}>
      {problem && <Problem error={problem} />}
      <div className={styles.tools}>
        <Button onClick={() => void refetch()}>{t('runAgain')}</Button>
      </div>
      <SimpleTable
        label={t('jobs')}
        titles={[t('name'), t('state'), t('nextRun'), t('lastError'), t('what')]}
        rows={(data ?? (error ? [] : undefined))?.map(({ id, name, properties }) => {
          const job = name.slice(name.indexOf('/') + 1);
          const { state, nextRun, lastError } = properties;
          return {
            key: id,
            cells: [
              job,
              t(STATES[state as keyof typeof STATES]),
              formatTime(nextRun),
              lastError ?? '',
              <span key="deeds" className={styles.tools}>
                {state.startsWith('paus') ? button(job, 'resume', 'resumeJob') : button(job, 'pause', 'pause')}
                {button(job, 'run', 'runNow')}
              </span>,
            ],
          };
        })}
      />
    </Card>
  );
}

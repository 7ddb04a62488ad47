import { useQuery } from '@tanstack/react-query';
import type { Planes } from '../api/planes.ts';
import { answered, Refusal } from '../api/refusal.ts';
import { listSubscriptions } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { RawText } from '../components/raw-text.tsx';
import { useLanguage } from '../language/language.tsx';
import type { TextKey } from '../language/texts.ts';

const ADMIN = '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Admin/locations/{location}' as const;
const PARTS: readonly (readonly ['capacities' | 'registries' | 'quotas', TextKey])[] = [
  ['capacities', 'capacity'],
  ['registries', 'allRegistries'],
  ['quotas', 'quotas'],
];

/** What the operator's resource manager tells; undefined for everybody else. */
async function readSite(planes: Planes) {
  const location = planes.settings.loginServerSuffix.split('.')[2] ?? '';
  for (const { subscriptionId: subscription } of await listSubscriptions(planes)) {
    const params = { path: { subscription, location }, query: { 'api-version': '2019-11-01-preview' } };
    try {
      const answers = await Promise.all(
        PARTS.map(([part]) => answered(planes.management.GET(`${ADMIN}/${part}`, { params }))),
      );
      return PARTS.map(([, title], i) => ({ title, values: answers[i]?.value ?? [] }));
    } catch (error) {
      if (!(error instanceof Refusal) || ![403, 404].includes(error.status)) throw error;
    }
  }
  return null;
}

export function OperatorPage() {
  const { t } = useLanguage();
  const planes = usePlanes();
  const { data, error, isPending } = useQuery({ queryKey: ['site'], queryFn: () => readSite(planes) });
  return (
    <Page title={t('operator')}>
      {error && <Problem error={error} />}
      {isPending && <p>{t('starting')}…</p>}
      {data === null && (
        <p>
          {t('operatorNone')}{' '}
          <PageLink inText to="/registries">
            {t('home')}
          </PageLink>
        </p>
      )}
      {data?.map(({ title, values }) => (
        <Card key={title} title={t(title)}>
          <RawText label={t(title)} text={JSON.stringify(values, undefined, 2)} />
        </Card>
      ))}
    </Page>
  );
}

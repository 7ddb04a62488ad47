import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { CapacityCard } from './capacity-card.tsx';
import { CertificatesCard } from './certificates-card.tsx';
import { HealthCard } from './health-card.tsx';
import { JobsCard } from './jobs-card.tsx';
import { QuotasCard } from './quotas-card.tsx';
import { type SitePlace, useSite, useSiteRegistries } from './site.ts';

/** What the operator's resource manager tells and takes; nothing for everybody else. */
export function OperatorPage() {
  const { t } = useLanguage();
  const { data: place, error, isPending } = useSite();
  return (
    <Page title={t('operator')}>
      {error && <Problem error={error} />}
      {isPending && <Starting />}
      {place === null && (
        <p>
          {t('operatorNone')}{' '}
          <PageLink inText to="/registries">
            {t('home')}
          </PageLink>
        </p>
      )}
      {place && (
        <>
          <CapacityCard place={place} />
          <HealthCard place={place} />
          <SiteRegistries place={place} />
          <QuotasCard place={place} />
          <JobsCard place={place} />
          <CertificatesCard place={place} />
        </>
      )}
    </Page>
  );
}

function SiteRegistries({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const { data, error } = useSiteRegistries(place);
  return (
    <Card title={t('allRegistries')}>
      {error && <Problem error={error} />}
      <SimpleTable
        label={t('allRegistries')}
        titles={[t('name'), t('usage'), t('subscription'), t('group'), t('created')]}
        rows={(data ?? (error ? [] : undefined))?.map(({ id, properties }) => ({
          key: id,
          cells: [
            properties.name,
            formatBytes(properties.registrySizeInBytes),
            properties.subscriptionId,
            properties.resourceGroup,
            formatTime(properties.creationDate),
          ],
        }))}
      />
    </Card>
  );
}

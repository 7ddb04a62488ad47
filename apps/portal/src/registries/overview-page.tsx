import { MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { useParams } from '@tanstack/react-router';
import { useRepositories } from '../api/content.ts';
import { useRegistry, useUsage } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { UsageRing } from '../components/usage-ring.tsx';
import { formatBytes, formatTime, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';
import { Commands } from './commands.tsx';
import { RegistryLocks } from './registry-locks.tsx';

const SHOWN_REPOSITORIES = 8;

const useStyles = makeStyles({
  cards: { display: 'grid', gap: '16px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))' },
  ring: { minHeight: '170px' },
});

export function OverviewPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const styles = useStyles();
  const { settings } = usePlanes();
  const { resource, isPending, error } = useRegistry(registry);
  const usage = useUsage(resource);
  const server = resource?.properties.loginServer ?? loginServerOf(settings, registry);
  return (
    <Page title={registry} place={t('overview')}>
      {error && <Problem error={error} />}
      {!isPending && !resource && !error && <DataOnly />}
      <div className={styles.cards}>
        <Card title={t('loginServer')}>
          <CopyText text={server} what={server} />
          {resource && (
            <Facts
              of={[
                [t('adminUser'), t(resource.properties.adminUserEnabled ? 'on' : 'off')],
                ['SKU', resource.sku.name],
                [t('created'), formatTime(resource.properties.creationDate)],
              ]}
            />
          )}
        </Card>
        <Card title={t('commands')}>
          <Commands server={server} />
        </Card>
        {(isPending || resource) && (
          <Card title={t('usage')}>
            <div className={styles.ring}>
              {usage.error && <Problem error={usage.error} retry={() => void usage.refetch()} />}
              {usage.data && <UsageRing used={usage.data.currentValue} limit={usage.data.limit} />}
            </div>
            <CopyText text={`az acr show-usage -n ${registry} -o table`} what="az acr show-usage" />
          </Card>
        )}
        <Card title={t('largestRepositories')}>
          <LargestRepositories registry={registry} />
        </Card>
        {resource && <RegistryLocks resource={resource} />}
      </div>
    </Page>
  );
}

export function DataOnly() {
  const { t } = useLanguage();
  return (
    <MessageBar layout="multiline">
      <MessageBarBody>{t('dataOnly')}</MessageBarBody>
    </MessageBar>
  );
}

function LargestRepositories({ registry }: { readonly registry: string }) {
  const { t } = useLanguage();
  const list = useRepositories(registry, '', 'sizedesc');
  if (list.error) return <Problem error={list.error} retry={list.retry} registry={registry} />;
  const rows = Array.from({ length: SHOWN_REPOSITORIES }, (_, rank) => list.rowAt(rank)).filter(
    (row) => row !== undefined,
  );
  if (list.loaded && rows.length === 0) return <p>{t('noRepositories')}</p>;
  return (
    <>
      <p>{t('largestText')}</p>
      <SimpleTable
        label={t('largestRepositories')}
        titles={[t('name'), t('size'), t('tags'), t('manifests')]}
        rows={rows.map(({ name, storedBytes, tagCount, manifestCount }) => ({
          key: name,
          cells: [
            <PageLink key="name" to={`/r/${registry}/repo/${name}/~/tags`}>
              {name}
            </PageLink>,
            formatBytes(storedBytes),
            groupDigits(tagCount),
            groupDigits(manifestCount),
          ],
        }))}
      />
      <PageLink to={`/r/${registry}/repositories`} search={{ sort: 'sizedesc' }}>
        {t('repositories')}
      </PageLink>
    </>
  );
}

import { useParams } from '@tanstack/react-router';
import { useRegistry } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';
import { Commands } from './commands.tsx';

export function QuickstartPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const { settings } = usePlanes();
  const { resource } = useRegistry(registry);
  return (
    <Page title={t('quickStart')} place={registry}>
      <Card title={t('commands')}>
        <Commands server={resource?.properties.loginServer ?? loginServerOf(settings, registry)} />
      </Card>
      <p>{t('caNote', { path: 'tls/ca.pem' })}</p>
      <PageLink to="/api">{t('apiReference')}</PageLink>
    </Page>
  );
}

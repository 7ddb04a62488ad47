import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { useLanguage } from '../language/language.tsx';

export function UnknownPage() {
  const { t } = useLanguage();
  return (
    <Page title={t('pageUnknown')}>
      <PageLink to="/registries">{t('home')}</PageLink>
    </Page>
  );
}

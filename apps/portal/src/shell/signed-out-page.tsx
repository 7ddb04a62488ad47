import { Button } from '@fluentui/react-components';
import { useSearch } from '@tanstack/react-router';
import { Page } from '../components/page.tsx';
import { useLanguage } from '../language/language.tsx';
import { ownPath } from '../session/own-path.ts';
import { beginSignIn } from '../session/session.ts';
import { portalBase, type SiteSettings } from '../settings.ts';

export function SignedOutPage({ settings }: { readonly settings: SiteSettings }) {
  const { t } = useLanguage();
  const { to } = useSearch({ strict: false }) as { to?: string };
  return (
    <Page title={t('signedOut')}>
      <p>{t('signedOutText')}</p>
      <div>
        <Button appearance="primary" onClick={() => void beginSignIn(settings, ownPath(to, portalBase))}>
          {t('signIn')}
        </Button>
      </div>
    </Page>
  );
}

import { Card } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { useLanguage } from '../language/language.tsx';
import { type SitePlace, useSite, useSiteHealth } from '../operator/site.ts';

/** What the server finds when it checks itself, in one line; the operators', as the page that says more is. */
export function OwnCheck() {
  const { data: place } = useSite();
  return place ? <Summary place={place} /> : null;
}

function Summary({ place }: { readonly place: SitePlace }) {
  const { t } = useLanguage();
  const { data } = useSiteHealth(place);
  if (!data) return null;
  const count = (state: string) => data.filter((check) => check.state === state).length;
  return (
    <Card title={t('ownCheck')}>
      <p>{t('ownCheckText', { good: count('good'), warn: count('warn'), bad: count('bad') })}</p>
      <PageLink to="/operator">{t('operator')}</PageLink>
    </Card>
  );
}

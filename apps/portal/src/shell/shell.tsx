import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { useContext } from 'react';
import { answered } from '../api/refusal.ts';
import { PlanesContext } from '../api/use-planes.ts';
import { PageLink } from '../components/page-link.tsx';
import { useLanguage } from '../language/language.tsx';
import { Breadcrumb } from './breadcrumb.tsx';
import { RegistryMenu } from './registry-menu.tsx';
import { useThemeSwitch } from './theme.ts';

const useStyles = makeStyles({
  shell: { minHeight: '100vh', backgroundColor: tokens.colorNeutralBackground2, color: tokens.colorNeutralForeground1 },
  skip: { position: 'absolute', insetInlineStart: '-999px', ':focus': { insetInlineStart: '8px', zIndex: 2 } },
  bar: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: '4px 12px',
    minHeight: '48px',
    padding: '0 16px',
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  product: { fontWeight: 600, fontSize: tokens.fontSizeBase400 },
  space: { flexGrow: 1 },
  body: { display: 'flex', alignItems: 'flex-start', '@media (max-width: 800px)': { flexDirection: 'column' } },
  main: { flexGrow: 1, minWidth: 0, width: '100%', boxSizing: 'border-box', padding: '16px 24px 48px' },
});

/** What stands around every page. */
export function Shell() {
  const styles = useStyles();
  const { registry } = useParams({ strict: false }) as { registry?: string };
  return (
    <div className={styles.shell}>
      <SkipLink />
      <TopBar />
      <div className={styles.body}>
        {registry !== undefined && <RegistryMenu registry={registry} />}
        <main id="content" tabIndex={-1} className={styles.main}>
          <Breadcrumb />
          <Outlet />
        </main>
      </div>
    </div>
  );
}

function SkipLink() {
  const styles = useStyles();
  const { t } = useLanguage();
  const here = useLocation({ select: ({ href }) => href });
  return (
    <a className={styles.skip} href={`${here}#content`} onClick={() => document.getElementById('content')?.focus()}>
      {t('skip')}
    </a>
  );
}

function TopBar() {
  const { theme, change } = useThemeSwitch();
  const styles = useStyles();
  const { t, language, speak } = useLanguage();
  const other = language === 'en' ? 'zh-CN' : 'en';
  return (
    <header className={styles.bar}>
      <PageLink to="/registries" className={styles.product}>
        {t('product')}
      </PageLink>
      <span className={styles.space} />
      {/* Nothing stands before the name, which comes later, that it could push aside. */}
      <Name />
      <PageLink to="/check">{t('check')}</PageLink>
      <Button size="small" appearance="subtle" lang={other} onClick={() => speak(other)}>
        {t('language')}
      </Button>
      <Button size="small" appearance="subtle" onClick={change}>
        {t(theme === 'light' ? 'dark' : 'light')}
      </Button>
      <Person />
    </header>
  );
}

function Name() {
  const planes = useContext(PlanesContext);
  const { data } = useQuery({
    queryKey: ['me'],
    enabled: planes !== undefined,
    queryFn: () => (planes ? answered(planes.graph.GET('/v1.0/me')) : undefined),
  });
  return planes && <span>{data?.userPrincipalName}</span>;
}

function Person() {
  const planes = useContext(PlanesContext);
  const { t } = useLanguage();
  const navigate = useNavigate();
  if (!planes) return null;
  const leave = async () => {
    await planes.session.end();
    await navigate({ to: '/signed-out' as '/', reloadDocument: true });
  };
  return (
    <>
      <PageLink to="/operator">{t('operator')}</PageLink>
      <Button size="small" onClick={() => void leave()}>
        {t('signOut')}
      </Button>
    </>
  );
}

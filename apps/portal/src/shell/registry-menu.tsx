import { makeStyles, tokens } from '@fluentui/react-components';
import { useLocation } from '@tanstack/react-router';
import { PageLink } from '../components/page-link.tsx';
import { useLanguage } from '../language/language.tsx';
import type { TextKey } from '../language/texts.ts';

/** In the order of Azure's own portal; the FAQ's click paths must work as they are written. */
const MENU: readonly {
  readonly title?: TextKey;
  readonly items: readonly (readonly [path: string, text: TextKey])[];
}[] = [
  {
    items: [
      ['', 'overview'],
      ['/activity', 'activity'],
      ['/access', 'access'],
      ['/quickstart', 'quickStart'],
    ],
  },
  {
    title: 'services',
    items: [
      ['/repositories', 'repositories'],
      ['/webhooks', 'webhooks'],
      ['/transfer', 'transfer'],
    ],
  },
  {
    title: 'settings',
    items: [
      ['/keys', 'keys'],
      ['/policies', 'policies'],
      ['/properties', 'properties'],
    ],
  },
  {
    title: 'permissions',
    items: [
      ['/tokens', 'tokens'],
      ['/scope-maps', 'scopeMaps'],
    ],
  },
  {
    title: 'care',
    items: [['/deleted', 'deletedContent']],
  },
];

const useStyles = makeStyles({
  menu: {
    width: '220px',
    flexShrink: 0,
    padding: '16px 8px 16px 16px',
    boxSizing: 'border-box',
    '@media (max-width: 800px)': { width: '100%', display: 'flex', flexWrap: 'wrap', gap: '0 24px', paddingBottom: 0 },
  },
  title: {
    fontSize: tokens.fontSizeBase200,
    fontWeight: 600,
    margin: '12px 0 4px',
    color: tokens.colorNeutralForeground2,
  },
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: { padding: '4px 0' },
});

export function RegistryMenu({ registry }: { readonly registry: string }) {
  const styles = useStyles();
  const { t } = useLanguage();
  const pathname = useLocation({ select: (location) => location.pathname });
  const isHere = (path: string) => {
    const full = `/r/${registry}${path}`;
    if (path === '/repositories') return pathname.startsWith(full) || pathname.startsWith(`/r/${registry}/repo/`);
    return pathname === full || (path !== '' && pathname.startsWith(`${full}/`));
  };
  return (
    <nav className={styles.menu} aria-label={t('menu')}>
      {MENU.map(({ title, items }) => (
        <div key={title ?? 'first'}>
          {title && <p className={styles.title}>{t(title)}</p>}
          <ul className={styles.list}>
            {items.map(([path, text]) => (
              <li key={path} className={styles.item}>
                <PageLink to={`/r/${registry}${path}`} current={isHere(path)}>
                  {t(text)}
                </PageLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

import { makeStyles, tokens } from '@fluentui/react-components';
import { useParams } from '@tanstack/react-router';
import { PageLink } from '../components/page-link.tsx';
import { useLanguage } from '../language/language.tsx';
import { contentPath } from '../repositories/content-path.ts';

const useStyles = makeStyles({
  list: {
    display: 'flex',
    flexWrap: 'wrap',
    listStyle: 'none',
    margin: '0 0 8px',
    padding: 0,
    color: tokens.colorNeutralForeground2,
  },
  part: {
    overflowWrap: 'anywhere',
    '::after': { content: '"/"', margin: '0 6px' },
    ':last-child::after': { content: '""' },
  },
});

/** The address, each part a link; a prefix of a repository's name opens the list of what begins so. */
export function Breadcrumb() {
  const styles = useStyles();
  const { t } = useLanguage();
  const { registry, _splat: rest } = useParams({ strict: false }) as { registry?: string; _splat?: string };
  if (registry === undefined) return null;
  const content = contentPath(rest ?? '');
  const folders = content ? content.repository.split('/').slice(0, -1) : [];
  const list = `/r/${registry}/repositories`;
  return (
    <nav aria-label={t('breadcrumb')}>
      <ol className={styles.list}>
        <li className={styles.part}>
          <PageLink to="/registries">{t('registries')}</PageLink>
        </li>
        <li className={styles.part}>
          <PageLink to={`/r/${registry}`}>{registry}</PageLink>
        </li>
        {content && (
          <li className={styles.part}>
            <PageLink to={list}>{t('repositories')}</PageLink>
          </li>
        )}
        {folders.map((folder, i) => (
          <li key={folders.slice(0, i + 1).join('/')} className={styles.part}>
            <PageLink to={list} search={{ q: `${folders.slice(0, i + 1).join('/')}/` }}>
              {folder}
            </PageLink>
          </li>
        ))}
        {content && (
          <li className={styles.part}>
            <PageLink to={`/r/${registry}/repo/${content.repository}/~/tags`}>
              {content.repository.split('/').at(-1)}
            </PageLink>
          </li>
        )}
      </ol>
    </nav>
  );
}

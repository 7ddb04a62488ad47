import { makeStyles, Tab, TabList } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Page } from '../components/page.tsx';
import { useLanguage } from '../language/language.tsx';
import { UnknownPage } from '../shell/unknown-page.tsx';
import { contentPath } from './content-path.ts';
import { ManifestPage } from './manifest-page.tsx';
import { ManifestList } from './manifests.tsx';
import { TagList } from './tags.tsx';

const useStyles = makeStyles({ tabs: { margin: '-8px 0' } });

/** Everything below `/r/{registry}/repo/`: lists of a repository, and the page of one manifest. */
export function RepositoryPage() {
  const { registry = '', _splat: path = '' } = useParams({ strict: false }) as { registry?: string; _splat?: string };
  const content = contentPath(path);
  if (!content) return <UnknownPage />;
  const { repository, page, item } = content;
  if (item === undefined) return <Lists registry={registry} repository={repository} page={page} />;
  return page === 'tags' ? (
    <ManifestPage key={path} registry={registry} repository={repository} tag={item} />
  ) : (
    <ManifestPage key={path} registry={registry} repository={repository} digest={item} />
  );
}

function Lists({ registry, repository, page }: {
  readonly registry: string;
  readonly repository: string;
  readonly page: 'tags' | 'manifests';
}) {
  const styles = useStyles();
  const { t } = useLanguage();
  const navigate = useNavigate();
  return (
    <Page title={repository} place={registry}>
      <TabList
        className={styles.tabs}
        selectedValue={page}
        onTabSelect={(_, { value }) => void navigate({ to: `/r/${registry}/repo/${repository}/~/${String(value)}` as '/' })}
      >
        <Tab value="tags">{t('tags')}</Tab>
        <Tab value="manifests">{t('manifests')}</Tab>
      </TabList>
      {page === 'tags' ? (
        <TagList registry={registry} repository={repository} />
      ) : (
        <ManifestList registry={registry} repository={repository} />
      )}
    </Page>
  );
}

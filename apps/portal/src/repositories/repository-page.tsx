import { useNavigate, useParams } from '@tanstack/react-router';
import { Choices } from '../components/choices.tsx';
import { Page } from '../components/page.tsx';
import { useLanguage } from '../language/language.tsx';
import { UnknownPage } from '../shell/unknown-page.tsx';
import { type ContentPath, contentPath } from './content-path.ts';
import { DeleteRepository } from './delete-repository.tsx';
import { DeletedList } from './deleted.tsx';
import { ManifestPage } from './manifest-page.tsx';
import { ManifestList } from './manifests.tsx';
import { TagList } from './tags.tsx';

/** Everything below `/r/{registry}/repo/`: lists of a repository, and the page of one manifest. */
export function RepositoryPage() {
  const { registry = '', _splat: path = '' } = useParams({ strict: false }) as { registry?: string; _splat?: string };
  const content = contentPath(path);
  if (!content) return <UnknownPage />;
  const { repository, page, item } = content;
  if (item === undefined || page === 'deleted')
    return <Lists registry={registry} repository={repository} page={page} />;
  return page === 'tags' ? (
    <ManifestPage key={path} registry={registry} repository={repository} tag={item} />
  ) : (
    <ManifestPage key={path} registry={registry} repository={repository} digest={item} />
  );
}

function Lists({
  registry,
  repository,
  page,
}: {
  readonly registry: string;
  readonly repository: string;
  readonly page: ContentPath['page'];
}) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  return (
    <Page title={repository} place={registry}>
      <Choices
        label={repository}
        of={[
          { value: 'tags', text: t('tags') },
          { value: 'manifests', text: t('manifests') },
          { value: 'deleted', text: t('deletedContent') },
        ]}
        chosen={page}
        choose={(value) => void navigate({ to: `/r/${registry}/repo/${repository}/~/${value}` as '/' })}
      />
      {page === 'tags' && <TagList registry={registry} repository={repository} />}
      {page === 'manifests' && <ManifestList registry={registry} repository={repository} />}
      {page === 'deleted' && <DeletedList registry={registry} repository={repository} />}
      {page !== 'deleted' && <DeleteRepository registry={registry} repository={repository} />}
    </Page>
  );
}

import { Button } from '@fluentui/react-components';
import { useInfiniteQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { atPolicies } from './settings.ts';

/** What is shown of one repository; the figures are of all. */
const SHOWN = 200;

/** What a policy would take now and what it leaves, each with the reason; of a definition that nobody has saved. */
export function CleanUpPreview({
  resource,
  definition,
}: {
  readonly resource: RegistryResource;
  readonly definition: object;
}) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const base = atPolicies(resource);
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['clean-up-preview', resource.id, definition],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const query = pageParam === '' ? base.query : { ...base.query, $skipToken: pageParam };
      const body = { properties: definition };
      return answered(management.POST(`${REGISTRY}/previewCleanup`, { params: { ...base, query }, body }));
    },
    getNextPageParam: ({ nextLink }) =>
      nextLink === undefined ? undefined : (new URL(nextLink, location.origin).searchParams.get('$skipToken') ?? ''),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Starting />;
  const repositories = data.pages.flatMap(({ value }) => value);
  const sum = (of: (one: (typeof repositories)[number]) => number) =>
    repositories.reduce((total, one) => total + of(one), 0);
  const figures = {
    tags: sum(({ going }) => going.tags),
    manifests: sum(({ going }) => going.manifests),
    staying: sum(({ staying }) => staying),
    repositories: repositories.length,
  };
  return (
    <section aria-label={t('preview')}>
      <p role="status">{t(repositories.length === 0 ? 'previewNothing' : 'previewFigures', figures)}</p>
      {repositories.length > 0 && (
        <SimpleTable
          label={t('preview')}
          titles={[t('repository'), t('tag'), t('digest'), t('decision'), t('why')]}
          rows={repositories.flatMap(({ repository, items }) =>
            items.slice(0, SHOWN).map(({ tag, digest, decision, text }) => ({
              key: `${repository}:${tag ?? ''}@${digest}:${decision}`,
              cells: [repository, tag ?? '', shortDigest(digest), t(decision === 'goes' ? 'goes' : 'stays'), text],
            })),
          )}
        />
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t('more')}</Button>}
    </section>
  );
}

import type { ReactNode } from 'react';
import type { Explanation } from '../api/deeds.ts';
import { Facts } from '../components/facts.tsx';
import { Card } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { formatBytes, groupDigits, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

/** What needs a manifest, what would refuse its deletion, and what that would free. */
export function NeededBy({
  page,
  explanation,
}: {
  /** `/r/{registry}/repo/{name}/~` */
  readonly page: string;
  readonly explanation: Explanation;
}) {
  const { t } = useLanguage();
  const { referencedBy, subject, keptBy, deletingFrees } = explanation;
  const links = (kind: 'tags' | 'manifests', items: readonly string[]): ReactNode =>
    items.length === 0
      ? undefined
      : items.map((item, i) => (
          <span key={item}>
            {i > 0 && ', '}
            <PageLink inText to={`${page}/${kind}/${item}`}>
              {kind === 'tags' ? item : shortDigest(item)}
            </PageLink>
          </span>
        ));
  const { tags, indexes, referrers } = referencedBy;
  return (
    <Card title={t('neededBy')}>
      {tags.length + indexes.length + referrers.length === 0 && <p>{t('nothingNeeds')}</p>}
      <Facts
        of={[
          [t('neededByTags'), links('tags', tags)],
          [t('neededByIndexes'), links('manifests', indexes)],
          [t('neededByReferrers'), links('manifests', referrers)],
          [t('subject'), subject === undefined ? undefined : links('manifests', [subject])],
          [
            t('wouldFree'),
            t('wouldFreeText', {
              size: formatBytes(deletingFrees.bytes),
              bytes: groupDigits(deletingFrees.bytes),
              count: deletingFrees.count,
            }),
          ],
        ]}
      />
      <p>{keptBy === undefined ? t('deletable') : t('keptBy', { why: keptBy })}</p>
    </Card>
  );
}

export interface ContentPath {
  readonly repository: string;
  readonly page: 'tags' | 'manifests' | 'deleted';
  /** Tag or digest; undefined for the list. */
  readonly item: string | undefined;
}

/**
 * `team/app/~/tags/v1`: repository and page are parted by `~`, which no repository's name has, so that
 * `team/tags/manifests` stays unambiguous.
 */
export function contentPath(path: string): ContentPath | undefined {
  const [repository = '', rest = 'tags'] = path.split('/~/');
  const [page, ...items] = rest.split('/');
  if (repository === '' || (page !== 'tags' && page !== 'manifests' && page !== 'deleted')) return undefined;
  const item = items.join('/');
  return { repository, page, item: item === '' ? undefined : item };
}

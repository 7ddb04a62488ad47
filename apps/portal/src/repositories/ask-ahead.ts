import type { QueryClient } from '@tanstack/react-query';
import { repositoryFacts, tagsOf } from '../api/content.ts';
import { pageOf } from '../api/long-list.ts';
import type { Planes } from '../api/planes.ts';
import { contentPath } from './content-path.ts';
import { type ListAddress, orderOf } from './order-select.tsx';

/** Asks for what the list of a repository's tags shows first, while its page is still to be drawn. Resolves once it is there, or is not. */
export async function askAhead(
  planes: Planes,
  queries: QueryClient,
  { registry, path, address }: { readonly registry: string; readonly path: string; readonly address: ListAddress },
): Promise<void> {
  const content = contentPath(path);
  if (content?.page !== 'tags' || content.item !== undefined) return;
  const { repository } = content;
  const source = tagsOf(planes, registry, repository, address.q ?? '', orderOf(address).order);
  // Refusals are shown by the page, which asks again for what is not there.
  await Promise.all([
    queries.prefetchQuery(pageOf(source, 0, source.first)),
    queries.prefetchQuery(repositoryFacts(planes, registry, repository)),
  ]);
}

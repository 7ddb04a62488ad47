import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { RepositoryView } from '../access/authorizer.ts';
import { registryScope } from '../access/scope-path.ts';
import { closedBy, isQuarantineOn } from '../content/quarantine.ts';
import type { PageRequest, Referrer, RepositoryRow } from '../metadata/metadata-store.ts';
import { type NamePage, NO_NAMES, namePage, namesOn } from '../metadata/name-page.ts';
import { type ListedRepository, type RepositoryRequest, repositoryKey } from '../metadata/repository-lists.ts';
import { type Caller, type Distribution, findRepository, readsQuarantined, unknownRepository } from './context.ts';

/** Annotations on one page of referrers; a subject may have a million referrers of 4 MiB each. */
const REFERRERS_PAGE_BYTES = 4 * 1024 * 1024;
const REFERRERS_PAGE_ENTRIES = 1000;

export interface Page<T> {
  readonly items: readonly T[];
  /** The item after which the next page starts; undefined on the last page. */
  readonly next?: string | undefined;
}

/** `GET tags/list`, in binary order, without the tags that a lock hides. Throws `name.unknown`. */
export async function tagPage(d: Distribution, caller: Caller, request: PageRequest): Promise<NamePage> {
  const repository = await findRepository(d, caller);
  if (!repository || repository.manifestCount === 0) throw unknownRepository(caller.repository);
  return d.metadata.read.tags.page(repository.id, { ...request, visibleOnly: repository.lockCount > 0 });
}

/** The same, to be gone through. */
export async function listTags(d: Distribution, caller: Caller, request: PageRequest): Promise<Page<TagName>> {
  const page = await tagPage(d, caller, request);
  return { items: namesOn(page), next: page.next };
}

/** `GET _catalog`: repositories that hold an image, that the caller may read and that no lock hides, in binary order. */
export async function repositoryPage(
  d: Distribution,
  { registry, principal }: Pick<Caller, 'registry' | 'principal'>,
  request: PageRequest,
): Promise<NamePage> {
  const view = await d.authorizer.repositoriesVisible(principal, registryScope(registry));
  const { repositories } = d.metadata.read;
  if (view === 'all') return repositories.page(registry.id, request);
  const { limit } = request;
  if (limit === 0) return NO_NAMES;
  const more = limit === undefined ? request : { ...request, limit: limit + 1 };
  const names = await repositories.listAmong(registry.id, view, more);
  return namePage(JSON.stringify(names), names.length, limit ?? names.length);
}

/** The same, to be gone through. */
export async function listRepositories(
  d: Distribution,
  caller: Pick<Caller, 'registry' | 'principal'>,
  request: PageRequest,
): Promise<Page<RepositoryName>> {
  const page = await repositoryPage(d, caller, request);
  return { items: namesOn(page), next: page.next };
}

/** How many repositories that the caller may not read are passed over before a page ends short. */
const LOOKED_AT = 10_000;
const LOOK = 1000;

export interface OrderedRepositories {
  readonly items: readonly ListedRepository[];
  /** After which the next page starts, whether it is on this one or was passed over; undefined on the last page. */
  readonly next?: { readonly last: string; readonly lastKey: number } | undefined;
}

/**
 * The same repositories in another order than that of names. Who may read only some of them gets pages that may be short, even
 * empty: each looks at so many at most, and says where to go on.
 */
export async function orderRepositories(
  d: Distribution,
  { registry, principal }: Pick<Caller, 'registry' | 'principal'>,
  request: RepositoryRequest,
): Promise<OrderedRepositories> {
  const { limit, order } = request;
  if (limit === 0) return { items: [] };
  const view = await d.authorizer.repositoriesVisible(principal, registryScope(registry));
  const sees = viewTest(view);
  const chunk = view === 'all' ? limit + 1 : LOOK;
  const items: ListedRepository[] = [];
  let place: Pick<RepositoryRequest, 'last' | 'lastKey'> = request;
  for (let looked = 0; looked < LOOKED_AT; looked += chunk) {
    const rows = await d.metadata.read.repositoryLists.ordered(registry.id, { ...place, order, limit: chunk });
    for (const row of rows) {
      if (items.length === limit && sees(row.name)) return { items, next: nextOf(place) };
      if (sees(row.name)) items.push(row);
      place = { last: row.name, lastKey: repositoryKey(row, order) };
    }
    if (rows.length < chunk) return { items };
  }
  return { items, next: nextOf(place) };
}

const nextOf = ({ last = '', lastKey = 0 }: Pick<RepositoryRequest, 'last' | 'lastKey'>) => ({ last, lastKey });

function viewTest(view: RepositoryView): (name: string) => boolean {
  if (view === 'all') return () => true;
  const names = new Set(view.filter((item) => !item.endsWith('*')));
  const prefixes = view.filter((item) => item.endsWith('*')).map((item) => item.slice(0, -1));
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** `GET referrers`: never an error for an unknown repository or subject; pages are bounded in entries and in bytes. */
export async function listReferrers(
  d: Distribution,
  caller: Caller,
  subject: Digest,
  request: PageRequest & { artifactType?: string | undefined },
): Promise<Page<Referrer>> {
  const repository = await findRepository(d, caller);
  if (!repository) return { items: [] };
  const limit = Math.min(request.limit ?? REFERRERS_PAGE_ENTRIES, REFERRERS_PAGE_ENTRIES);
  if (limit === 0) return { items: [] };
  const items = await d.metadata.read.manifests.referrers(repository.id, subject, {
    ...request,
    limit: limit + 1,
    maxBytes: REFERRERS_PAGE_BYTES,
  });
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  if (!last) return { items: [] };
  const visible = await outOfQuarantine(d, caller, repository, shown);
  if (items.length > limit) return { items: visible, next: last.digest };
  // The page may have been cut by bytes: look whether anything follows.
  const rest = await d.metadata.read.manifests.referrers(repository.id, subject, {
    artifactType: request.artifactType,
    last: last.digest,
    limit: 1,
  });
  return { items: visible, next: rest.length > 0 ? last.digest : undefined };
}

/** A descriptor carries the annotations of a manifest, which are bytes of it: of what is closed, none is shown. A page may get shorter by that. */
async function outOfQuarantine(
  d: Distribution,
  caller: Caller,
  repository: RepositoryRow,
  page: readonly Referrer[],
): Promise<readonly Referrer[]> {
  if (!isQuarantineOn(caller.registry) || (await readsQuarantined(d, caller))) return page;
  const open: Referrer[] = [];
  for (const referrer of page) {
    const culprit = await closedBy(d.metadata.read, caller.registry, repository.id, referrer.digest);
    if (culprit === undefined) open.push(referrer);
  }
  return open;
}

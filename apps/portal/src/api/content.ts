import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { answered } from './refusal.ts';
import { usePlanes } from './use-planes.ts';

export type TagOrder = 'name' | 'timedesc' | 'timeasc';
/** Most that the server gives on a page. */
const PAGE = 1000;
const FIRST_PAGE = 100;

type PageQuery = { n?: number; last?: string; orderby?: string; lastTime?: string };

/** Everything after this name, in binary order, begins with the text or comes behind all that do. No name has a `~`. */
function beforeAllWith(text: string): string {
  const end = text.charCodeAt(text.length - 1);
  return `${text.slice(0, -1)}${String.fromCharCode(end - 1)}~`;
}

/** What the `Link` header of a page says of the next one. */
function nextPage(response: Response): PageQuery | undefined {
  const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1];
  if (link === undefined) return undefined;
  const { n: _, ...next } = Object.fromEntries(new URL(link, location.origin).searchParams);
  return { ...next, n: PAGE };
}

interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: PageQuery | undefined;
}

/** Of a list in order of names, those that begin with the text: the list ends where the names do. */
function beginning<T>(page: ListPage<T>, text: string, nameOf: (item: T) => string): ListPage<T> {
  if (text === '') return page;
  const items = page.items.filter((item) => nameOf(item).startsWith(text));
  return { items, next: items.length < page.items.length ? undefined : page.next };
}

const firstPage = (text: string): PageQuery => ({
  n: FIRST_PAGE,
  ...(text === '' ? {} : { last: beforeAllWith(text) }),
});

/** The repositories of a registry that begin with the text, page by page. */
export function useRepositories(registry: string, text: string) {
  const planes = usePlanes();
  return useInfiniteQuery({
    queryKey: ['repositories', registry, text],
    initialPageParam: firstPage(text),
    queryFn: async ({ pageParam: query, signal }) => {
      const asked = planes
        .registry(registry, 'registry:catalog:*')
        .GET('/acr/v1/_catalog', { params: { query }, signal });
      const items = (await answered(asked)).repositories;
      return beginning({ items, next: nextPage((await asked).response) }, text, (name) => name);
    },
    getNextPageParam: (page: ListPage<string>) => page.next,
    placeholderData: (before) => before,
  });
}

export function useRepository(registry: string, name: string, enabled = true) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['repository', registry, name],
    enabled,
    queryFn: () =>
      answered(planes.registry(registry, reading(name)).GET('/acr/v1/{name}', { params: { path: { name } } })),
  });
}

export function useTags(registry: string, name: string, text: string, order: TagOrder) {
  const planes = usePlanes();
  return useInfiniteQuery({
    queryKey: ['tags', registry, name, text, order],
    initialPageParam: { ...firstPage(text), ...(order === 'name' ? {} : { orderby: order }) } as PageQuery,
    queryFn: async ({ pageParam: query, signal }) => {
      const params = { path: { name }, query };
      const asked = planes.registry(registry, reading(name)).GET('/acr/v1/{name}/_tags', { params, signal });
      const items = (await answered(asked)).tags;
      return beginning({ items, next: nextPage((await asked).response) }, text, (tag) => tag.name);
    },
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

export function useManifests(registry: string, name: string, order: TagOrder) {
  const planes = usePlanes();
  return useInfiniteQuery({
    queryKey: ['manifests', registry, name, order],
    initialPageParam: { n: FIRST_PAGE, ...(order === 'name' ? {} : { orderby: order }) } as PageQuery,
    queryFn: async ({ pageParam: query, signal }) => {
      const params = { path: { name }, query };
      const asked = planes.registry(registry, reading(name)).GET('/acr/v1/{name}/_manifests', { params, signal });
      return { items: (await answered(asked)).manifests, next: nextPage((await asked).response) };
    },
    getNextPageParam: (page) => page.next,
  });
}

/** What the registry knows of a manifest: size, platform, tags, locks. It never changes but for the last two. */
export function useManifestFacts(registry: string, name: string, digest: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['manifest', registry, name, digest],
    enabled: digest !== '',
    queryFn: async () => {
      const params = { path: { name, digest } };
      const asked = planes.registry(registry, reading(name)).GET('/acr/v1/{name}/_manifests/{digest}', { params });
      return (await answered(asked)).manifest;
    },
  });
}

export function useTag(registry: string, name: string, tag: string | undefined) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['tag', registry, name, tag],
    enabled: tag !== undefined,
    queryFn: async () => {
      const params = { path: { name, tag: tag ?? '' } };
      return (await answered(planes.registry(registry, reading(name)).GET('/acr/v1/{name}/_tags/{tag}', { params })))
        .tag;
    },
  });
}

export const reading = (name: string): string => `repository:${name}:metadata_read,pull`;
export const writing = (name: string): string => `repository:${name}:metadata_write,metadata_read`;
export const deleting = (name: string): string => `repository:${name}:delete,metadata_read`;

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type ListPage, type ListSource, type PageQuery, useLongList } from './long-list.ts';
import type { Planes } from './planes.ts';
import { answered } from './refusal.ts';
import type { paths } from './schema.d.ts';
import { usePlanes } from './use-planes.ts';

/** Orders of lists; `sizedesc` and on are this registry's own. */
export type ListOrder = 'name' | 'timedesc' | 'timeasc' | 'sizedesc' | 'sizeasc' | 'pulldesc' | 'pullasc';
/** Most that the server gives on a page. */
const PAGE = 1000;
const FIRST_PAGE = 100;
const CATALOG = 'registry:catalog:*';

type Got<P extends keyof paths> = paths[P] extends { get: { responses: { 200: { content: infer C } } } }
  ? C extends { 'application/json': infer B }
    ? B
    : never
  : never;
export type TagRow = Got<'/acr/v1/{name}/_tags'>['tags'][number];
export type RepositoryRow = NonNullable<Got<'/acr/v1/_catalog'>['details']>[number];
export type ManifestRow = Got<'/acr/v1/{name}/_manifests'>['manifests'][number];

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

/** Of a list in order of names, those that begin with the text: the list ends where the names do. */
function beginning<T>(page: ListPage<T>, text: string, nameOf: (item: T) => string): ListPage<T> {
  if (text === '') return page;
  const items = page.items.filter((item) => nameOf(item).startsWith(text));
  return { items, next: items.length < page.items.length ? undefined : page.next };
}

/** The first page of a list: of what begins with the text, or of all in this order. */
function firstPage(text: string, order: ListOrder): PageQuery {
  return {
    n: FIRST_PAGE,
    ...(text === '' ? {} : { last: beforeAllWith(text) }),
    ...(order === 'name' ? {} : { orderby: order }),
  };
}

/** The repositories of a registry, or those that begin with the text; what their rows show comes with them. */
export function useRepositories(registry: string, text: string, order: ListOrder = 'name') {
  const planes = usePlanes();
  const source = useMemo<ListSource<RepositoryRow>>(
    () => ({
      key: ['repositories', registry, text, order],
      first: firstPage(text, order),
      load: async (query, signal) => {
        const api = planes.registry(registry, CATALOG);
        const asked = api.GET('/acr/v1/_catalog', { params: { query: { ...query, details: 'true' } }, signal });
        const items = (await answered(asked)).details ?? [];
        return beginning({ items, next: nextPage((await asked).response) }, text, ({ name }) => name);
      },
    }),
    [planes, registry, text, order],
  );
  return useLongList(source);
}

export function repositoryFacts(planes: Planes, registry: string, name: string) {
  return {
    queryKey: ['repository', registry, name],
    gcTime: 30_000,
    queryFn: () =>
      answered(planes.registry(registry, reading(name)).GET('/acr/v1/{name}', { params: { path: { name } } })),
  };
}

export function useRepository(registry: string, name: string, enabled = true) {
  const planes = usePlanes();
  return useQuery({ ...repositoryFacts(planes, registry, name), enabled });
}

/** Tags with what a table shows of their manifests: asked for one by one, those were a request a row. */
export function tagsOf(
  planes: Planes,
  registry: string,
  name: string,
  text: string,
  order: ListOrder,
): ListSource<TagRow> {
  return {
    key: ['tags', registry, name, text, order],
    first: { ...firstPage(text, order), include: 'manifest' },
    load: async (query, signal) => {
      const params = { path: { name }, query };
      const asked = planes.registry(registry, reading(name)).GET('/acr/v1/{name}/_tags', { params, signal });
      const items = (await answered(asked)).tags;
      return beginning({ items, next: nextPage((await asked).response) }, text, (tag) => tag.name);
    },
  };
}

export function useTags(registry: string, name: string, text: string, order: ListOrder) {
  const planes = usePlanes();
  return useLongList(useMemo(() => tagsOf(planes, registry, name, text, order), [planes, registry, name, text, order]));
}

function manifestsOf(
  planes: Planes,
  registry: string,
  name: string,
  text: string,
  order: ListOrder,
): ListSource<ManifestRow> {
  return {
    key: ['manifests', registry, name, text, order],
    first: firstPage(text, order),
    load: async (query, signal) => {
      const params = { path: { name }, query };
      const asked = planes.registry(registry, reading(name)).GET('/acr/v1/{name}/_manifests', { params, signal });
      const items = (await answered(asked)).manifests;
      return beginning({ items, next: nextPage((await asked).response) }, text, ({ digest }) => digest);
    },
  };
}

/** @param text how the digest begins */
export function useManifests(registry: string, name: string, text: string, order: ListOrder) {
  const planes = usePlanes();
  return useLongList(
    useMemo(() => manifestsOf(planes, registry, name, text, order), [planes, registry, name, text, order]),
  );
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

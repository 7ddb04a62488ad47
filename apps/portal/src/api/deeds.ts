import { useQuery, useQueryClient } from '@tanstack/react-query';
import { reading } from './content.ts';
import { answered } from './refusal.ts';
import { placeOf, REGISTRY, type RegistryResource, useRegistry } from './registries.ts';
import type { paths } from './schema.d.ts';
import { usePlanes } from './use-planes.ts';

export type Explanation =
  paths['/acr/v1/{name}/_manifests/{digest}/_explain']['get']['responses']['200']['content']['application/json']['manifest'];

/** Why a manifest is kept, who else has its layers, and what its deletion would free. */
export function useExplanation(registry: string, name: string, digest: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['explanation', registry, name, digest],
    enabled: digest !== '',
    queryFn: async () => {
      const params = { path: { name, digest } };
      const api = planes.registry(registry, `${reading(name)} registry:catalog:*`);
      return (await answered(api.GET('/acr/v1/{name}/_manifests/{digest}/_explain', { params }))).manifest;
    },
  });
}

/** What a repository stores, and what its deletion would free. Counted from rows, so only when somebody asks. */
export function useRepositoryUsage(registry: string, name: string, enabled: boolean) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['repository usage', registry, name],
    enabled,
    queryFn: async () => {
      const api = planes.registry(registry, reading(name));
      return (await answered(api.GET('/acr/v1/{name}/_usage', { params: { path: { name } } }))).usage;
    },
  });
}

/** What was deleted from a repository and can be restored, by tag and by manifest. */
export function useDeleted(registry: string, name: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['deleted', registry, name],
    queryFn: async () => {
      const params = { path: { name }, query: { n: 1000 } };
      const api = planes.registry(registry, `repository:${name}:deleted_read`);
      const { manifests } = await answered(api.GET('/acr/v1/_deleted/{name}/_manifests', { params }));
      return manifests;
    },
  });
}

export function useDeletedRepositories(registry: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['deleted repositories', registry],
    queryFn: async () => {
      const api = planes.registry(registry, 'registry:deleted_catalog:*');
      const params = { query: { n: 1000 } };
      return (await answered(api.GET('/acr/v1/_deleted/_catalog', { params }))).repositories;
    },
  });
}

/** The soft delete policy; undefined for whoever may not see the registry as a resource. */
export function useSoftDelete(registry: string) {
  const { management } = usePlanes();
  const { resource } = useRegistry(registry);
  return useQuery({
    queryKey: ['soft delete', resource?.id],
    enabled: resource !== undefined,
    queryFn: async () => {
      const params = { path: placeOf(resource as RegistryResource), query: { 'api-version': '2023-07-01' } };
      const { policies } = (await answered(management.GET(REGISTRY, { params }))).properties;
      return (policies as { softDeletePolicy?: { status: string; retentionDays: number } }).softDeletePolicy;
    },
  }).data;
}

const LISTS = [
  'tags',
  'manifests',
  'repository',
  'repositories',
  'repository usage',
  'deleted',
  'deleted repositories',
];
const ITEMS = ['tag', 'manifest', 'explanation', 'referrers'];

/** After a change of content, whatever is shown of content is asked for again; not what the page is of, if that is gone. */
export function useContentChanged(): (gone?: boolean) => Promise<void> {
  const queries = useQueryClient();
  return (gone = false) => {
    const asked: ReadonlySet<unknown> = new Set([...LISTS, 'usage', ...(gone ? [] : ITEMS)]);
    return queries.invalidateQueries({ predicate: ({ queryKey }) => asked.has(queryKey[0]) });
  };
}

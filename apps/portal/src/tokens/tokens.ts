import { useQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';

export const TOKEN = `${REGISTRY}/tokens/{name}` as const;
export const SCOPE_MAP = `${REGISTRY}/scopeMaps/{name}` as const;
/** What a scope map can give over a repository, in the server's words. */
export const MAP_RIGHTS = ['content/read', 'content/write', 'content/delete', 'metadata/read', 'metadata/write'];

export type RegistryToken =
  paths[`${typeof REGISTRY}/tokens`]['get']['responses']['200']['content']['application/json']['value'][number];
export type ScopeMap =
  paths[`${typeof REGISTRY}/scopeMaps`]['get']['responses']['200']['content']['application/json']['value'][number];

export const tokensKey = (resource: RegistryResource) => ['tokens', resource.id];
export const mapsKey = (resource: RegistryResource) => ['scope-maps', resource.id];

export function useTokens(resource: RegistryResource) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: tokensKey(resource),
    queryFn: async () => (await answered(management.GET(`${REGISTRY}/tokens`, { params: at(resource) }))).value,
  });
}

export function useScopeMaps(resource: RegistryResource) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: mapsKey(resource),
    queryFn: async () => (await answered(management.GET(`${REGISTRY}/scopeMaps`, { params: at(resource) }))).value,
  });
}

/** Parameters of a call to a token or a scope map. */
export function atChild(resource: RegistryResource, name: string) {
  const { path, query } = at(resource);
  return { path: { ...path, name }, query };
}

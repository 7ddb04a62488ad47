import { useQuery } from '@tanstack/react-query';
import type { Planes } from './planes.ts';
import { answered } from './refusal.ts';
import type { paths } from './schema.d.ts';
import { usePlanes } from './use-planes.ts';

export const REGISTRY =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}';
/** What a Stack Hub of today has; the names of later properties need a later one. */
export const VERSION = '2019-05-01';

export type RegistryResource = paths[typeof REGISTRY]['get']['responses']['200']['content']['application/json'];

export interface RegistryPlace {
  readonly subscription: string;
  readonly group: string;
  readonly registry: string;
}

/** The parts of a resource id. */
export function placeOf(resource: { readonly id: string }): RegistryPlace {
  const [, , subscription = '', , group = '', , , , registry = ''] = resource.id.split('/');
  return { subscription, group, registry };
}

/** Parameters of a call to a registry as a resource. */
export function at(resource: { readonly id: string }) {
  return { path: placeOf(resource), query: { 'api-version': VERSION } };
}

export async function listSubscriptions({ management }: Planes) {
  const query = { 'api-version': '2022-12-01' };
  return (await answered(management.GET('/subscriptions', { params: { query } }))).value;
}

/** All that the caller may read, of all subscriptions, by name. */
async function listRegistries(planes: Planes): Promise<RegistryResource[]> {
  const all: RegistryResource[] = [];
  for (const { subscriptionId: subscription } of await listSubscriptions(planes)) {
    const params = { path: { subscription }, query: { 'api-version': VERSION } };
    const path = '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/registries';
    let page = await answered(planes.management.GET(path, { params }));
    all.push(...page.value);
    while (page.nextLink !== undefined) {
      const query = Object.fromEntries(new URL(page.nextLink, location.origin).searchParams) as {
        'api-version': string;
      };
      page = await answered(planes.management.GET(path, { params: { ...params, query } }));
      all.push(...page.value);
    }
  }
  return all.sort((a, b) => a.name.localeCompare(b.name));
}

export function useRegistries() {
  const planes = usePlanes();
  return useQuery({ queryKey: ['registries'], queryFn: () => listRegistries(planes) });
}

/** The registry as a resource; undefined for whoever may not see it as one, or while it is asked for. */
export function useRegistry(name: string) {
  const { data, isPending, error } = useRegistries();
  const resource = data?.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return { resource, isPending, error };
}

export function useUsage(resource: RegistryResource | undefined) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['usage', resource?.id],
    enabled: resource !== undefined,
    queryFn: async () => {
      if (!resource) return undefined;
      const { value } = await answered(management.GET(`${REGISTRY}/listUsages`, { params: at(resource) }));
      return value.find(({ name }) => name === 'Size');
    },
  });
}

import { useQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';

export const AUTHORIZATION = '2022-04-01';

type Role =
  paths['/{scope}/providers/Microsoft.Authorization/roleDefinitions']['get']['responses']['200']['content']['application/json']['value'][number];

/** What may be assigned at the registry, by name. */
export function useRoles(resource: RegistryResource) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: ['roles', resource.id],
    queryFn: async () => {
      const params = { path: { scope: resource.id.slice(1) }, query: { 'api-version': AUTHORIZATION } };
      const { value } = await answered(
        management.GET('/{scope}/providers/Microsoft.Authorization/roleDefinitions', { params }),
      );
      return value.sort((a, b) => a.properties.roleName.localeCompare(b.properties.roleName));
    },
  });
}

/** By the last part of a role definition's id, which differs by scope in what stands before it. */
export function roleName(roles: readonly Role[] | undefined, roleDefinitionId: string): string {
  const id = roleDefinitionId.split('/').at(-1) ?? '';
  return roles?.find((role) => role.name === id)?.properties.roleName ?? id;
}

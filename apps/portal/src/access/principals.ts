import { useQuery } from '@tanstack/react-query';
import type { Planes } from '../api/planes.ts';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly type: 'User' | 'Group' | 'ServicePrincipal';
}

const SHOWN = 20;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Users, groups and service principals whose name begins with the text, or whose sign-in name or application id it is. */
async function findPrincipals({ graph }: Planes, text: string): Promise<Principal[]> {
  const quoted = text.replaceAll("'", "''");
  const query = ($filter: string) => ({ params: { query: { $filter, $top: SHOWN } } });
  const named = query(`startswith(displayName,'${quoted}')`);
  const [people, itself, groups, programs] = await Promise.all([
    answered(graph.GET('/v1.0/users', named)),
    answered(graph.GET('/v1.0/users', query(`userPrincipalName eq '${quoted}'`))),
    answered(graph.GET('/v1.0/groups', named)),
    answered(graph.GET('/v1.0/servicePrincipals', GUID.test(text) ? query(`appId eq '${quoted}'`) : named)),
  ]);
  const all: Principal[] = [
    ...[...people.value, ...itself.value].map((one) => ({
      id: one.id,
      name: one.userPrincipalName ?? one.displayName ?? one.id,
      type: 'User' as const,
    })),
    ...groups.value.map((one) => ({ id: one.id, name: one.displayName ?? one.id, type: 'Group' as const })),
    ...programs.value.map((one) => ({
      id: one.id,
      name: one.displayName ?? one.id,
      type: 'ServicePrincipal' as const,
    })),
  ];
  return [...new Map(all.map((one) => [one.id, one])).values()].slice(0, SHOWN);
}

export function usePrincipals(text: string) {
  const planes = usePlanes();
  return useQuery({
    queryKey: ['principals', text],
    enabled: text.length > 1,
    queryFn: () => findPrincipals(planes, text),
    placeholderData: (before) => before,
  });
}

/** Names of directory objects by their ids; ids that the directory does not know are left out. */
export function useNames(ids: readonly string[]) {
  const { graph } = usePlanes();
  return useQuery({
    queryKey: ['names', ...ids],
    enabled: ids.length > 0,
    queryFn: async () => {
      const { value } = await answered(graph.POST('/v1.0/directoryObjects/getByIds', { body: { ids: [...ids] } }));
      return new Map(
        value.map((one) => [one.id, 'userPrincipalName' in one ? one.userPrincipalName : one.displayName]),
      );
    },
  });
}

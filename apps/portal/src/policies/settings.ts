import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { placeOf, REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';

/** The first version of the API in which all that stands on this page has a name. */
const VERSION = '2023-07-01';

interface OnOff {
  readonly status: 'enabled' | 'disabled';
}

/** `properties` of a registry, as far as they are policies. */
export interface Settings {
  readonly anonymousPullEnabled: boolean;
  readonly networkRuleSet: {
    readonly defaultAction: 'Allow' | 'Deny';
    readonly ipRules: readonly { readonly value: string }[];
  };
  readonly policies: {
    readonly quarantinePolicy: OnOff;
    readonly retentionPolicy: OnOff & { readonly days: number };
    readonly softDeletePolicy: OnOff & { readonly retentionDays: number };
  };
}

export function atPolicies(resource: RegistryResource) {
  return { path: placeOf(resource), query: { 'api-version': VERSION } };
}

const keyOf = (resource: RegistryResource) => ['settings', resource.id];

export function useSettings(resource: RegistryResource) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: keyOf(resource),
    queryFn: async () => {
      const { properties } = await answered(management.GET(REGISTRY, { params: atPolicies(resource) }));
      return properties as unknown as Settings;
    },
  });
}

/** Changes what is named of the registry's properties and leaves the rest. */
export function useChange(resource: RegistryResource) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (properties: object) => {
      await answered(management.PATCH(REGISTRY, { params: atPolicies(resource), body: { properties } }));
      await queries.invalidateQueries({ queryKey: keyOf(resource) });
      await queries.invalidateQueries({ queryKey: ['registries'] });
    },
  });
}

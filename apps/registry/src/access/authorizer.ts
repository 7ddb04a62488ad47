import {
  type AccessGrant,
  type Action,
  type Principal,
  REGISTRY_ACTIONS,
  type RegistryAction,
  type ResourceScope,
} from './principal.ts';

export type Decision =
  | { readonly allow: true; readonly by: string }
  | { readonly allow: false; readonly reason: 'not-signed-in' | 'no-assignment' | 'outside-token-scope' };

/** The ONE place that says yes or no. Asked before anything is looked up; denies unless something allows. */
export interface Authorizer {
  check(question: { principal: Principal; action: Action; resource: ResourceScope }): Promise<Decision>;
}

/** Part 1 knows one kind of identity, the admin user of a registry, who may do everything there and nothing elsewhere. */
export function createAuthorizer(): Authorizer {
  return {
    check: async ({ principal, action, resource }) => {
      if (principal.kind === 'anonymous') return { allow: false, reason: 'not-signed-in' };
      if (principal.registry !== resource.registry) return { allow: false, reason: 'no-assignment' };
      if (principal.grants && !covered(principal.grants, action, resource)) {
        return { allow: false, reason: 'outside-token-scope' };
      }
      return { allow: true, by: principal.id };
    },
  };
}

function covered(grants: readonly AccessGrant[], action: Action, resource: ResourceScope): boolean {
  if (resource.repository === undefined) {
    const name = action in REGISTRY_ACTIONS ? REGISTRY_ACTIONS[action as RegistryAction].name : undefined;
    return grants.some((g) => g.type === 'registry' && g.name === name && g.actions.includes(action));
  }
  return grants.some((g) => g.type === 'repository' && g.name === resource.repository && g.actions.includes(action));
}

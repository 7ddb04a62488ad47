import type { RoleAssignmentRow } from '../metadata/rights.ts';
import { type Authorizer, type AuthorizerDependencies, createAuthorizer } from './authorizer.ts';
import { createRights } from './rights.ts';

/** An Authorizer over these assignments and nothing else; without any, only admin users and tokens of registries may do something. */
export function testAuthorizer(
  assignments: readonly RoleAssignmentRow[] = [],
  more: Partial<AuthorizerDependencies> = {},
): Authorizer {
  const rights = createRights({
    read: {
      generation: { current: () => 1 },
      roleAssignments: {
        find: (id) => assignments.find((a) => a.id === id),
        ofPrincipals: (ids) => assignments.filter((a) => ids.includes(a.principalId)),
        grantsOf: (ids) => assignments.filter((a) => ids.includes(a.principalId)),
        at: (scopes) => assignments.filter((a) => scopes.includes(a.scopeKey)),
        within: () => [...assignments],
        ofRole: (role) => assignments.filter((a) => a.roleId === role),
      },
      roleDefinitions: { find: () => undefined, byName: () => undefined, all: () => [] },
    },
    groupsOf: () => [],
  });
  return createAuthorizer({ rights, anonymousPull: () => false, deletedAt: () => undefined, ...more });
}

import { type BUILT_IN_ROLES, builtInRole } from '../../access/built-in-roles.ts';
import type { RolePermission } from '../../access/role-permissions.ts';
import { isWithin, scopeKey } from '../../access/scope-path.ts';
import type { RoleDefinitionRow } from '../../metadata/rights.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ResourceManager } from '../context.ts';

/** A role, built in or custom, as both are shown. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly custom: boolean;
  readonly permissions: readonly RolePermission[];
  readonly assignableScopes: readonly string[];
}

export const builtIn = (r: (typeof BUILT_IN_ROLES)[number]): Role => ({
  ...r,
  custom: false,
  permissions: [r],
  assignableScopes: ['/'],
});

export const custom = (row: RoleDefinitionRow): Role => ({
  id: row.id,
  name: row.name,
  description: row.description,
  custom: true,
  permissions: JSON.parse(row.permissions) as RolePermission[],
  assignableScopes: JSON.parse(row.assignableScopes) as string[],
});

export async function findRole(rm: ResourceManager, id: string): Promise<Role | undefined> {
  const known = builtInRole(id);
  if (known) return builtIn(known);
  const row = await rm.metadata.read.roleDefinitions.find(id.toLowerCase());
  return row && custom(row);
}

/** Whether a role can be assigned at the scope. */
export function assignableAt(role: Role, scope: string): boolean {
  return role.assignableScopes.some((assignable) => isWithin(scope, scopeKey(assignable)));
}

export function unknownRole(id: string): DomainError {
  return new DomainError(
    'not-found',
    'role-definition.unknown',
    `The specified role definition with ID '${id.slice(0, 100)}' does not exist. List the role definitions of the scope.`,
  );
}

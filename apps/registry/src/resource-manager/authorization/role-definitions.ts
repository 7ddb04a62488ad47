import { BUILT_IN_ROLES, builtInRole } from '../../access/built-in-roles.ts';
import { principalId } from '../../access/principal.ts';
import type { RolePermission } from '../../access/role-permissions.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { RoleDefinitionRow } from '../../metadata/rights.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireScope } from '../require-scope.ts';
import { GUID } from './role-assignments.ts';
import type { Role } from './roles.ts';

const ROLES = 'Microsoft.Authorization/roleDefinitions';
const MAX_PATTERNS = 500;

/** Makes the custom role, or changes it, if the caller may do so wherever it is and will be assignable. */
export async function putRoleDefinition(
  rm: ResourceManager,
  caller: ArmCaller,
  guid: string,
  body: Fields,
): Promise<{ created: boolean; row: RoleDefinitionRow }> {
  const id = guid.toLowerCase();
  if (!GUID.test(id)) throw body.wrong('name', 'a GUID');
  if (builtInRole(id)) throw builtInUnchangeable(id);
  const properties = body.within('properties');
  const name = properties.required('roleName');
  if (BUILT_IN_ROLES.some((role) => role.name.toLowerCase() === name.toLowerCase())) throw nameTaken(name);
  const assignableScopes = properties.texts('assignableScopes') ?? [];
  if (assignableScopes.length === 0 || assignableScopes.length > MAX_PATTERNS) {
    throw properties.wrong('assignableScopes', 'a list of at least one scope');
  }
  const existing = await rm.metadata.read.roleDefinitions.find(id);
  const scopes = [...assignableScopes, ...(existing ? (JSON.parse(existing.assignableScopes) as string[]) : [])];
  await requireRightAt(rm, caller, scopes, `${ROLES}/write`);
  for (const scope of assignableScopes) await requireScope(rm, scope);
  const permissions = (properties.list('permissions') ?? []).map(readPermission);
  if (permissions.length === 0) throw properties.wrong('permissions', 'a list of at least one permission');
  const now = rm.clock.now();
  const by = principalId(caller.principal);
  const row: RoleDefinitionRow = {
    id,
    name,
    description: properties.text('description') ?? '',
    permissions: JSON.stringify(permissions),
    assignableScopes: JSON.stringify(assignableScopes),
    createdAt: existing?.createdAt ?? now,
    createdBy: existing?.createdBy ?? by,
    updatedAt: now,
    updatedBy: by,
  };
  await rm.metadata.transaction(async (tx) => {
    await tx.roleDefinitions.put(row);
    await tx.audit.append(armAudit(rm, caller, `${ROLES}/write`, { target: name }));
  });
  return { created: !existing, row };
}

function readPermission(given: Fields): RolePermission {
  const patterns = (name: string) => {
    const list = given.texts(name) ?? [];
    if (list.length > MAX_PATTERNS || list.some((pattern) => pattern === '' || pattern.length > 200)) {
      throw given.wrong(name, `a list of at most ${MAX_PATTERNS} patterns of 1 to 200 characters`);
    }
    return list;
  };
  return {
    actions: patterns('actions'),
    notActions: patterns('notActions'),
    dataActions: patterns('dataActions'),
    notDataActions: patterns('notDataActions'),
  };
}

/** A role counts wherever it is assignable: so the right to make it is needed at each of these scopes, not just at the path's. */
export async function requireRightAt(
  rm: ResourceManager,
  { principal }: ArmCaller,
  scopes: readonly string[],
  action: `Microsoft.${string}/${string}`,
): Promise<void> {
  for (const scope of scopes) {
    const { allow } = await rm.authorizer.check({ principal, action, resource: { id: scopeKey(scope) } });
    if (allow) continue;
    throw new DomainError(
      'forbidden',
      'access.denied',
      `The client with object id '${principalId(principal)}' does not have authorization to perform action '${action}' over the assignable scope '${scope.slice(0, 300)}'. Leave the scope out, or ask its owner.`,
    );
  }
}

/** 2015-07-01 has no dataActions: to those clients a role has its plain actions only. */
export function roleJson(role: Role, scope: string, version: string) {
  const plain = ({ actions, notActions }: RolePermission) => ({ actions, notActions });
  const whole = ({ actions, notActions, dataActions, notDataActions }: RolePermission) => ({
    actions,
    notActions,
    dataActions,
    notDataActions,
  });
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return {
    id: `${subscription}/providers/${ROLES}/${role.id}`,
    name: role.id,
    type: ROLES,
    properties: {
      roleName: role.name,
      type: role.custom ? 'CustomRole' : 'BuiltInRole',
      description: role.description,
      assignableScopes: role.assignableScopes,
      permissions: role.permissions.map(version < '2016' ? plain : whole),
    },
  };
}

export function builtInUnchangeable(id: string): DomainError {
  return new DomainError(
    'forbidden',
    'access.denied',
    `The role definition '${id}' is built in and cannot be changed or deleted. Make a custom role with another GUID.`,
  );
}

function nameTaken(name: string): DomainError {
  return new DomainError(
    'conflict',
    'role-definition.name-exists',
    `A built-in role is named "${name.slice(0, 100)}" already. Choose another name.`,
  );
}

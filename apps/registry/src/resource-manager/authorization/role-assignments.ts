import { principalId } from '../../access/principal.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { RoleAssignmentRow } from '../../metadata/rights.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireScope } from '../require-scope.ts';
import { assignableAt, findRole, unknownRole } from './roles.ts';

const ROLES = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments';
export const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Makes the assignment at the scope, or finds it there as asked for. Whoever calls has the right for it already. */
export async function putRoleAssignment(
  rm: ResourceManager,
  caller: ArmCaller,
  { scope, id }: { scope: string; id: string },
  body: Fields,
): Promise<{ created: boolean; row: RoleAssignmentRow }> {
  if (!GUID.test(id)) throw body.wrong('name', 'a GUID');
  await requireScope(rm, scope);
  const properties = body.within('properties');
  const roleId = properties.required('roleDefinitionId').split('/').at(-1)?.toLowerCase() ?? '';
  const role = await findRole(rm, roleId);
  if (!role) throw unknownRole(roleId);
  if (!assignableAt(role, scopeKey(scope))) {
    throw properties.wrong('roleDefinitionId', `a role that is assignable at this scope; '${role.name}' is not`);
  }
  const objectId = properties.required('principalId').toLowerCase();
  const principalType = await rm.principalType(objectId);
  if (!principalType) throw unknownPrincipal(objectId);
  const row: RoleAssignmentRow = {
    id: id.toLowerCase(),
    scope,
    scopeKey: scopeKey(scope),
    roleId,
    principalId: objectId,
    principalType,
    description: properties.text('description'),
    createdAt: rm.clock.now(),
    createdBy: principalId(caller.principal),
  };
  const again = await rm.metadata.read.roleAssignments.find(row.id);
  if (again?.scopeKey === row.scopeKey && again.roleId === roleId && again.principalId === objectId) {
    return { created: false, row: again };
  }
  await rm.metadata.transaction(async (tx) => {
    if (!(await tx.roleAssignments.insert(row))) throw assignmentExists();
    await tx.audit.append(armAudit(rm, caller, `${ASSIGNMENTS}/write`, { target: `${role.name} for ${objectId}` }));
  });
  return { created: true, row };
}

/** 2015-07-01 knows neither the kind of principal nor who assigned when. */
export function assignmentJson(row: RoleAssignmentRow, version: string) {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(row.scope)?.[0] ?? '';
  const time = row.createdAt.toISOString();
  const later = {
    principalType: row.principalType,
    createdOn: time,
    updatedOn: time,
    createdBy: row.createdBy,
    updatedBy: row.createdBy,
    ...(row.description === undefined ? {} : { description: row.description }),
  };
  return {
    id: `${row.scope === '/' ? '' : row.scope}/providers/${ASSIGNMENTS}/${row.id}`,
    name: row.id,
    type: ASSIGNMENTS,
    properties: {
      roleDefinitionId: `${subscription}/providers/${ROLES}/${row.roleId}`,
      principalId: row.principalId,
      scope: row.scope,
      ...(version < '2016' ? {} : later),
    },
  };
}

function unknownPrincipal(objectId: string): DomainError {
  // az repeats the request for three minutes when the text says "does not exist in the directory": replication on Azure.
  return new DomainError(
    'invalid',
    'role-assignment.principal-unknown',
    `Principal ${objectId.slice(0, 100)} was not found among the users, groups and service principals of this site. Check the object id (not the application id).`,
  );
}

function assignmentExists(): DomainError {
  return new DomainError('conflict', 'role-assignment.exists', 'The role assignment already exists.');
}

import { enoughFor, isContentAction, roleFor } from '../../access/actions.ts';
import type { Action, ResourceAction } from '../../access/principal.ts';
import { compilePermission } from '../../access/role-permissions.ts';
import { isWithin, REPOSITORIES } from '../../access/scope-path.ts';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import type { RoleAssignmentRow } from '../../metadata/rights.ts';
import type { ResourceManager } from '../context.ts';
import { findRole } from './roles.ts';

/** Who is asked about, as the directory knows him. */
export interface Asked {
  readonly id: string;
  readonly name: string;
  readonly type: 'User' | 'Group' | 'ServicePrincipal';
  /** A disabled account signs in nowhere, whatever roles it has. */
  readonly enabled: boolean;
}

/** An assignment of the principal or of a group that it is in, and what it has to do with the question. */
interface Considered {
  readonly assignmentId: string;
  readonly roleId: string;
  readonly roleName: string;
  readonly scope: string;
  readonly principalId: string;
  readonly principalName: string;
  /** Whether its scope reaches what is asked about. */
  readonly covers: boolean;
  /** Whether its role gives the action at all. */
  readonly gives: boolean;
}

/**
 * Whether somebody may do it, by the very decision that requests get, and the assignments that were looked at. `because` is
 * the one that decides.
 */
export async function explainAccess(rm: ResourceManager, asked: Asked, action: Action | ResourceAction, scope: string) {
  const [id = '', repository] = scope.split(REPOSITORIES, 2) as [string, string?];
  const decision = await rm.authorizer.check({
    principal: {
      kind: asked.type === 'ServicePrincipal' ? 'service-principal' : 'user',
      id: asked.id,
      name: asked.name,
    },
    action,
    resource: repository === undefined ? { id } : { id, repository },
  });
  const { read } = rm.metadata;
  const holders = [asked.id, ...(await read.memberships.transitive(asked.id))];
  const rows = await read.roleAssignments.ofPrincipals(holders);
  const related = rows.filter((row) => isWithin(scope, row.scopeKey) || isWithin(row.scopeKey, scope));
  const considered = await Promise.all(related.map((row) => consider(rm, row, action, scope)));
  const because = decision.allow ? considered.find(({ assignmentId }) => assignmentId === decision.by) : undefined;
  return {
    principal: asked,
    action,
    scope,
    allow: decision.allow && asked.enabled,
    ...(because ? { because } : {}),
    considered,
    ...(isContentAction(action) ? { smallestRole: roleFor(action) } : {}),
  };
}

async function consider(
  rm: ResourceManager,
  row: RoleAssignmentRow,
  action: Action | ResourceAction,
  scope: string,
): Promise<Considered> {
  const role = await findRole(rm, row.roleId);
  const permissions = role?.permissions.map(compilePermission) ?? [];
  const holder = await findAsked(rm.metadata.read, row.principalId);
  return {
    assignmentId: row.id,
    roleId: row.roleId,
    roleName: role?.name ?? row.roleId,
    scope: row.scope,
    principalId: row.principalId,
    principalName: holder?.name ?? row.principalId,
    covers: isWithin(scope, row.scopeKey),
    gives: enoughFor(action).some((enough) => permissions.some((permission) => permission.permits(enough))),
  };
}

/** The user, service principal or group of that object id. */
export async function findAsked(read: MetadataReader, id: string): Promise<Asked | undefined> {
  const user = await read.users.find(id);
  if (user) return { id, name: user.upn, type: 'User', enabled: user.enabled };
  const program = await read.servicePrincipals.find(id);
  if (program) return { id, name: program.displayName, type: 'ServicePrincipal', enabled: program.enabled };
  const group = await read.groups.find(id);
  return group && { id, name: group.displayName, type: 'Group', enabled: true };
}

import type { Context } from '../command.ts';
import type { Session } from '../site/session.ts';
import { ASSIGNMENT_API, principalOf, type RoleAssignment, roleId } from './assignments.ts';

interface Wanted {
  readonly scope: string | undefined;
  readonly role: string | undefined;
  readonly assignee: string | undefined;
  /** Also those of the scopes above. */
  readonly inherited: boolean;
}

/** The assignments at a scope, of a role, of somebody. Without a scope: all of the subscription and below. */
export async function findAssignments(
  context: Context,
  session: Session,
  { scope, role, assignee, inherited }: Wanted,
): Promise<RoleAssignment[]> {
  const at = scope ?? `/subscriptions/${session.subscription(context.subscription).id}`;
  const filter = scope === undefined ? '' : '?$filter=atScope()';
  let found = await session.armList<RoleAssignment>(
    `${at}/providers/Microsoft.Authorization/roleAssignments${filter}`,
    ASSIGNMENT_API,
  );
  if (scope !== undefined && !inherited)
    found = found.filter((one) => one.properties.scope.toLowerCase() === scope.toLowerCase());
  if (role !== undefined) {
    const id = (await roleId(session, at, role)).split('/').at(-1);
    found = found.filter((one) => one.properties.roleDefinitionId.split('/').at(-1) === id);
  }
  if (assignee !== undefined) {
    const { id } = await principalOf(session, assignee);
    found = found.filter((one) => one.properties.principalId === id);
  }
  return found;
}

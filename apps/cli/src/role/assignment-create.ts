import { randomUUID } from 'node:crypto';
import { defineCommand } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { Session } from '../site/session.ts';
import {
  ASSIGNMENT_API,
  ASSIGNMENT_OPTIONS,
  assignmentShape,
  needed,
  principalOf,
  type RoleAssignment,
  refusedTwice,
  roleId,
} from './assignments.ts';

export const command = defineCommand({
  summary: 'Give a role to a user, a group or a service principal.',
  options: {
    ...ASSIGNMENT_OPTIONS,
    role: { ...ASSIGNMENT_OPTIONS.role, required: true },
    objectId: {
      flags: ['--assignee-object-id'],
      value: 'ID',
      text: 'Object id of who gets it, in place of --assignee.',
    },
    principalType: {
      flags: ['--assignee-principal-type'],
      value: 'TYPE',
      choices: ['User', 'Group', 'ServicePrincipal', 'ForeignGroup'],
      text: 'What the object id is of.',
    },
  },
  examples: [
    {
      text: 'Let somebody pull from a registry:',
      command:
        'holdfast role assignment create --scope "$(holdfast acr show -n myregistry --query id -o tsv)" --role AcrPull --assignee user@local.holdfast.internal',
    },
  ],
  run: async (context, { role, assignee, objectId, principalType, ...values }) => {
    const scope = needed(values.scope);
    if ((assignee === undefined) === (objectId === undefined))
      throw wrongUsage('usage error: --assignee STRING | --assignee-object-id GUID');
    const session = await Session.open(context);
    const principal =
      objectId === undefined ? await principalOf(session, assignee ?? '') : { id: objectId, type: principalType };
    const roleDefinitionId = await roleId(session, scope, role);
    const properties = { roleDefinitionId, principalId: principal.id, principalType: principal.type };
    const assignments = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
    try {
      const made = await session.arm<RoleAssignment>('PUT', `${assignments}/${randomUUID()}`, {
        api: ASSIGNMENT_API,
        body: { properties },
      });
      return assignmentShape(made);
    } catch (error) {
      if (!refusedTwice(error)) throw error;
      // As with az, what is there already is success.
      const filter = encodeURIComponent(`principalId eq '${principal.id}'`);
      const all = await session.armList<RoleAssignment>(`${assignments}?$filter=${filter}`, ASSIGNMENT_API);
      const there = all.find(
        (one) =>
          one.properties.scope.toLowerCase() === scope.toLowerCase() &&
          one.properties.roleDefinitionId.split('/').at(-1) === roleDefinitionId.split('/').at(-1),
      );
      if (!there) throw error;
      return assignmentShape(there);
    }
  },
});

import { timesIn } from '../acr/shapes.ts';
import { defineCommand } from '../command.ts';
import { Session } from '../site/session.ts';
import { listRoles, type RoleDefinition } from './assignments.ts';

export const command = defineCommand({
  summary: 'List the roles that there are.',
  options: {
    name: { flags: ['--name', '-n'], value: 'ROLE', text: 'Only the one of this name.' },
    scope: { flags: ['--scope'], value: 'ID', text: 'Those that can be given at this resource.' },
  },
  examples: [
    {
      text: 'What AcrPull allows:',
      command: 'holdfast role definition list -n AcrPull --query "[0].permissions[0].actions" -o tsv',
    },
  ],
  table: (result) =>
    (result as ReturnType<typeof shape>[]).map(({ roleName: Name, roleType: Type, description: Description }) => ({
      Name,
      Type,
      Description,
    })),
  run: async (context, { name, scope }) => {
    const session = await Session.open(context);
    const at = scope ?? `/subscriptions/${session.subscription(context.subscription).id}`;
    return (await listRoles(session, at, name)).map(shape);
  },
});

/** As az prints it. */
function shape({ id, name, type, properties }: RoleDefinition) {
  const {
    roleName,
    type: roleType,
    description = null,
    assignableScopes = null,
    permissions,
    ...rest
  } = timesIn(properties) as Record<string, unknown>;
  const { createdBy = null, createdOn = null, updatedBy = null, updatedOn = null } = rest;
  const allowed = (permissions as object[]).map((permission) => ({
    condition: null,
    conditionVersion: null,
    ...permission,
  }));
  return {
    assignableScopes,
    createdBy,
    createdOn,
    description,
    id,
    name,
    permissions: allowed,
    roleName,
    roleType,
    systemData: null,
    type,
    updatedBy,
    updatedOn,
  };
}

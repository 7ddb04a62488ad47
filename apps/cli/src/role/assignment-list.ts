import { defineCommand, type TableRows } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { Session } from '../site/session.ts';
import {
  ASSIGNMENT_OPTIONS,
  assignmentShape,
  directoryObjects,
  listRoles,
  principalName,
  type RoleAssignment,
} from './assignments.ts';
import { findAssignments } from './find-assignments.ts';

export const command = defineCommand({
  summary: 'List who has which role.',
  options: {
    ...ASSIGNMENT_OPTIONS,
    all: { flags: ['--all'], text: 'Those of the subscription and of all below it.' },
    inherited: { flags: ['--include-inherited'], text: 'Also those of the scopes above.' },
  },
  examples: [
    {
      text: 'Of a registry:',
      command: 'holdfast role assignment list --scope "$(holdfast acr show -n myregistry --query id -o tsv)" -o table',
    },
    { text: 'All:', command: 'holdfast role assignment list --all -o table' },
  ],
  table: (result): TableRows =>
    (result as Awaited<ReturnType<typeof listed>>).map(
      ({ principalName: Principal, roleDefinitionName: Role, scope: Scope }) => ({ Principal, Role, Scope }),
    ),
  run: async (context, { all, ...values }) => {
    if (all && values.scope !== undefined) throw wrongUsage('--all and --scope exclude each other.');
    const session = await Session.open(context);
    const subscription = `/subscriptions/${session.subscription(context.subscription).id}`;
    const scope = all ? undefined : (values.scope?.replace(/\/+$/, '') ?? subscription);
    return listed(session, scope ?? subscription, await findAssignments(context, session, { ...values, scope }));
  },
});

/** With the names that people know, as az lists them. */
async function listed(session: Session, scope: string, assignments: readonly RoleAssignment[]) {
  const principals = await directoryObjects(session, [
    ...new Set(assignments.map(({ properties }) => properties.principalId)),
  ]);
  const roles = new Map((await listRoles(session, scope)).map(({ name, properties }) => [name, properties.roleName]));
  return assignments.map((assignment) => {
    const { principalId, roleDefinitionId } = assignment.properties;
    const { condition, conditionVersion, delegatedManagedIdentityResourceId, description, systemData, ...shown } =
      assignmentShape(assignment);
    return {
      ...shown,
      principalName: principalName(principals.get(principalId)),
      roleDefinitionName: roles.get(roleDefinitionId.split('/').at(-1) ?? '') ?? '',
    };
  });
}

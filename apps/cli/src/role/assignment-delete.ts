import { defineCommand } from '../command.ts';
import { notFound, wrongUsage } from '../command-error.ts';
import { cancelled, confirm } from '../read-password.ts';
import { Session } from '../site/session.ts';
import { ASSIGNMENT_API, ASSIGNMENT_OPTIONS, type RoleAssignment } from './assignments.ts';
import { findAssignments } from './find-assignments.ts';

export const command = defineCommand({
  summary: 'Take roles away: those at a scope, of a role, of somebody, or by id.',
  options: {
    ...ASSIGNMENT_OPTIONS,
    ids: { flags: ['--ids'], value: 'ID', many: true, text: 'Ids of assignments.' },
    yes: { flags: ['--yes', '-y'], text: 'Do not ask before all assignments of the subscription go.' },
  },
  examples: [
    {
      text: 'Nobody pulls by this role any more:',
      command:
        'holdfast role assignment delete --scope "$(holdfast acr show -n myregistry --query id -o tsv)" --role AcrPull --assignee user@local.holdfast.internal',
    },
  ],
  run: async (context, { ids, yes, ...values }) => {
    const { scope, role, assignee } = values;
    const session = await Session.open(context);
    const remove = (id: string) => session.arm('DELETE', id, { api: ASSIGNMENT_API });
    if (ids !== undefined) {
      if (scope ?? role ?? assignee) throw wrongUsage('--ids excludes --scope, --role and --assignee.');
      for (const id of ids) await remove(id);
      return;
    }
    if ((scope ?? role ?? assignee) === undefined) {
      const question = 'This will delete all role assignments of the subscription. Are you sure?';
      if (!(await confirm(context, question, yes))) throw cancelled();
    }
    const at = scope?.replace(/\/+$/, '') ?? `/subscriptions/${session.subscription(context.subscription).id}`;
    const found: RoleAssignment[] = await findAssignments(context, session, {
      role,
      assignee,
      scope: at,
      inherited: false,
    });
    if (found.length === 0) throw notFound('No matched assignments were found to delete.');
    for (const { id } of found) await remove(id);
  },
});

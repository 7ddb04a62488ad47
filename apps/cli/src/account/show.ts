import { defineCommand } from '../command.ts';
import { Session } from '../site/session.ts';
import { accountShape } from './shape.ts';

export const command = defineCommand({
  summary: 'Show who is signed in, and the subscription that commands use.',
  examples: [{ text: 'The id of the subscription:', command: 'holdfast account show --query id -o tsv' }],
  run: async (context) => {
    const session = await Session.open(context);
    const subscription = session.subscription(context.subscription);
    const { cloudName: environmentName, ...account } = accountShape(subscription, session.user, subscription.id);
    return { environmentName, ...account };
  },
});

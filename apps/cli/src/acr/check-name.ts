import { defineCommand } from '../command.ts';
import { REGISTRY_API, Session } from '../site/session.ts';
import { REGISTRY_NAME } from './options.ts';

interface Availability {
  readonly nameAvailable: boolean;
  readonly reason?: string;
  readonly message?: string;
}

export const command = defineCommand({
  summary: 'Say whether a name is free and may be a registry’s.',
  options: { name: REGISTRY_NAME },
  examples: [{ text: 'True or false:', command: 'holdfast acr check-name -n myregistry --query nameAvailable' }],
  run: async (context, { name }) => {
    const session = await Session.open(context);
    const path = `/subscriptions/${session.subscription(context.subscription).id}/providers/Microsoft.ContainerRegistry/checkNameAvailability`;
    const body = { name, type: 'Microsoft.ContainerRegistry/registries' };
    const found = await session.arm<Availability>('POST', path, { api: REGISTRY_API, body });
    const { nameAvailable, reason = null, message = null } = found;
    return { availableLoginServerName: null, message, nameAvailable, reason };
  },
});

import { defineCommand } from '../../command.ts';
import { REGISTRY_NAME, RESOURCE_GROUP } from '../options.ts';
import { RegistryAtSite } from '../registry-resource.ts';
import { type AdminCredentials, credentialRows } from './credentials.ts';

export const command = defineCommand({
  summary: 'Make a new password of the admin user; the old one ends at once.',
  options: {
    name: REGISTRY_NAME,
    group: RESOURCE_GROUP,
    passwordName: {
      flags: ['--password-name'],
      value: 'WHICH',
      choices: ['password', 'password2'],
      required: true,
      text: 'Which of the two.',
    },
  },
  examples: [
    { text: 'The second one:', command: 'holdfast acr credential renew -n myregistry --password-name password2' },
  ],
  table: credentialRows,
  run: async (context, values) => {
    const registry = await RegistryAtSite.open(context, values);
    return registry.call<AdminCredentials>('POST', '/regenerateCredential', { name: values.passwordName });
  },
});

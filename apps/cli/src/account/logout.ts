import { defineCommand } from '../command.ts';
import { removeProfile } from '../site/profile.ts';

export const command = defineCommand({
  summary: 'Forget who is signed in, and all tokens.',
  details: "Docker's and Podman's own files stay as they are: docker logout and podman logout are for them.",
  examples: [{ text: 'Sign out:', command: 'holdfast logout' }],
  run: async ({ configDir }) => removeProfile(configDir),
});

import { defineCommand, RawOutput } from '../../command.ts';
import { RegistryClient } from '../../site/registry-client.ts';
import { parseImageName, repositoryPath } from '../image-name.ts';
import { MANIFEST_TYPES } from './manifest-types.ts';
import { SPECIFIER, SPECIFIER_OPTIONS, specified } from './specifier.ts';

export const command = defineCommand({
  summary: 'Show a manifest.',
  options: {
    ...SPECIFIER_OPTIONS,
    raw: { flags: ['--raw'], text: 'The stored bytes, so that their SHA-256 is the digest.' },
  },
  positionals: SPECIFIER,
  examples: [
    {
      text: 'Its digest, computed from its bytes:',
      command: 'holdfast acr manifest show -r myregistry -n team/app:v1 --raw | sha256sum',
    },
  ],
  run: async (context, values, positionals) => {
    const { registry, name } = specified(values, positionals);
    const client = await RegistryClient.open(context, { ...values, name: registry });
    const { repository, tag, digest } = parseImageName(name);
    const path = `/v2/${repositoryPath(repository)}/manifests/${digest ?? tag}`;
    const answer = await client.call(`repository:${repository}:pull`, path, { headers: { Accept: MANIFEST_TYPES } });
    return values.raw ? new RawOutput(answer.body) : answer.json();
  },
});

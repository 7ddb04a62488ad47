import { planVolumes } from '@holdfast/bundle/apply-bundle';
import type { BundledTag } from '@holdfast/bundle/documents';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import { defineCommand } from '../command.ts';
import { loadTrustedKeys, TRUST } from './keys.ts';
import { openPlace, SIGN_IN } from './place.ts';
import { BundleState, lastMoves, STATE } from './state.ts';
import { openSets, VOLUMES } from './volumes.ts';

export const command = defineCommand({
  summary: 'Say what an apply would do: bytes to send, tags that move or are locked, and what is lacking.',
  details: 'Changes nothing, and reads only the signed lists of the volumes.',
  options: {
    to: { flags: ['--to'], value: 'REGISTRY', required: true, text: 'Host of the registry.' },
    ...TRUST,
    ...SIGN_IN,
    ...STATE,
  },
  positionals: [VOLUMES],
  examples: [
    {
      text: 'Before the first byte:',
      command: 'holdfast bundle plan out --to registry.far.example:5443 --trust connected.pub',
    },
  ],
  run: async (context, values, paths) => {
    const client = await openPlace(context, values.to, values);
    const movedBy = lastMoves(await new BundleState(context, values.state).custody(), values.to);
    const plans = [];
    for (const set of await openSets(paths, await loadTrustedKeys(values.trust))) {
      const plan = await planVolumes(set, client, movedBy);
      const tags = [];
      for (const tag of plan?.tags ?? []) tags.push({ ...tag, locked: await isLocked(client, tag) });
      plans.push({ bundle: set.digest, signer: set.signer, missingVolumes: set.missing, ...plan, tags });
    }
    return plans;
  },
});

/** By ACR's metadata API; of a registry that has none, nothing is locked. */
async function isLocked(client: PushClient, { repository, tag }: BundledTag): Promise<boolean> {
  const scopes = [`repository:${repository}:metadata_read`];
  const isWritable = (found: Readonly<Record<string, unknown>> | undefined) =>
    (found?.changeableAttributes as { writeEnabled?: boolean } | undefined)?.writeEnabled !== false;
  const whole = await client.ask(`/acr/v1/${repository}`, scopes);
  if (!isWritable(whole)) return true;
  const one = await client.ask(`/acr/v1/${repository}/_tags/${tag}`, scopes);
  return !isWritable(one?.tag as Readonly<Record<string, unknown>> | undefined);
}

import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type BundlePlan, bytesToStage, planVolumes } from '@holdfast/bundle/apply-bundle';
import type { BundledTag } from '@holdfast/bundle/documents';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import { defineCommand } from '../command.ts';
import { loadTrustedKeys, TRUST } from './keys.ts';
import { openPlace, SIGN_IN } from './place.ts';
import { BundleState, lastMoves, STATE, secondsFor } from './state.ts';
import { bytesOf, openSets, VOLUMES } from './volumes.ts';

export const command = defineCommand({
  summary:
    'Say what an apply would do: bytes and room for them, time, quarantine, tags that move or may not, and what is lacking.',
  details:
    'Changes nothing, and reads only the signed lists of the volumes. `machine` is the disk of --state, where an apply keeps what is not whole yet. The time is that of the last apply to the registry, by the custody log. Room, quarantine and immutable tags are told by a Holdfast registry.',
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
    const state = new BundleState(context, values.state);
    const custody = await state.custody();
    const movedBy = lastMoves(custody, values.to);
    const plans = [];
    for (const set of await openSets(paths, await loadTrustedKeys(values.trust))) {
      const plan = await planVolumes(set, client, movedBy);
      const seconds = secondsFor(bytesOf(set), custody, values.to);
      const machine = await roomHere(state, await bytesToStage(set, state.staging(set.digest)));
      const facts = { bundle: set.digest, signer: set.signer, missingVolumes: set.missing, ...plan, seconds, machine };
      plans.push({ ...facts, ...(await askRegistry(client, plan)) });
    }
    return plans;
  },
});

/** Of the disk on which an apply keeps pieces of blobs, manifests and documents until the bundle is whole. */
async function roomHere({ folder }: BundleState, bytes: number) {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const disk = await statfs(at).catch(() => undefined); // the folder is made by the first apply
    if (!disk && at !== dirname(at)) continue;
    const left = disk && disk.bavail * disk.bsize;
    return { folder, bytes, ...(left === undefined ? {} : { left, fits: bytes <= left }) };
  }
}

/** What only the registry knows: a Holdfast tells all of it at once, of another one locks are asked for tag by tag. */
async function askRegistry(client: PushClient, plan: BundlePlan | undefined) {
  const tags = plan?.tags ?? [];
  const [first] = tags;
  if (!plan || !first) return { tags };
  const scopes = [...new Set(tags.map(({ repository }) => `repository:${repository}:pull,push`))];
  const asked = tags.map(({ repository, tag, digest }) => ({ repository, tag, digest }));
  const body = { bytes: plan.bytesToSend, tags: asked };
  const told = (await client.call(`/holdfast/v1/${first.repository}/_plan`, scopes, body)) as RegistryPlan | undefined;
  if (!told) {
    const planned = [];
    for (const tag of tags) planned.push({ ...tag, locked: await isLocked(client, tag) });
    return { tags: planned };
  }
  const refused = (i: number) => {
    const { state, why } = told.tags[i] ?? {};
    return { locked: state === 'locked', immutable: state === 'immutable', ...(why === undefined ? {} : { why }) };
  };
  return {
    room: told.room,
    quarantine: told.quarantine,
    tags: tags.map((tag, i) => ({ ...tag, ...refused(i) })),
  };
}

/** The answer of `POST /holdfast/v1/<name>/_plan`; tags in the order in which they were named. */
interface RegistryPlan {
  readonly room: { readonly left: number; readonly fits: boolean; readonly siteFits: boolean };
  readonly quarantine: boolean;
  readonly tags: readonly { readonly state: string; readonly why?: string }[];
}

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

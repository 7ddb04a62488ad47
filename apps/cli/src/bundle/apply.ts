import { type ApplyTarget, applyVolumes, type TagMove } from '@holdfast/bundle/apply-bundle';
import type { PushClient } from '@holdfast/oci/registry/push-client';
import { RegistryError } from '@holdfast/oci/registry/registry-error';
import { defineCommand } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { Progress } from '../output/progress.ts';
import { loadTrustedKeys, TRUST } from './keys.ts';
import { openPlace, SIGN_IN } from './place.ts';
import { BundleState, lastMoves, STATE } from './state.ts';
import { bytesOf, countBytes, openSets, told, VOLUMES } from './volumes.ts';

export const command = defineCommand({
  summary: 'Bring volumes into a registry: their blobs at once, manifests and tags when the whole bundle is there.',
  details:
    'May be repeated, after a crash as well, with any of the volumes, in any order. A tag that a later bundle has moved stays where it is. What the far side was thought to have and has not, is written into its next receipt.',
  options: {
    to: { flags: ['--to'], value: 'REGISTRY', required: true, text: 'Host of the registry.' },
    ...TRUST,
    ...SIGN_IN,
    ...STATE,
  },
  positionals: [VOLUMES],
  examples: [
    {
      text: 'One DVD after the other:',
      command: 'holdfast bundle apply /media/dvd --to registry.far.example:5443 --trust connected.pub',
    },
  ],
  run: async (context, values, paths) => {
    const state = new BundleState(context, values.state);
    const client = await openPlace(context, values.to, values);
    const results = [];
    for (const set of await openSets(paths, await loadTrustedKeys(values.trust))) {
      const staging = state.staging(set.digest);
      const movedBy = lastMoves(await state.custody(), values.to);
      const target = targetOf(client);
      const progress = new Progress(context, `apply ${set.digest.slice(7, 19)}`);
      const bytes = bytesOf(set);
      const onBytes = countBytes(progress, bytes);
      const begun = performance.now();
      const result = await applyVolumes(set, { target, staging, movedBy, onBytes })
        .finally(() => progress.end())
        .catch(told)
        .catch(refused);
      const { digest: bundle, signer, of } = set;
      const volumes = set.volumes.map(({ document }) => document.number);
      const facts = { bundle, signer, of, volumes, place: values.to };
      if (result.state === 'incomplete') {
        const { missingVolumes, lacks } = result;
        await state.log({ action: 'incomplete', ...facts });
        if (lacks.length > 0) await state.keepLacks(values.to, lacks);
        results.push({ bundle, state: result.state, missingVolumes, lacks });
        continue;
      }
      const { created } = result.document;
      const tags = result.tags.map(({ repository, tag }) => `${repository}:${tag}`);
      const seconds = (performance.now() - begun) / 1000;
      await state.log({ action: 'applied', ...facts, created, tags, bytes, seconds });
      await state.keepLacks(values.to, []);
      await staging.clear();
      const superseded = result.superseded.map(({ repository, tag }) => `${repository}:${tag}`);
      results.push({ bundle, state: result.state, blobsSent: result.blobs, tags, superseded });
    }
    return results;
  },
});

function targetOf(client: PushClient): ApplyTarget {
  return {
    findManifest: (repository, reference) => client.findManifest(repository, reference),
    findBlob: (repository, digest) => client.findBlob(repository, digest),
    mountBlob: (repository, digest, from) => client.mountBlob(repository, digest, from),
    pushBlob: (repository, upload) => client.pushBlob(repository, upload),
    putManifest: (repository, reference, mediaType, bytes) =>
      client.putManifest(repository, reference, mediaType, bytes),
    moveTags: (move) => moveTags(client, move),
  };
}

/** What a Holdfast registry answers; one of before knows of no `superseded`. */
interface MovedTags {
  readonly superseded?: readonly { readonly repository: string; readonly tag: string }[];
}

/** In one transaction of a Holdfast registry; of another one tag after the other, as it is done there. */
async function moveTags(client: PushClient, move: TagMove): Promise<NonNullable<MovedTags['superseded']>> {
  const { bundle, signer, created, volumes, tags } = move;
  const scopes = [...new Set(tags.map(({ repository }) => `repository:${repository}:pull,push`))];
  const plain = tags.map(({ repository, tag, digest }) => ({ repository, tag, digest }));
  const body = { bundle, signer, created, volumes, tags: plain };
  const answer = (await client.call(`/holdfast/v1/${plain[0]?.repository}/_tags`, scopes, body)) as
    | MovedTags
    | undefined;
  if (answer !== undefined) return answer.superseded ?? [];
  for (const { repository, tag, digest, mediaType, bytes } of tags) {
    if ((await client.findManifest(repository, tag)) === digest) continue;
    await client.putManifest(repository, tag, mediaType, bytes ?? (await client.manifest(repository, digest)).bytes);
  }
  return [];
}

function refused(error: unknown): never {
  if (!(error instanceof RegistryError)) throw error;
  throw new CommandError(
    `The registry did not take it: ${error.message}. No tag was moved; what was sent is not sent again when you repeat this.`,
  );
}

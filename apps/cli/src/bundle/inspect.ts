import { defineCommand } from '../command.ts';
import { loadTrustedKeys, TRUST } from './keys.ts';
import { openSets, VOLUMES } from './volumes.ts';

export const command = defineCommand({
  summary: 'Show what volumes hold, by their signed lists.',
  options: { ...TRUST },
  positionals: [VOLUMES],
  examples: [
    { text: 'The tags of a bundle:', command: "holdfast bundle inspect out --trust connected.pub --query '[].tags[]'" },
  ],
  run: async (_context, { trust }, paths) =>
    (await openSets(paths, await loadTrustedKeys(trust))).map(({ digest, signer, of, missing, volumes, bundle }) => ({
      bundle: digest,
      signer,
      of,
      missing,
      volumes: volumes.map(({ location, document }) => ({
        number: document.number,
        location,
        files: document.files.length,
      })),
      created: bundle?.document.created,
      source: bundle?.document.source,
      against: bundle?.document.against,
      tags: bundle?.document.tags.map(({ repository, tag, digest: image }) => ({ repository, tag, digest: image })),
      manifests: bundle?.document.manifests.length,
      blobs: bundle?.document.blobs.length,
    })),
});

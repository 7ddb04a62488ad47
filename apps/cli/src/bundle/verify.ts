import { verifyVolume } from '@holdfast/bundle/volumes';
import { defineCommand } from '../command.ts';
import { Progress } from '../output/progress.ts';
import { loadTrustedKeys, TRUST } from './keys.ts';
import { BundleState, STATE } from './state.ts';
import { bytesOf, countBytes, openSets, told, VOLUMES } from './volumes.ts';

export const command = defineCommand({
  summary: 'Verify signatures and every byte of volumes.',
  options: { ...TRUST, ...STATE },
  positionals: [VOLUMES],
  examples: [{ text: 'All volumes in a folder:', command: 'holdfast bundle verify out --trust connected.pub' }],
  run: async (context, { trust, state: folder }, paths) => {
    const state = new BundleState(context, folder);
    const results = [];
    for (const set of await openSets(paths, await loadTrustedKeys(trust))) {
      const bytes = bytesOf(set);
      const progress = new Progress(context, `verify ${set.digest.slice(7, 19)}`);
      const onBytes = countBytes(progress, bytes);
      for (const volume of set.volumes) {
        await verifyVolume(volume, onBytes)
          .finally(() => progress.end())
          .catch(told);
      }
      const volumes = set.volumes.map(({ document }) => document.number);
      const { digest: bundle, signer, of, missing } = set;
      await state.log({ action: 'verified', bundle, volumes, of, signer });
      results.push({ bundle, signer, volumes, of, missing, bytes });
    }
    return results;
  },
});

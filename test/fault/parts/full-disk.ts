import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { canMount } from '../../attacks/support/process.ts';
import { fullAtEveryWrite } from '../full-disk/every-write.ts';
import { type FaultCounts, fullFromTimeToTime, untilSyncFails } from '../full-disk/random-faults.ts';
import { fillRealDisk } from '../full-disk/real-disk.ts';
import { Random } from '../random.ts';
import type { Part, Score } from '../score.ts';

const ROUNDS = 12;

/** ENOSPC at every write, a database that cannot grow, an fsync that fails. */
export const fullDisk: Part = {
  name: 'full-disk',
  what: 'disks that are full, or fail to sync',
  run: async ({ score, seed, folder }) => {
    await score.trial('full from the n-th write on, for every n', async () => {
      const { writes, complaints } = await fullAtEveryWrite(folder);
      console.log(`   full from each of ${writes} writes on`);
      return complaints;
    });
    await realDisk(score, folder);
    const random = new Random(seed);
    for (const [name, trial] of [
      ['full from time to time', fullFromTimeToTime],
      ['a sync that fails', untilSyncFails],
    ] as const) {
      const counts: FaultCounts = { refused: 0, done: 0 };
      for (let round = 0; round < ROUNDS; round++) {
        const home = join(folder, `${trial.name}-${round}`);
        mkdirSync(home);
        await score.trial(`${name}, round ${round} of seed ${seed}`, () => trial(home, random.fork(), counts));
      }
      console.log(`   ${name}: ${ROUNDS} histories, ${counts.done} requests done, ${counts.refused} refused`);
      score.check(`${name}: something was refused`, counts.refused > 0);
    }
  },
};

async function realDisk(score: Score, folder: string): Promise<void> {
  if (!canMount(folder)) {
    console.log('   NOT RUN: a real full disk under the real server; it needs root, or user namespaces, to mount one');
    return;
  }
  await score.trial('the real server on a disk of 16 MiB', async () => {
    const { complaints, refused, done } = await fillRealDisk(folder);
    console.log(`   a real disk of 16 MiB: ${done} requests done, ${refused} refused with 507`);
    return refused === 0 ? [...complaints, 'nothing was refused'] : complaints;
  });
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PLANTED_BUGS } from '../planted.ts';
import { Random } from '../random.ts';
import { planSchedules, runSchedules } from '../schedules.ts';
import type { Part, PartContext } from '../score.ts';
import { recordHistory } from '../workload/record-history.ts';

const PER_HISTORY = 40;

/** Before the harness says that nothing is wrong, it must find what is wrong. */
export const planted: Part = {
  name: 'planted',
  what: 'planted bugs are found',
  run: async (context) => {
    if (!context.recorder) return;
    for (const [name, { within, evidence }] of Object.entries(PLANTED_BUGS)) {
      await context.score.trial(name, async () => {
        const { tried, found } = await search(context, context.recorder ?? '', name, within, evidence);
        console.log(`   ${found ? 'found' : 'MISSED'} after ${tried} of ${within} schedules: ${name}`);
        if (!found) return [`not found within ${within} schedules`];
        console.log(`         ${found}`);
        return [];
      });
    }
  },
};

async function search(
  { seed, folder }: PartContext,
  recorder: string,
  name: string,
  within: number,
  evidence: RegExp,
): Promise<{ tried: number; found: string | undefined }> {
  let tried = 0;
  let found: string | undefined;
  for (let round = 0; tried < within && !found; round++) {
    const home = join(folder, `planted-${round}`);
    mkdirSync(home);
    const options = { seed: seed + round, operations: 150, clients: 4, planted: name };
    const history = await recordHistory(recorder, home, options);
    const schedules = planSchedules(history.records, Math.min(PER_HISTORY, within - tried), new Random(seed + round));
    await runSchedules(history, schedules, home, {
      onCrash: ({ complaints }) => {
        tried += 1;
        found ??= complaints.find((complaint) => evidence.test(complaint));
        return !found;
      },
    });
    rmSync(home, { recursive: true });
  }
  return { tried, found };
}

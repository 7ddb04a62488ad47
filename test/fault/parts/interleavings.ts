import { PLANTED_INTERLEAVINGS, type PlantedInterleaving } from '../interleavings/planted.ts';
import { runSchedule } from '../interleavings/schedule.ts';
import type { Part } from '../score.ts';

const KEPT_FAILURES = 5;
/** Schedules in which a planted bug must be found. The rarest shows in one of a thousand: some seeds are luckier than others. */
const ENOUGH = 20_000;

/** No order of what many do at once loses a byte, an event or a figure: planted bugs first, then the product itself. */
export const interleavings: Part = {
  name: 'interleavings',
  what: 'everything at once, interleaved call by call',
  run: async ({ score, seed, schedules }) => {
    for (const [name, bug] of Object.entries(PLANTED_INTERLEAVINGS)) {
      await score.trial(name, () => mustFind(name, bug, seed));
    }
    let steps = 0;
    let failures = 0;
    for (let number = 0; number < schedules && failures < KEPT_FAILURES; number++) {
      await score.trial(`schedule of seed ${seed + number}`, async () => {
        const outcome = await runSchedule(seed + number);
        steps += outcome.steps;
        failures += outcome.complaints.length > 0 ? 1 : 0;
        return outcome.complaints.slice(0, KEPT_FAILURES);
      });
    }
    console.log(`   ${schedules} schedules, ${steps} steps`);
  },
};

async function mustFind(name: string, bug: PlantedInterleaving, seed: number): Promise<string[]> {
  for (let number = 0; number < ENOUGH; number++) {
    const { complaints } = await runSchedule(seed + number, bug);
    const found = complaints.find((complaint) => bug.evidence.test(complaint));
    if (!found) continue;
    console.log(`   found after ${number + 1} schedules: ${name}`);
    console.log(`         ${found}`);
    return [];
  }
  return [`not found within ${ENOUGH} schedules`];
}

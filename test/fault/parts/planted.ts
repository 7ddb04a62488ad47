import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { materialise, PROCESS_CRASH } from '../disk/crash.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
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
    await context.score.trial('a recording played to its end is the folder that was recorded', () =>
      playToEnd(context),
    );
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

/** The recorder misses nothing: every file is there with the same bytes. */
async function playToEnd({ seed, folder, recorder }: PartContext): Promise<string[]> {
  const home = join(folder, 'whole');
  mkdirSync(home);
  const { records } = await recordHistory(recorder ?? '', home, { seed, operations: 150, clients: 4 });
  const disk = new SimulatedDisk();
  for (const record of records) disk.apply(record);
  const played = join(home, 'played');
  materialise(disk, PROCESS_CRASH, new Random(seed), played);
  const complaints = differences(contentOf(join(home, 'recorded')), contentOf(played));
  rmSync(home, { recursive: true });
  return complaints;
}

function contentOf(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('-shm'));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path)]));
}

function differences(real: Map<string, Buffer>, played: Map<string, Buffer>): string[] {
  const paths = new Set([...real.keys(), ...played.keys()]);
  if (paths.size < 10) return [`only ${paths.size} files were recorded`];
  return [...paths].filter((path) => !isSame(real.get(path), played.get(path)));
}

const isSame = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one !== undefined && other !== undefined && one.equals(other);

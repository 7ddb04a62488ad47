// Crashes, power losses, full disks and crowds: `node test/fault/run.ts [--schedules 500] [--seed N] [--part NAME]…`
// `--replay FOLDER` repeats one crash that a run has kept.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { KeptCrash } from './crash/run.ts';
import { crashOnce } from './crash/second-life.ts';
import { concurrency } from './parts/concurrency.ts';
import { crashes } from './parts/crashes.ts';
import { crowds } from './parts/crowds.ts';
import { firstStart } from './parts/first-start.ts';
import { fullDisk } from './parts/full-disk.ts';
import { interleavings } from './parts/interleavings.ts';
import { kills } from './parts/kills.ts';
import { planted } from './parts/planted.ts';
import { readRecording } from './recorder/read-recording.ts';
import { compileRecorder } from './recorder/recorder.ts';
import { type Finding, runSchedules } from './schedules.ts';
import { type Part, Score } from './score.ts';

const PARTS: readonly Part[] = [planted, crashes, firstStart, kills, fullDisk, concurrency, interleavings, crowds];
const ROOM_IN_MEMORY = 2 * 1024 ** 3;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    part: { type: 'string', multiple: true },
    replay: { type: 'string' },
  },
});

const home = mkdtempSync(join(roomyFolder(), 'holdfast-fault-'));
const score = new Score();
try {
  if (values.replay === undefined) await runParts(Number(values.seed), Number(values.schedules));
  else await replay(values.replay);
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(`${score.passed} passed, ${score.failed} failed`);
process.exit(score.failed === 0 ? 0 : 1);

async function runParts(seed: number, schedules: number): Promise<void> {
  console.log(`seed ${seed}, ${schedules} schedules`);
  const recorder = compileRecorder(home);
  if (!recorder) score.check('a C compiler is needed for the recorder (Debian: gcc, libc6-dev)', false);
  for (const part of PARTS.filter(({ name }) => values.part === undefined || values.part.includes(name))) {
    console.log(`── ${part.name}: ${part.what}`);
    const folder = join(home, part.name);
    mkdirSync(folder);
    const begun = performance.now();
    const before = { passed: score.passed, failed: score.failed };
    await score.guard(`${part.name} as a whole`, () => part.run({ score, seed, schedules, folder, recorder }));
    rmSync(folder, { recursive: true, force: true });
    const counts = `${score.passed - before.passed} passed, ${score.failed - before.failed} failed`;
    console.log(`── ${part.name}: ${counts}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
}

async function replay(kept: string): Promise<void> {
  const read = (name: string) => ({ records: readRecording(join(kept, name)) });
  const { schedule, life } = JSON.parse(readFileSync(join(kept, 'schedule.json'), 'utf8')) as KeptCrash;
  const earlier = life === undefined ? undefined : await crashOnce(read('earlier-recording'), life, home);
  const watch = {
    onCrash: ({ complaints }: Finding) => {
      score.check(`record ${schedule.at}, ${JSON.stringify(schedule.crash)}`, complaints);
      return true;
    },
  };
  await runSchedules(read('recording'), [schedule], home, watch, earlier);
}

/** Memory where there is room: thousands of small data folders are made and removed. */
function roomyFolder(): string {
  const shared = '/dev/shm';
  if (!existsSync(shared)) return tmpdir();
  const { bavail, bsize } = statfsSync(shared);
  return bavail * bsize > ROOM_IN_MEMORY ? shared : tmpdir();
}

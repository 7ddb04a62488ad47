// Some histories with their crashes, in a process of their own: started by parts/crashes.ts, answers in lines of JSON.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../random.ts';
import { type Finding, planSchedules, runSchedules, type Schedule, type Watch } from '../schedules.ts';
import { type History, recordHistory } from '../workload/record-history.ts';
import { crashOnce } from './second-life.ts';

export interface CrashRun {
  readonly recorder: string;
  readonly folder: string;
  readonly histories: readonly { readonly seed: number; readonly schedules: number }[];
  /** The whole server is started on every n-th crash. */
  readonly serveEach: number;
}

export interface CrashReport {
  readonly seed: number;
  readonly records: number;
  readonly recordingMs: number;
  readonly schedules: number;
  readonly served: number;
  readonly failures: readonly { readonly complaints: readonly string[]; readonly kept: string | undefined }[];
}

/** What `--replay` needs besides the recordings. */
export interface KeptCrash {
  readonly schedule: Schedule;
  /** Seed of the earlier crash, when it was the second one. */
  readonly life?: number;
}

const MOST_KEPT = 5;
/** Part of the crashes that come after a restart from an earlier one. */
const IN_SECOND_LIFE = 0.3;

const run = JSON.parse(process.argv[2] ?? '') as CrashRun;
let kept = 0;
for (const { seed, schedules } of run.histories) {
  const home = join(run.folder, `history-${seed}`);
  mkdirSync(home);
  console.log(JSON.stringify(await crashHistory(home, seed, schedules)));
  rmSync(home, { recursive: true, force: true });
}

async function crashHistory(home: string, seed: number, count: number): Promise<CrashReport> {
  const random = new Random(seed);
  const begun = performance.now();
  const sized = () => ({ operations: 100 + random.below(150), clients: 1 + random.below(6) });
  const history = await recordHistory(run.recorder, home, { seed, ...sized() });
  const recordingMs = performance.now() - begun;
  const failures: { complaints: readonly string[]; kept: string | undefined }[] = [];
  let served = 0;
  const watch = (keep: (finding: Finding) => string | undefined): Watch => ({
    onCrash: (finding) => {
      if (finding.complaints.length > 0) failures.push({ complaints: finding.complaints, kept: keep(finding) });
      return true;
    },
    serve: (number) => {
      const chosen = number % run.serveEach === run.serveEach - 1;
      if (chosen) served += 1;
      return chosen;
    },
  });
  const later = Math.floor(count * IN_SECOND_LIFE);
  const schedules = planSchedules(history.records, count - later, random);
  await runSchedules(
    history,
    schedules,
    home,
    watch((finding) => keep(history, finding)),
  );
  if (later > 0) {
    const second = join(home, 'second');
    const life = random.below(4_294_967_296);
    const earlier = await crashOnce(history, life, second);
    const more = await recordHistory(run.recorder, second, { seed: seed + 1, firstNumber: 100_000, ...sized() });
    const plan = planSchedules(more.records, later, random, 0.3);
    const keepBoth = (finding: Finding) => keep(more, finding, { history, life });
    await runSchedules(more, plan, second, watch(keepBoth), earlier);
  }
  return { seed, records: history.records.length, recordingMs, schedules: count, served, failures };
}

/** What interleaved how is not in the seed: the recording is what repeats a failure. */
function keep(
  history: History,
  { schedule }: Finding,
  earlier?: { readonly history: History; readonly life: number },
): string | undefined {
  if (kept++ >= MOST_KEPT) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fault-kept-'));
  copyFileSync(history.log, join(folder, 'recording'));
  if (earlier) copyFileSync(earlier.history.log, join(folder, 'earlier-recording'));
  const note: KeptCrash = { schedule, ...(earlier ? { life: earlier.life } : {}) };
  writeFileSync(join(folder, 'schedule.json'), JSON.stringify(note));
  return folder;
}

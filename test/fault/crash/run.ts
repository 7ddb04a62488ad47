// Some histories with their crashes, in a process of their own: started by parts/crashes.ts, answers in lines of JSON.
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readState } from '../check/read-state.ts';
import { Timeline } from '../check/timeline.ts';
import { materialise, PROCESS_CRASH, powerLoss } from '../disk/crash.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { Random } from '../random.ts';
import { type EarlierLife, type Finding, planSchedules, runSchedules, type Watch } from '../schedules.ts';
import type { Mark } from '../workload/operation.ts';
import { type History, recordHistory } from '../workload/record-history.ts';
import { openComposition } from '../workload/stores.ts';

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
    const earlier = await crashOnce(history, random, second);
    const more = await recordHistory(run.recorder, second, { seed: seed + 1, firstNumber: 100_000, ...sized() });
    const label = (): string => `a second life; the seed ${seed} alone repeats it`;
    await runSchedules(more, planSchedules(more.records, later, random), second, watch(label), earlier);
  }
  return { seed, records: history.records.length, recordingMs, schedules: count, served, failures };
}

/** A crash of the history, on whose remains the server goes on: of the process only, or of the machine. */
async function crashOnce({ records }: History, random: Random, folder: string): Promise<EarlierLife> {
  const disk = new SimulatedDisk();
  const timeline = new Timeline();
  const end = Math.floor(records.length * (0.2 + 0.7 * random.next()));
  for (const record of records.slice(0, end)) {
    disk.apply(record);
    if (record.kind === 'mark') timeline.add(JSON.parse(record.text) as Mark);
  }
  const recorded = join(folder, 'recorded');
  const onlyProcess = random.chance(0.5);
  materialise(disk, onlyProcess ? PROCESS_CRASH : powerLoss(random), random, recorded);
  if (onlyProcess) disk.processDied();
  const remains = onlyProcess ? disk : SimulatedDisk.of(recorded);
  const seen = join(folder, 'seen');
  cpSync(recorded, seen, { recursive: true });
  const composition = await openComposition(seen);
  const settled = timeline.settled(readState(seen));
  await composition.close();
  rmSync(seen, { recursive: true });
  return { disk: remains, timeline, settled };
}

/** What interleaved how is not in the seed: the recording is what repeats a failure. */
function keep(history: History, { schedule }: Finding): string | undefined {
  if (kept++ >= MOST_KEPT) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fault-kept-'));
  copyFileSync(history.log, join(folder, 'recording'));
  writeFileSync(join(folder, 'schedule.json'), JSON.stringify(schedule));
  return folder;
}

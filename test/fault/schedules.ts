import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkCrash } from './check/check-crash.ts';
import { Timeline } from './check/timeline.ts';
import { BARE_POWER_LOSS, type Crash, materialise, PROCESS_CRASH, powerLoss } from './disk/crash.ts';
import { SimulatedDisk } from './disk/simulated-disk.ts';
import { Random } from './random.ts';
import type { DiskRecord } from './recorder/read-recording.ts';
import type { History } from './workload/record-history.ts';
import type { Mark } from './workload/operation.ts';

/** One crash of one history. */
export interface Schedule {
  /** Records that were done when it came. */
  readonly at: number;
  readonly crash: Crash;
  readonly seed: number;
}

/** Crashes of one history, in the order of their moments. */
export function planSchedules(records: readonly DiskRecord[], count: number, random: Random): Schedule[] {
  const acknowledged: number[] = [];
  const turning: number[] = [];
  for (const [place, record] of records.entries()) {
    if (record.kind === 'mark' && record.text.includes('"mark":"end"')) acknowledged.push(place + 1);
    if (record.kind === 'rename' || record.kind === 'unlink' || record.kind === 'sync-end') turning.push(place + 1);
  }
  const schedules = Array.from({ length: count }, (): Schedule => {
    const moments = random.pick([acknowledged, turning, undefined]);
    const at = moments && moments.length > 0 ? random.pick(moments) + random.below(2) : random.below(records.length);
    const kind = random.next();
    const crash = kind < 0.2 ? PROCESS_CRASH : kind < 0.4 ? BARE_POWER_LOSS : powerLoss(random);
    return { at: Math.min(at, records.length), crash, seed: random.below(4_294_967_296) };
  });
  return schedules.sort((a, b) => a.at - b.at);
}

export interface Finding {
  readonly schedule: Schedule;
  readonly complaints: readonly string[];
}

const AT_ONCE = 4;

/**
 * Plays the history once and restarts from every crash on the way, some of them at a time: much of a restart is waiting
 * for threads. Stops early when `onCrash` answers false.
 */
export async function runSchedules(
  history: History,
  schedules: readonly Schedule[],
  folder: string,
  onCrash: (finding: Finding, crashed: string) => boolean | Promise<boolean>,
): Promise<void> {
  const disk = new SimulatedDisk();
  const timeline = new Timeline();
  const running = new Set<Promise<void>>();
  let place = 0;
  let goOn = true;
  for (const [number, schedule] of schedules.entries()) {
    for (; place < schedule.at; place++) {
      const record = history.records[place];
      if (!record) break;
      disk.apply(record);
      if (record.kind === 'mark') timeline.add(JSON.parse(record.text) as Mark);
    }
    const crashed = join(folder, `crashed-${number}`);
    materialise(disk, schedule.crash, new Random(schedule.seed), crashed);
    const known = timeline.snapshot();
    const run = async (): Promise<void> => {
      const complaints = await checkCrash(crashed, known);
      if (goOn) goOn = await onCrash({ schedule, complaints }, crashed);
      rmSync(crashed, { recursive: true, force: true });
    };
    const one: Promise<void> = run().finally(() => running.delete(one));
    running.add(one);
    if (running.size >= AT_ONCE) await Promise.race(running);
    if (!goOn) break;
  }
  await Promise.all(running);
}

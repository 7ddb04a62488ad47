import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkCrash } from './check/check-crash.ts';
import { checkServed } from './check/check-served.ts';
import { Timeline } from './check/timeline.ts';
import { BARE_POWER_LOSS, type Crash, materialise, PROCESS_CRASH, powerLoss } from './disk/crash.ts';
import { SimulatedDisk } from './disk/simulated-disk.ts';
import { Random } from './random.ts';
import type { DiskRecord } from './recorder/read-recording.ts';
import type { Mark } from './workload/operation.ts';
import type { History } from './workload/record-history.ts';

/** One crash of one history. */
export interface Schedule {
  /** Records that were done when it came. */
  readonly at: number;
  readonly crash: Crash;
  readonly seed: number;
}

/**
 * Crashes of one history, in the order of their moments; `atStart` is the part of them that comes just when the server
 * has started, before it made anything durable by itself.
 */
export function planSchedules(
  records: readonly DiskRecord[],
  count: number,
  random: Random,
  atStart = 0.02,
): Schedule[] {
  const acknowledged: number[] = [];
  const turning: number[] = [];
  const start: number[] = [];
  for (const [place, record] of records.entries()) {
    if (record.kind === 'mark' && record.text.includes('"mark":"end"')) acknowledged.push(place + 1);
    if (record.kind === 'mark' && record.text.includes('"mark":"ready"')) start.push(place + 1);
    if (record.kind === 'rename' || record.kind === 'unlink' || record.kind === 'sync-end') turning.push(place + 1);
  }
  const schedules = Array.from({ length: count }, (): Schedule => {
    const moments = random.chance(atStart) ? start : random.pick([acknowledged, turning, undefined]);
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

export interface Watch {
  /** Told of each restart; false ends the run. The crashed folder is made again from the schedule when it is wanted. */
  readonly onCrash: (finding: Finding) => boolean;
  /** The whole server is started, too, on the crashes of these numbers. */
  readonly serve?: (number: number) => boolean;
}

/** What an earlier crash left, where the history goes on. */
export interface EarlierLife {
  readonly disk: SimulatedDisk;
  /** What clients knew at the crash. */
  readonly timeline: Timeline;
  /** What they know once the server has started again. */
  readonly settled: Timeline;
}

/**
 * Plays the history once and restarts from every crash on the way, some of them at a time: much of a restart is waiting
 * for threads.
 */
export async function runSchedules(
  history: Pick<History, 'records'>,
  schedules: readonly Schedule[],
  folder: string,
  watch: Watch,
  earlier?: EarlierLife,
): Promise<void> {
  const disk = earlier?.disk ?? new SimulatedDisk();
  let timeline = earlier?.timeline ?? new Timeline();
  const running = new Set<Promise<void>>();
  let place = 0;
  let goOn = true;
  for (const [number, schedule] of schedules.entries()) {
    for (; place < schedule.at; place++) {
      const record = history.records[place];
      if (!record) break;
      disk.apply(record);
      if (record.kind !== 'mark') continue;
      const mark = JSON.parse(record.text) as Mark;
      if (mark.mark === 'ready') timeline = earlier?.settled ?? timeline;
      timeline.add(mark);
    }
    const crashed = join(folder, `crashed-${number}`);
    const served = watch.serve?.(number) ? join(folder, `served-${number}`) : undefined;
    for (const target of served ? [crashed, served] : [crashed]) {
      materialise(disk, schedule.crash, new Random(schedule.seed), target);
    }
    const known = timeline.snapshot();
    const run = async (): Promise<void> => {
      const complaints = await checkCrash(crashed, known);
      if (served) complaints.push(...(await checkServed(served)));
      if (goOn) goOn = watch.onCrash({ schedule, complaints });
      for (const target of [crashed, served]) if (target) rmSync(target, { recursive: true, force: true });
    };
    const one: Promise<void> = run().finally(() => running.delete(one));
    running.add(one);
    if (running.size >= AT_ONCE) await Promise.race(running);
    if (!goOn) break;
  }
  await Promise.all(running);
}

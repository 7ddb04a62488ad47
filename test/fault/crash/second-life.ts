import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readState } from '../check/read-state.ts';
import { Timeline } from '../check/timeline.ts';
import { materialise, PROCESS_CRASH, powerLoss } from '../disk/crash.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { Random } from '../random.ts';
import type { EarlierLife } from '../schedules.ts';
import type { Mark } from '../workload/operation.ts';
import type { History } from '../workload/record-history.ts';
import { openComposition } from '../workload/stores.ts';

/** A crash of the history, on whose remains the server goes on: of the process only, or of the machine. */
export async function crashOnce(
  { records }: Pick<History, 'records'>,
  seed: number,
  folder: string,
): Promise<EarlierLife> {
  const random = new Random(seed);
  const disk = new SimulatedDisk();
  const timeline = new Timeline();
  const some = Math.floor(records.length * (0.2 + 0.7 * random.next()));
  // Often while something is being synced: the restarted server sees what is not durable yet.
  const syncing = records.findIndex((record, place) => place >= some && record.kind === 'sync-begin') + 1;
  const end = random.chance(0.6) && syncing > 0 ? syncing : some;
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

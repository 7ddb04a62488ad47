import { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { checkSweep, resumeUploads } from '../check/check-recovery.ts';
import { checkState } from '../check/check-state.ts';
import { readState } from '../check/read-state.ts';
import { Timeline } from '../check/timeline.ts';
import type { Random } from '../random.ts';
import { Client, Memory } from '../workload/client.ts';
import { directAccess } from '../workload/direct-access.ts';
import type { Mark } from '../workload/operation.ts';
import { type Composition, createRegistryRow, openComposition } from '../workload/stores.ts';
import { faultyDisk } from './faulty-disk.ts';

const CLIENTS = 4;
const HOUR = 3_600_000;

export interface FaultCounts {
  refused: number;
  done: number;
}

/** What may be answered while there is no space: that there is none, or what is true anyway. */
const WHILE_FULL = new Set(['storage.full']);

/** Clients at work while the disk is full from time to time; afterwards they go on without a restart. */
export async function fullFromTimeToTime(folder: string, random: Random, counts: FaultCounts): Promise<string[]> {
  const complaints: string[] = [];
  const disk = faultyDisk();
  const clock = new FakeClock(new Date(Date.now()));
  const composition = await openComposition(folder, { clock, planted: disk.under });
  await createRegistryRow(composition.metadata);
  const timeline = new Timeline();
  timeline.add({ mark: 'ready' });
  const memory = new Memory();
  const mark = (value: Mark): void => {
    timeline.add(value);
    if (value.mark === 'end') count(value, counts, complaints);
  };
  for (let window = 0; window < 6; window++) {
    const files = window % 2 === 1 && random.chance(0.7);
    const from = disk.calls + random.below(8);
    disk.isFull = (call) => files && call > from;
    disk.limitDatabase(window % 2 === 1 && (!files || random.chance(0.5)));
    await work(composition, random, memory, mark, 25);
    clock.advance(1000);
  }
  disk.isFull = () => false;
  disk.limitDatabase(false);
  const refused = counts.refused;
  await work(composition, random, memory, mark, 25);
  if (counts.refused > refused) complaints.push('with space again, pushes were still refused');
  complaints.push(...(await checkAll(folder, timeline, composition, clock)));
  await composition.close();
  return complaints;
}

/** Clients at work until a sync fails; then a restart. */
export async function untilSyncFails(folder: string, random: Random, counts: FaultCounts): Promise<string[]> {
  const complaints: string[] = [];
  const disk = faultyDisk();
  const failed = 5 + random.below(150);
  const composition = await openComposition(folder, { planted: disk.under });
  await createRegistryRow(composition.metadata);
  const timeline = new Timeline();
  timeline.add({ mark: 'ready' });
  const before = disk.syncs;
  disk.syncFails = (call) => call - before === failed;
  const mark = (value: Mark): void => {
    if (value.mark === 'end' && !value.outcome.ok && value.outcome.code === 'server.unavailable') {
      counts.refused += 1;
      return; // nobody knows what came of it: it stays in flight
    }
    if (value.mark === 'end') counts.done += 1;
    timeline.add(value);
  };
  await work(composition, random, new Memory(), mark, 120);
  await composition.close();
  const clock = new FakeClock(new Date(Date.now() + HOUR));
  const again = await openComposition(folder, { clock });
  // The one sync that failed may have been that of an upload's file, under whoever got no answer.
  const condemned = (id: string) =>
    timeline.calls.some(({ operation, outcome }) => 'upload' in operation && operation.upload === id && !outcome);
  complaints.push(...(await checkAll(folder, timeline, again, clock, condemned)));
  await again.close();
  return complaints;
}

async function work(
  composition: Composition,
  random: Random,
  memory: Memory,
  mark: (mark: Mark) => void,
  operations: number,
): Promise<void> {
  const end = memory.count + operations;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new Client(directAccess(composition), random.fork(), memory, mark);
      for (let step = 0; memory.count < end && step < operations; step++) await client.step();
    }),
  );
}

function count({ outcome }: Extract<Mark, { mark: 'end' }>, counts: FaultCounts, complaints: string[]): void {
  if (outcome.ok) counts.done += 1;
  else if (WHILE_FULL.has(outcome.code)) counts.refused += 1;
  else if (outcome.code.startsWith('server.')) complaints.push(`a full disk was answered with ${outcome.code}`);
}

async function checkAll(
  folder: string,
  timeline: Timeline,
  composition: Composition,
  clock: FakeClock,
  condemned?: (id: string) => boolean,
): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (text: string): void => void complaints.push(text);
  const state = readState(folder);
  checkState(timeline, state, complain);
  await resumeUploads(timeline, state, directAccess(composition), complain, condemned);
  clock.advance(HOUR);
  await checkSweep(folder, state, composition, clock, complain);
  return complaints.slice(0, 10);
}

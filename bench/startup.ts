/** How long each start takes, and what each server takes when nothing is asked of it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interleave, type Plan, tell } from './measure.ts';
import { residentBytes } from './process-usage.ts';
import { holdfast } from './programs.ts';
import { type Measurement, OURS, type Sample, type Target } from './results.ts';
import { type Program, Server } from './server.ts';

interface Started {
  readonly ready: readonly Sample[];
  readonly idle: readonly Sample[];
}

/** Second starts: the data folder is there, and the code was compiled once. */
export async function measureStarts(plan: Plan, peers: readonly Program[], archive?: string): Promise<Measurement[]> {
  const checkout = holdfast(join(plan.folder, 'start-checkout'));
  const packed = archive && holdfast(join(plan.folder, 'start-archive'), { side: 'archive', bin: archive });
  const programs = [checkout, ...(packed ? [packed] : []), ...peers];
  const bySide = new Map(programs.map((program) => [program.side, program]));
  for (const program of programs) await startOnce(program, 0);
  const ready = await interleave(plan.rounds, [...bySide.keys()], async (side) => {
    const program = bySide.get(side);
    if (!program) throw new Error(`no program ${side}`);
    return startOnce(program, plan.sizes.idleMs);
  });
  const idle = Object.fromEntries(Object.entries(ready).map(([side, samples]) => [side, samples.map(memoryOf)]));
  const started = (side: string): Started => ({ ready: ready[side] ?? [], idle: idle[side] ?? [] });
  const theirs = peers.map((peer): [string, Started] => [peer.side, started(peer.side)]);
  const measurements = pair('checkout', started(OURS), theirs, 130);
  if (packed) measurements.push(...pair('archive', started('archive'), theirs, 90));
  for (const measurement of measurements) tell(measurement);
  return measurements;
}

function pair(from: string, ours: Started, peers: readonly [string, Started][], mostMemory: number): Measurement[] {
  const one = (what: 'ready' | 'idle', title: string, unit: 'ms' | 'MB', target: Target): Measurement => ({
    id: `${what}-${from}`,
    group: 'start',
    title,
    unit,
    target,
    sides: { [OURS]: ours[what], ...Object.fromEntries(peers.map(([side, started]) => [side, started[what]])) },
  });
  const second = from === 'archive' ? 'from the archive' : 'from a checkout, second start';
  return [
    one('ready', `ready, ${second}`, 'ms', { most: 300 }),
    one('idle', `idle memory, ${from}`, 'MB', { most: mostMemory }),
  ];
}

async function startOnce(program: Program, idleMs: number): Promise<Sample> {
  const server = await Server.start(program);
  try {
    await sleep(idleMs);
    return { value: server.readyMs, peakBytes: residentBytes(server.pid) };
  } finally {
    await server.stop();
  }
}

function memoryOf(sample: Sample): Sample {
  return { value: (sample.peakBytes ?? 0) / 1e6 };
}

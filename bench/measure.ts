/** Rounds over sides, interleaved, so that what the machine does meanwhile hits all alike. */
import { spawnSync } from 'node:child_process';
import { Fixtures } from './fixtures.ts';
import type { Job } from './jobs.ts';
import { DUTIES, DUTIES_TWICE, type Measurement, median, NO_FSYNC, type Sample } from './results.ts';
import { runClient, sampleOf } from './run-client.ts';
import type { Server } from './server.ts';
import { REPOSITORY, type Sizes, type Workload } from './workloads.ts';

export interface Plan {
  readonly rounds: number;
  readonly sizes: Sizes;
  /** One temporary folder for everything. */
  readonly folder: string;
}

/** What is still in memory from before shall not be written while the clock runs. */
export function settle(folder: string): void {
  spawnSync('sync', ['-f', folder]);
}

/**
 * In which order the sides have their turns in a round: each round begins with another one, and each second round goes backwards, so that nobody
 * comes always behind the same one.
 */
export function orderOf<T>(sides: readonly T[], round: number): T[] {
  const first = Math.floor(round / 2) % Math.max(1, sides.length);
  const order = [...sides.slice(first), ...sides.slice(0, first)];
  return round % 2 === 1 ? order.reverse() : order;
}

export async function interleave(
  rounds: number,
  sides: readonly string[],
  once: (side: string, round: number) => Promise<Sample>,
): Promise<Record<string, Sample[]>> {
  const samples: Record<string, Sample[]> = Object.fromEntries(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const side of orderOf(sides, round)) samples[side]?.push(await once(side, round));
  }
  return samples;
}

export function tell(measurement: Measurement): void {
  const figures = Object.entries(measurement.sides).map(([side, samples]) => {
    const errors = samples.reduce((sum, sample) => sum + (sample.errors ?? 0), 0);
    const failed = errors > 0 ? `, ${errors} ERRORS: ${samples.find((s) => s.firstError)?.firstError}` : '';
    return `${side} ${round(median(samples.map((sample) => sample.value)))}${failed}`;
  });
  console.log(`${measurement.title} [${measurement.unit}]: ${figures.join(' · ')}`);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** All workloads, one after the other, on servers that stay up: warm, as they are in use. */
export async function measureWorkloads(
  plan: Plan,
  selected: readonly Workload[],
  servers: readonly Server[],
  keep: (measurement: Measurement) => void,
): Promise<void> {
  const fixtures = new Map(servers.map((server) => [server.side, new Fixtures(server, plan.sizes)]));
  for (const workload of selected) {
    const sides = servers.filter((server) => takesPart(server.side, workload));
    for (const server of sides) await fixtures.get(server.side)?.ensure(workload.needs);
    const bySide = new Map(sides.map((server) => [server.side, server]));
    const samples = await interleave(plan.rounds, [...bySide.keys()], async (side) => {
      const server = bySide.get(side);
      const fixture = fixtures.get(side)?.fixture;
      if (!server || !fixture) throw new Error(`no server ${side}`);
      return measureOnce(plan, server, workload, workload.job(fixture, plan.sizes));
    });
    const { id, group, title, unit, target } = workload;
    const measurement = { id, group, title, unit, target, sides: samples };
    tell(measurement);
    keep(measurement);
  }
}

/** Some sides are there for some workloads only. */
function takesPart(side: string, { group, id }: Workload): boolean {
  if (side === NO_FSYNC) return group === 'push' || id.startsWith('manifest-put');
  if (side === DUTIES) return id.startsWith('manifest-');
  return side !== DUTIES_TWICE || /^manifest-(get|head)-/.test(id); // rows have one writer
}

async function measureOnce(plan: Plan, server: Server, workload: Workload, job: Job): Promise<Sample> {
  await server.signIn(Object.values(REPOSITORY));
  settle(plan.folder);
  const result = await runClient(server, job);
  if (job.kind === 'push') server.removeBlobs(result.digests);
  return sampleOf(result, workload.unit);
}

/** A hundred pushes at once: what counts is the memory that they take at their peak. */
export async function measureParallelPushes(plan: Plan, servers: readonly Server[]): Promise<Measurement> {
  const { parallel, parallelBytes } = plan.sizes;
  const bySide = new Map(servers.map((server) => [server.side, server]));
  const samples = await interleave(plan.rounds, [...bySide.keys()], async (side) => {
    const server = bySide.get(side);
    if (!server) throw new Error(`no server ${side}`);
    await server.signIn([REPOSITORY.pushes]);
    settle(plan.folder);
    const repository = REPOSITORY.pushes;
    const job = { kind: 'push', repository, bytes: parallelBytes, count: parallel, connections: parallel } as const;
    const result = await runClient(server, job);
    server.removeBlobs(result.digests);
    return sampleOf(result, 'MB');
  });
  const measurement: Measurement = {
    id: 'memory-parallel-pushes',
    group: 'memory',
    title: 'peak memory during 100 parallel pushes of 100 MB',
    unit: 'MB',
    target: { most: 300 },
    sides: samples,
  };
  tell(measurement);
  return measurement;
}

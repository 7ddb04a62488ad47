/**
 * `npm run bench [-- OPTIONS]`: Holdfast and its peer side by side on the same disk, round about.
 *
 *   --quick        tiny sizes, one round: only whether everything runs; does not build the peer if it is not there
 *   --rounds N     rounds of each measurement (5)
 *   --only REGEX   only measurements whose id matches
 *   --scale        also ours alone at 10 k, 100 k and 1 M tags and repositories
 *   --fsync-off    also ours with every fsync answered at once, where something is written
 *   --floor        also the least that a registry on Node can be, and for manifests the least that keeps the contract, in one process and in two
 *   --debian       also Debian's docker-registry, if it is installed
 *   --peer FILE    this binary of the peer in place of the one that is built
 *   --no-peer      ours only
 *   --archive FILE the release whose start is measured (the newest of dist/)
 *   --dir DIR      where the temporary folder goes: the disk under measurement
 *   --out FILE     the results (bench/results/<time>.json; with --quick nowhere), written after each measurement
 *   --continue     what --out has already is not measured again: for a run that was ended, of the same commit on the same machine
 *   --list         the ids, and nothing else
 *
 * Exit code 1 when a request failed; a target that is missed is told, but is no failure.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCeiling } from './ceiling.ts';
import { fileSystemOf, machineFacts } from './facts.ts';
import { fsyncHabits } from './fsync-habit.ts';
import { Kept } from './kept.ts';
import { measureLogLine } from './log-alone.ts';
import { measureParallelPushes, measureWorkloads, type Plan } from './measure.ts';
import {
  debianPeer,
  distribution,
  floor,
  floorWithDuties,
  holdfast,
  installPeer,
  noFsyncEnvironment,
  unpackArchive,
  versionOf,
} from './programs.ts';
import {
  DUTIES,
  DUTIES_TWICE,
  type Facts,
  FLOOR,
  type Measurement,
  NO_FSYNC,
  OURS,
  PEER,
  type Results,
  SECOND_PEER,
  verdict,
} from './results.ts';
import { measureRows } from './rows-alone.ts';
import { measureScale } from './scale.ts';
import { type Program, Server } from './server.ts';
import { measureStarts } from './startup.ts';
import { tableOf } from './table.ts';
import { FULL, QUICK, workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    scale: { type: 'boolean', default: false },
    'fsync-off': { type: 'boolean', default: false },
    floor: { type: 'boolean', default: false },
    debian: { type: 'boolean', default: false },
    peer: { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
    archive: { type: 'string' },
    dir: { type: 'string', default: tmpdir() },
    out: { type: 'string' },
    continue: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

interface Binaries {
  readonly peer: string | undefined;
  readonly second: string | undefined;
}

const only = new RegExp(options.only);
const OTHERS = ['memory-parallel-pushes', 'start', 'fsync'];
if (options.list) {
  for (const id of [...workloads.map((workload) => workload.id), ...OTHERS]) console.log(id);
} else {
  await main();
}

async function main(): Promise<void> {
  const sizes = options.quick ? QUICK : FULL;
  const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1');
  const peer = options['no-peer'] ? undefined : options.peer ? resolve(options.peer) : installPeer(!options.quick);
  const binaries = { peer, second: options.debian ? debianPeer() : undefined };
  const plan = { rounds, sizes, folder: mkdtempSync(join(realpathSync(options.dir), 'holdfast-bench-')) };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      Server.killAll();
      rmSync(plan.folder, { recursive: true, force: true });
      process.exit(1);
    });
  }
  try {
    const before = machineFacts();
    const seconds = options.quick ? 0.3 : 3;
    const client = {
      ...(await measureCeiling(seconds)),
      rows: await measureRows(plan.folder, seconds),
      logLine: await measureLogLine(plan.folder, seconds),
    };
    console.log(`The client alone: ${client.requestsPerSecond} requests/s, ${client.gigabytesPerSecond} GB/s`);
    for (const { connections, requestsPerSecond, microseconds } of client.bareNode) {
      console.log(`Bare node:http, ${connections}: ${requestsPerSecond} requests/s, ${microseconds} µs CPU each`);
    }
    for (const { connections, microseconds } of client.rows)
      console.log(`Rows of a push alone, ${connections} at once: ${microseconds} µs each`);
    console.log(`A line of the log alone: ${client.logLine} µs CPU`);
    const facts: Facts = {
      ...before,
      quick: options.quick,
      rounds,
      peer: binaries.peer && versionOf(binaries.peer),
      secondPeer: binaries.second && versionOf(binaries.second),
      fileSystem: fileSystemOf(plan.folder),
      client,
    };
    const time = facts.time.replaceAll(/[-:]|\.\d+/g, '');
    const out = options.out ?? (options.quick ? undefined : join(import.meta.dirname, 'results', `${time}.json`));
    const kept = new Kept(out, facts, options.continue);
    await measureAll(plan, binaries, kept);
    finish(kept.finish({ load: [...before.load, loadavg()[0] ?? 0] }), out);
  } finally {
    rmSync(plan.folder, { recursive: true, force: true });
  }
}

async function withServers<T>(all: readonly Program[], measure: (servers: Server[]) => Promise<T>): Promise<T> {
  const servers: Server[] = [];
  try {
    for (const program of all) servers.push(await Server.start(program));
    return await measure(servers);
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function measureAll(plan: Plan, binaries: Binaries, kept: Kept): Promise<void> {
  const wanted = (id: string) => only.test(id) && !kept.has(id);
  const keep = (measurement: Measurement) => kept.add(measurement);
  const selected = workloads.filter(({ id }) => wanted(id));
  if (selected.length > 0) {
    await withServers(programs(plan, binaries), (all) => measureWorkloads(plan, selected, all, keep));
  }
  if (wanted('memory-parallel-pushes')) {
    // Servers of their own: those of the workloads are full by then, or as good as at their quota.
    const shipped = programs({ ...plan, folder: join(plan.folder, 'memory') }, binaries).filter(
      ({ side }) => ![NO_FSYNC, FLOOR, DUTIES, DUTIES_TWICE].includes(side),
    );
    keep(await withServers(shipped, (all) => measureParallelPushes(plan, all)));
  }
  if (only.test('start') && !kept.has('ready-checkout')) {
    const archive = unpackArchive(join(plan.folder, 'archive'), options.archive);
    if (!archive) console.log('dist/ has no archive (npm run release): its start is not measured');
    for (const start of await measureStarts(plan, peers(plan, binaries, 'start-'), archive)) keep(start);
  }
  if (only.test('fsync') && !kept.hasFsync) {
    const traced = [holdfast(join(plan.folder, 'traced-holdfast')), ...peers(plan, binaries, 'traced-')];
    kept.addFsync(await fsyncHabits(traced, plan.sizes));
  }
  if (options.scale) await measureScale(plan, (id) => !kept.has(id), keep);
}

/** Ours, the peer, ours without fsync, the floors, the second peer. */
function programs(plan: Plan, binaries: Binaries): Program[] {
  const [first, ...others] = peers(plan, binaries, '');
  const env = options['fsync-off'] ? noFsyncEnvironment(join(plan.folder, 'no-fsync')) : undefined;
  if (options['fsync-off'] && !env) console.log('There is no C compiler: ours without fsync is not measured');
  const without = env && holdfast(join(plan.folder, 'holdfast-no-fsync'), { side: NO_FSYNC, env });
  const ours = holdfast(join(plan.folder, OURS));
  const least = options.floor
    ? [floor(join(plan.folder, FLOOR)), ...floorWithDuties((side) => join(plan.folder, side))]
    : [];
  return [ours, ...(first ? [first] : []), ...(without ? [without] : []), ...least, ...others];
}

function peers(plan: Plan, { peer, second }: Binaries, prefix: string): Program[] {
  const folder = (side: string) => join(plan.folder, `${prefix}${side}`);
  return [
    ...(peer ? [distribution(PEER, peer, folder(PEER))] : []),
    ...(second ? [distribution(SECOND_PEER, second, folder(SECOND_PEER))] : []),
  ];
}

function finish(results: Results, out: string | undefined): void {
  console.log(`\n${tableOf(results.measurements)}\n`);
  const count = (wanted: string) => results.measurements.filter((m) => verdict(m) === wanted).length;
  console.log(`${count('ok')} ok, ${count('short')} short, ${count('error')} with errors`);
  if (out) console.log(`node bench/report.ts ${out} makes docs/reference/performance.md of it`);
  if (count('error') > 0) process.exitCode = 1;
}

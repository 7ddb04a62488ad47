/** How often each server asks the disk to keep what it was given, told by strace. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fixtures } from './fixtures.ts';
import type { Job } from './jobs.ts';
import type { FsyncHabit } from './results.ts';
import { mustRun } from './run-client.ts';
import { type Program, Server } from './server.ts';
import type { Sizes } from './workloads.ts';

const STRACE = 'strace';
const CALLS = ['fsync', 'fdatasync', 'sync_file_range', 'syncfs'];

/** Empty when there is no strace, or it may not trace here. */
export async function fsyncHabits(programs: readonly Program[], sizes: Sizes): Promise<FsyncHabit[]> {
  if (spawnSync(STRACE, ['-V'], { stdio: 'ignore' }).status !== 0) {
    console.log('strace is not installed: how often each side syncs is not told');
    return [];
  }
  const habits: FsyncHabit[] = [];
  for (const program of programs) habits.push(...(await habitOf(program, sizes)));
  for (const { side, operation, calls } of habits) console.log(`${side}, ${operation}: ${JSON.stringify(calls)}`);
  return habits;
}

async function habitOf(program: Program, sizes: Sizes): Promise<FsyncHabit[]> {
  const trace = join(program.folder, 'strace.out');
  // -D: the server is our child, and strace only looks on.
  const options = ['-D', '-f', '-qq', '-e', `trace=${CALLS.join(',')}`, '-o', trace];
  const server = await Server.start({ ...program, command: [STRACE, ...options, ...program.command] });
  try {
    const fixtures = new Fixtures(server, sizes);
    await fixtures.ensure(['manifests']);
    const push = { kind: 'push', repository: 'bench/traced', bytes: sizes.large, count: 1, connections: 1 } as const;
    const operations: [string, Job][] = [
      ['blob push, monolithic', push],
      [`blob push, ${Math.ceil(sizes.large / sizes.chunk)} chunks`, { ...push, chunkBytes: sizes.chunk }],
      [
        'manifest PUT with a tag',
        {
          kind: 'put-manifests',
          repository: 'bench/manifests',
          manifest: fixtures.fixture.template,
          connections: 1,
          seconds: 60,
          most: 1,
        },
      ],
    ];
    await mustRun(server.asAdmin(), push); // folders are made, and synced, by the first
    const habits: FsyncHabit[] = [];
    for (const [operation, job] of operations) {
      const before = await count(trace);
      await mustRun(server.asAdmin(), job);
      const after = await count(trace);
      const calls = Object.fromEntries(CALLS.map((call) => [call, (after[call] ?? 0) - (before[call] ?? 0)]));
      habits.push({ side: program.side, operation, calls });
    }
    return habits;
  } finally {
    await server.stop();
  }
}

async function count(trace: string): Promise<Record<string, number>> {
  await sleep(1000); // what belongs to the request but comes after its answer
  const text = readFileSync(trace, 'latin1');
  return Object.fromEntries(CALLS.map((call) => [call, text.split(new RegExp(`\\b${call}\\(`)).length - 1]));
}

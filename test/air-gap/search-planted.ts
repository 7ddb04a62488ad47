import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PlantedBug } from './planted-bugs.ts';

const SEED = 7_000_000;

export interface Search {
  readonly found: boolean;
  /** The first failure. */
  readonly said: string;
  readonly seconds: number;
}

/** Runs schedules on the product with the bug in it, until one fails; whether it failed as the bug makes it. */
export async function searchPlanted({ name, within, evidence }: PlantedBug): Promise<Search> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-planted-'));
  const begun = performance.now();
  const env = {
    ...process.env,
    TMPDIR: folder,
    HOLDFAST_PLANT: name,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'plant.ts')}`,
    NODE_COMPILE_CACHE: join(folder, 'compiled'), // what is compiled here is wrong
  };
  const run = [join(import.meta.dirname, 'run.ts'), '--until-failure', '--schedules', `${within}`, '--seed', `${SEED}`];
  const child = spawn(process.execPath, run, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  await rm(folder, { recursive: true });
  const said = stderr.split('\n').find((line) => /^seed \d+ failed/.test(line)) ?? stderr;
  return { found: evidence.test(stderr), said, seconds: Math.round((performance.now() - begun) / 1000) };
}

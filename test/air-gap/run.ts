import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSchedule } from './schedule.ts';
import { holdfast, Site } from './sites.ts';

// node test/air-gap/run.ts [SCHEDULES] [FIRST SEED]: two sites in processes of their own, and nothing between them but files.
const count = Number(process.argv[2] ?? 100);
const from = Number(process.argv[3] ?? Math.floor(Math.random() * 1e9));
const folder = await mkdtemp(join(tmpdir(), 'holdfast-air-gap-'));
const near = new Site(join(folder, 'near'));
const far = new Site(join(folder, 'far'));
await Promise.all([near.start(), far.start()]);
const keys = { near: join(folder, 'near-key'), far: join(folder, 'far-key'), stranger: join(folder, 'stranger-key') };
for (const name of Object.values(keys)) await holdfast(near, ['bundle', 'keygen', '-f', name]);

const met = new Map<string, number>();
let failed = 0;
for (let seed = from; seed < from + count; seed++) {
  const place = join(folder, `seed-${seed}`);
  try {
    for (const event of await runSchedule(seed, near, far, place, keys)) met.set(event, (met.get(event) ?? 0) + 1);
    await rm(place, { recursive: true, force: true });
  } catch (error) {
    failed++;
    console.error(`seed ${seed} failed: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
await Promise.all([near.stop(), far.stop()]);
if (failed === 0) await rm(folder, { recursive: true, force: true });
console.log(JSON.stringify({ schedules: count, firstSeed: from, failed, met: Object.fromEntries(met) }));
process.exitCode = failed === 0 ? 0 : 1;

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';
import { holdfast, Site } from './sites.ts';

let folder: string;
let near: Site;
let far: Site;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-air-gap-'));
  near = new Site(join(folder, 'near'));
  far = new Site(join(folder, 'far'));
  await Promise.all([near.start(), far.start()]);
  for (const name of ['near', 'far', 'stranger'])
    await holdfast(near, ['bundle', 'keygen', '-f', join(folder, `${name}-key`)]);
}, 60_000);
afterAll(async () => {
  await Promise.all([near.stop(), far.stop()]);
  await rm(folder, { recursive: true, force: true });
});

// `node test/air-gap/run.ts 2000` runs as many as one likes.
it.each([1, 2, 5])(
  'between two sites with nothing but files between them, whatever happens: seed %i',
  { timeout: 240_000 },
  async (seed) => {
    const keys = {
      near: join(folder, 'near-key'),
      far: join(folder, 'far-key'),
      stranger: join(folder, 'stranger-key'),
    };
    expect((await runSchedule(seed, near, far, join(folder, `seed-${seed}`), keys)).size).toBeGreaterThan(0);
  },
);

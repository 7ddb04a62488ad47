import { expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';
import { acrossGap } from './sites.ts';

// `node test/air-gap/run.ts --schedules 2000` runs as many as one likes.
it('between two sites with nothing but files between them, whatever happens', { timeout: 240_000 }, async () => {
  await acrossGap(async (gap) => {
    for (let seed = 1; seed <= 10; seed++)
      expect((await runSchedule(seed, gap)).size, `seed ${seed}`).toBeGreaterThan(0);
  });
});

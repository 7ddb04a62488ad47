import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { runSchedule } from './schedule.ts';
import { searchPlanted } from './search-planted.ts';
import { acrossGap } from './sites.ts';

describe('schedules', () => {
  // Those that show soon; `node test/air-gap/find-planted.ts` looks for all.
  it.each(PLANTED_BUGS.filter(({ within }) => within <= 20))('find that $name', { timeout: 240_000 }, async (bug) => {
    expect(await searchPlanted(bug)).toMatchObject({ found: true });
  });

  // `node test/air-gap/run.ts --schedules 2000` runs as many as one likes.
  it('between two sites with nothing but files between them end well, whatever happens', {
    timeout: 240_000,
  }, async () => {
    await acrossGap(async (gap) => {
      for (let seed = 1; seed <= 10; seed++) {
        expect((await runSchedule(seed, gap)).size, `seed ${seed}`).toBeGreaterThan(0);
      }
    });
  });
});

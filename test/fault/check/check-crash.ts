import { existsSync } from 'node:fs';
import { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { directAccess } from '../workload/direct-access.ts';
import { databasePath, openComposition } from '../workload/stores.ts';
import { checkSweep, resumeUploads } from './check-recovery.ts';
import { checkState } from './check-state.ts';
import { readState } from './read-state.ts';
import type { Timeline } from './timeline.ts';

const HOUR = 3_600_000;

/** Restarts on what a crash left in `folder` and answers everything that is wrong with it. */
export async function checkCrash(folder: string, timeline: Timeline): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (text: string): void => {
    if (complaints.length < 20) complaints.push(text);
  };
  if (timeline.ready && !existsSync(databasePath(folder))) return ['the database is lost'];
  const clock = new FakeClock(new Date(Date.now() + HOUR));
  try {
    const composition = await openComposition(folder, { clock });
    try {
      const state = readState(folder);
      checkState(timeline, state, complain);
      if (timeline.ready) await resumeUploads(timeline, state, directAccess(composition), complain);
      clock.advance(HOUR);
      await checkSweep(folder, state, composition, clock, complain);
    } finally {
      await composition.close();
    }
  } catch (error) {
    complain(`the restart failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return complaints;
}

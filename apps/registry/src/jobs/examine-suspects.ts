import type { Integrity } from '../integrity/integrity.ts';
import type { Suspects } from '../integrity/suspects.ts';
import type { Job } from './worker.ts';

/** How often the lease is extended while one blob is read, in bytes: a disk of 20 MB/s takes 13 seconds for it. */
const BEAT_BYTES = 256 * 1024 * 1024;

/** Looks at once at what a `holdfast scrub` beside this server has found. */
export function examineSuspects({ integrity, suspects }: { integrity: Integrity; suspects: Suspects }): Job {
  return {
    kind: 'examine-suspects',
    everySeconds: 30,
    run: async ({ signal, stillMine }) => {
      let examined = 0;
      let unbeaten = 0;
      const pace = async (bytes: number) => {
        unbeaten += bytes;
        if (unbeaten < BEAT_BYTES) return;
        unbeaten = 0;
        await stillMine();
      };
      for (const suspect of await suspects.list()) {
        if (signal.aborted || !(await stillMine())) break;
        if (suspect.what === 'blob') await integrity.examineBlob(suspect.digest, { signal, pace });
        else await integrity.examineManifest(suspect.digest);
        await suspects.drop(suspect);
        examined++;
      }
      return { examined };
    },
  };
}

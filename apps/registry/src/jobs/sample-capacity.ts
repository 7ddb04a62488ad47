import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Job } from './worker.ts';

const HOUR_MS = 3_600_000;
/** A little more than a year, so that a month can be compared with the same of the year before. */
const KEPT_MS = 400 * 24 * HOUR_MS;

/** Notes once an hour what the site stores, so that the operator sees where it goes. */
export function sampleCapacity({ metadata, clock }: { metadata: MetadataStore; clock: Clock }): Job {
  return {
    kind: 'sample-capacity',
    everySeconds: 3600,
    run: async () => {
      const now = clock.now();
      const { used, limit } = await metadata.read.quotas.site(now);
      const removed = await metadata.transaction(async (tx) => {
        await tx.capacity.add({ at: now, used, capacity: limit });
        return tx.capacity.deleteBefore(new Date(now.getTime() - KEPT_MS));
      });
      return { used, removed };
    },
  };
}

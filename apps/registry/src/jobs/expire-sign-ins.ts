import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Job } from './worker.ts';

const BATCH = 200;

/** Removes what nobody can use any more: refresh tokens, codes, device codes, ids of assertions. A batch at a time. */
export function expireSignIns({ metadata, clock }: { metadata: MetadataStore; clock: Clock }): Job {
  const tables = [
    (tx: MetadataTx) => tx.refreshFamilies,
    (tx: MetadataTx) => tx.authorizationCodes,
    (tx: MetadataTx) => tx.deviceCodes,
    (tx: MetadataTx) => tx.clientAssertions,
  ] as const;
  return {
    kind: 'expire-sign-ins',
    everySeconds: 600,
    run: async ({ signal, stillMine }) => {
      const now = clock.now();
      let expired = 0;
      for (const table of tables) {
        for (;;) {
          if (signal.aborted || !(await stillMine())) return { expired };
          const deleted = await metadata.transaction((tx) => table(tx).deleteExpired(now, BATCH));
          expired += deleted;
          if (deleted < BATCH) break;
        }
      }
      return { expired };
    },
  };
}

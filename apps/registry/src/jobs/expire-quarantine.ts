import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { WaitingManifest } from '../metadata/quarantine.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Job } from './worker.ts';

const BATCH = 200;

export interface ExpireQuarantineDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Hours after which no scanner is waited for any more; 0: never. */
  readonly timeoutHours: number;
}

/**
 * Fails what no scanner has said anything about in time, so that whoever waits for an image learns that nobody is coming. Closed
 * it was before, and a scanner that comes late may still pass it.
 */
export function expireQuarantine({ metadata, clock, ids, timeoutHours }: ExpireQuarantineDependencies): Job {
  return {
    kind: 'expire-quarantine',
    everySeconds: 300,
    run: async ({ signal, stillMine }) => {
      let failed = 0;
      for (let n = BATCH; timeoutHours > 0 && n === BATCH && !signal.aborted && (await stillMine()); failed += n) {
        const now = clock.now();
        const before = new Date(now.getTime() - timeoutHours * 3_600_000);
        const moment = { now, hours: timeoutHours, correlationId: ids.uuid() };
        n = await metadata.transaction(async (tx) => {
          const waiting = await tx.quarantine.waiting(before, BATCH);
          for (const manifest of waiting) await fail(tx, manifest, moment);
          return waiting.length;
        });
      }
      return { failed };
    },
  };
}

async function fail(
  tx: MetadataTx,
  { row, registryId, repository }: WaitingManifest,
  { now, hours, correlationId }: { readonly now: Date; readonly hours: number; readonly correlationId: string },
): Promise<void> {
  const description = `no scanner has said anything within ${hours} hours (quarantine.timeoutHours)`;
  const details = JSON.stringify({ state: 'timed out', description });
  await tx.quarantine.put({ ...row, state: 'Failed', details, changedBy: 'system', changedAt: now });
  await tx.audit.append({
    time: now,
    registryId,
    principal: 'system',
    action: 'manifest.quarantine',
    repository,
    target: row.digest,
    outcome: 'done',
    reason: `quarantineState=Failed: ${description}`,
    correlationId,
  });
}

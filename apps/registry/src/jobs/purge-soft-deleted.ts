import type { MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import { softDeletePolicy } from '../metadata/soft-deletions.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Job } from './worker.ts';

const BATCH = 25;
const DAY_MS = 86_400_000;

export interface PurgeSoftDeletedDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Lets go what was deleted longer ago than its registry's policy keeps it: by the days that the policy has now, whether it is on
 * or off. The bytes are freed by `sweep-blobs` after their grace period.
 */
export function purgeSoftDeleted({ metadata, clock, ids }: PurgeSoftDeletedDependencies): Job {
  return {
    kind: 'purge-soft-deleted',
    everySeconds: 3600,
    run: async ({ signal, stillMine }) => {
      let purged = 0;
      const go = async () => !signal.aborted && (await stillMine());
      for (let id = await next(metadata, ''); id !== undefined; id = await next(metadata, id)) {
        const registryId = id;
        for (let n = BATCH; n === BATCH && (await go()); purged += n) {
          n = await metadata.transaction((tx) =>
            purgeSome(tx, registryId, { now: clock.now(), correlationId: ids.uuid() }),
          );
        }
      }
      return { purged };
    },
  };
}

async function next(metadata: MetadataStore, after: string): Promise<string | undefined> {
  return metadata.read.softDeletions.nextRegistry(after);
}

async function purgeSome(
  tx: MetadataTx,
  registryId: string,
  { now, correlationId }: { readonly now: Date; readonly correlationId: string },
): Promise<number> {
  const registry = await tx.registries.byId(registryId);
  if (!registry) return 0; // deleted: what it has is purged with it
  const { retentionDays } = softDeletePolicy(registry.policies);
  const before = new Date(now.getTime() - retentionDays * DAY_MS);
  const purged = await tx.softDeletions.purge(registryId, before, BATCH, now);
  for (const { repository, digest, tag } of purged) {
    await tx.audit.append({
      time: now,
      registryId,
      principal: 'system',
      action: tag === undefined ? 'manifest.purge' : 'tag.purge',
      repository,
      target: tag === undefined ? digest : `${tag}@${digest}`,
      outcome: 'done',
      reason: `deleted more than ${retentionDays} days ago (softDeletePolicy.retentionDays)`,
      correlationId,
    });
  }
  return purged.length;
}

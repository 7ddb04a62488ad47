import { PURGE_AFTER_MS, PURGE_ROWS, purgeSome } from '../content/delete-repository.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Job } from './worker.ts';

const BATCH = 500;

export interface PurgeDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long a token may live: so long it is remembered when a repository was deleted. */
  readonly tokenLifetimeSeconds: number;
}

/** Nodes' clocks may differ that much. */
const SKEW_MS = 60_000;

/**
 * Takes away, in pieces, what nobody can reach any more: the content of deleted repositories and registries. Blobs are
 * only unlinked; `sweep-blobs` frees them after their grace period.
 */
export function purgeDeleted(d: PurgeDependencies): Job {
  return {
    kind: 'purge-deleted',
    everySeconds: 60,
    run: async ({ signal, stillMine }) => {
      const go = async () => !signal.aborted && (await stillMine());
      const repositories = await purgeRepositories(d, go);
      const registries = await purgeRegistries(d, go);
      const before = new Date(d.clock.now().getTime() - d.tokenLifetimeSeconds * 1000 - SKEW_MS);
      let forgotten = 0;
      for (let n = BATCH; n === BATCH && (await go()); forgotten += n) {
        n = await d.metadata.transaction((tx) => tx.deletions.forget(before, BATCH));
      }
      return { repositories, registries, forgotten };
    },
  };
}

async function purgeRepositories(d: PurgeDependencies, go: () => Promise<boolean>): Promise<number> {
  const before = new Date(d.clock.now().getTime() - PURGE_AFTER_MS);
  let purged = 0;
  while (await go()) {
    const done = await d.metadata.transaction(async (tx) => {
      const deleted = await tx.deletions.next(before);
      return deleted && purgeSome(d, tx, deleted);
    });
    if (done === undefined) break;
    if (done) purged += 1;
  }
  return purged;
}

/** Without events: there is nobody left who could have asked for them. */
async function purgeRegistries(d: PurgeDependencies, go: () => Promise<boolean>): Promise<number> {
  let purged = 0;
  for (const registryId of await d.metadata.read.deletions.registries()) {
    while (await go()) {
      const gone = await d.metadata.transaction(async (tx) => {
        const repositoryId = await tx.deletions.repositoryOf(registryId);
        if (repositoryId === undefined) return tx.deletions.purgeRegistry(registryId);
        await tx.deletions.purge(repositoryId, PURGE_ROWS, d.clock.now());
        return false;
      });
      if (!gone) continue;
      purged += 1;
      break;
    }
  }
  return purged;
}

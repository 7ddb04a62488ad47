import type { Digest } from '@holdfast/oci/digest';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Job } from './worker.ts';

const BATCH = 200;

export interface SweepDependencies {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly graceHours: number;
}

/**
 * Frees bytes while pushes go on: unlinks blobs that no manifest of their repository names, then frees blobs that nothing
 * links, each after the grace period and under the same lock as a push of that digest.
 */
export function sweepBlobs(deps: SweepDependencies): Job {
  const { metadata, clock } = deps;
  return {
    kind: 'sweep-blobs',
    everySeconds: 900,
    run: async ({ signal, stillMine }) => {
      const now = clock.now();
      const before = new Date(now.getTime() - deps.graceHours * 3_600_000);
      const go = async () => !signal.aborted && (await stillMine());
      let unlinked = 0;
      for (let n = BATCH; n === BATCH && (await go()); unlinked += n) {
        n = await metadata.transaction((tx) => tx.blobs.unlinkUnreferenced(before, BATCH, now));
      }
      const freed = await freeUnlinked(deps, before, go);
      let repositories = 0;
      for (let n = BATCH; n === BATCH && (await go()); repositories += n) {
        n = await metadata.transaction((tx) => tx.repositories.deleteEmpty(before, BATCH));
      }
      return { unlinked, freed, repositories };
    },
  };
}

async function freeUnlinked(deps: SweepDependencies, before: Date, go: () => Promise<boolean>): Promise<number> {
  let freed = 0;
  let last: string | undefined;
  while (await go()) {
    const page = await deps.metadata.read.blobs.unlinked(before, { last, limit: BATCH });
    // Together, so that they share the commits; each still holds its own digest's lock.
    const outcomes = await Promise.all(page.map(({ digest }) => free(deps, digest)));
    freed += outcomes.filter(Boolean).length;
    last = page.at(-1)?.digest;
    if (last === undefined) break;
  }
  return freed;
}

/** Row first, then bytes: a crash between leaves bytes that no row knows, which `sweepOrphans` finds. */
async function free(deps: SweepDependencies, digest: Digest): Promise<boolean> {
  return deps.metadata.exclusive(`blob:${digest}`, async () => {
    const forgotten = await deps.metadata.transaction((tx) => tx.blobs.forget(digest));
    if (forgotten) await deps.blobs.delete(digest);
    return forgotten;
  });
}

/** Once a day: stored bytes that no row knows, left by a crash between publishing and committing, or between forgetting and deleting. */
export function sweepOrphans(deps: SweepDependencies): Job {
  return {
    kind: 'sweep-orphans',
    everySeconds: 86_400,
    run: async ({ signal, stillMine }) => {
      const olderThan = new Date(deps.clock.now().getTime() - deps.graceHours * 3_600_000);
      let seen = 0;
      let freed = 0;
      for await (const { digest } of deps.blobs.list({ olderThan })) {
        if (signal.aborted || (++seen % BATCH === 0 && !(await stillMine()))) break;
        if (await deps.metadata.read.blobs.exists(digest)) continue;
        await deps.metadata.exclusive(`blob:${digest}`, async () => {
          if (await deps.metadata.read.blobs.exists(digest)) return;
          await deps.blobs.delete(digest);
          freed++;
        });
      }
      return { seen, freed };
    },
  };
}

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
 * Frees bytes while pushes go on: unlinks blobs that no manifest of their repository has named for the grace period, then frees
 * blobs that nothing has linked for as long, each under the same lock as a push of that digest.
 */
export function sweepBlobs(deps: SweepDependencies): Job {
  return {
    kind: 'sweep-blobs',
    everySeconds: 900,
    run: async ({ signal, stillMine }) => {
      const { unlinked, freed, bytes, repositories } = await freeUnneeded(
        deps,
        async () => !signal.aborted && (await stillMine()),
      );
      return { unlinked, freed, bytes, repositories };
    },
  };
}

export interface FreedCounts {
  /** Links of blobs that no manifest of their repository named. */
  readonly unlinked: number;
  /** Blobs whose bytes are gone, and how many bytes. */
  readonly freed: number;
  readonly bytes: number;
  /** Empty repositories. */
  readonly repositories: number;
}

/** One round of the sweep, in small batches. `go` is asked before each. */
export async function freeUnneeded(deps: SweepDependencies, go: () => Promise<boolean>): Promise<FreedCounts> {
  const { metadata, clock } = deps;
  const before = new Date(clock.now().getTime() - deps.graceHours * 3_600_000);
  // They have had their grace period: nobody has needed them since then, so they are freed in the same round.
  const since = new Date(before.getTime() - 1);
  let unlinked = 0;
  for (let n = BATCH; n === BATCH && (await go()); unlinked += n) {
    n = await metadata.transaction((tx) => tx.blobs.unlinkUnreferenced(before, BATCH, since));
  }
  const { freed, bytes } = await freeUnlinked(deps, before, go);
  let repositories = 0;
  for (let n = BATCH; n === BATCH && (await go()); repositories += n) {
    n = await metadata.transaction((tx) => tx.repositories.deleteEmpty(before, BATCH));
  }
  return { unlinked, freed, bytes, repositories };
}

async function freeUnlinked(
  deps: SweepDependencies,
  before: Date,
  go: () => Promise<boolean>,
): Promise<{ freed: number; bytes: number }> {
  let freed = 0;
  let bytes = 0;
  let last: string | undefined;
  while (await go()) {
    const page = await deps.metadata.read.blobs.unlinked(before, { last, limit: BATCH });
    // Together, so that they share the commits; each still holds its own digest's lock.
    const outcomes = await Promise.all(page.map(({ digest }) => free(deps, digest)));
    freed += outcomes.filter(Boolean).length;
    bytes += page.reduce((sum, { size }, i) => sum + (outcomes[i] ? size : 0), 0);
    last = page.at(-1)?.digest;
    if (last === undefined) break;
  }
  return { freed, bytes };
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
          // Asked of the writer. Readers see what is durable; when the sync of a row failed, the log may hold that row all
          // the same, and a restart brings it back. The writer refuses to answer then.
          if (await deps.metadata.transaction((tx) => tx.blobs.exists(digest))) return;
          await deps.blobs.delete(digest);
          freed++;
        });
      }
      return { seen, freed };
    },
  };
}

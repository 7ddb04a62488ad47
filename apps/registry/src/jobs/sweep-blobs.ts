import { type Collector, collectSlice } from '../metadata/collector.ts';
import type { BlobLink, MetadataStore, UnlinkedBlobs } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { FreeingBudget } from './freeing-budget.ts';
import type { Job } from './worker.ts';

const BATCH = 200;
/** How often the lease is extended: it is a commit, and far less than a lease. */
const ASK_MS = 2000;

export interface SweepDependencies {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly graceHours: number;
  /** Blobs that are freed in a second, at most; undefined: as fast as it goes, where nobody waits. */
  readonly blobsPerSecond?: number | undefined;
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
        signal,
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

/** One round of the sweep, in small slices. `go` is asked now and then; throws the signal's reason. */
export async function freeUnneeded(
  deps: SweepDependencies,
  go: () => Promise<boolean>,
  signal: AbortSignal = new AbortController().signal,
): Promise<FreedCounts> {
  const collector = deps.metadata.openCollector?.() ?? collectorOf(deps.metadata);
  try {
    const sweep = new Sweep(deps, { collector, go, signal });
    await sweep.freeUnreferenced();
    await sweep.freeUnlinked();
    await sweep.deleteEmptyRepositories();
    return sweep.counts;
  } finally {
    await collector.close();
  }
}

function collectorOf(metadata: MetadataStore): Collector {
  return {
    start: async () => {},
    take: (slice) => metadata.transaction((tx) => collectSlice(tx.blobs, slice)),
    close: async () => {},
  };
}

/** Blobs that nothing may link any more; whoever frees them looks again. */
type Candidates = readonly BlobLink[];

class Sweep {
  readonly #deps: SweepDependencies;
  readonly #collector: Collector;
  readonly #go: () => Promise<boolean>;
  readonly #budget: FreeingBudget;
  readonly #before: Date;
  #asked = Number.NEGATIVE_INFINITY;
  #unlinked = 0;
  #freed = 0;
  #bytes = 0;
  #repositories = 0;

  constructor(
    deps: SweepDependencies,
    { collector, go, signal }: { collector: Collector; go: () => Promise<boolean>; signal: AbortSignal },
  ) {
    this.#deps = deps;
    this.#collector = collector;
    this.#go = go;
    this.#budget = new FreeingBudget(deps.clock, deps.blobsPerSecond, signal);
    this.#before = new Date(deps.clock.now().getTime() - deps.graceHours * 3_600_000);
  }

  get counts(): FreedCounts {
    return {
      unlinked: this.#unlinked,
      freed: this.#freed,
      bytes: this.#bytes,
      repositories: this.#repositories,
    };
  }

  /** What no manifest names any more. One commit takes a slice of links away and forgets the blobs that the one before left without any. */
  async freeUnreferenced(): Promise<void> {
    let candidates: Candidates = [];
    let more = await this.#anyWaiting();
    if (more) await this.#collector.start();
    while (more || candidates.length > 0) {
      const slice = await this.#slice();
      if (slice === undefined) return;
      const { links, unlinked } = await this.#free(candidates, more ? slice : 0);
      candidates = unlinked;
      more &&= links === slice;
      this.#unlinked += links;
    }
  }

  /** What lost its links otherwise: with a deleted repository, or before a sweep that was broken off. */
  async freeUnlinked(): Promise<void> {
    let last: string | undefined;
    for (let slice = await this.#slice(); slice !== undefined; slice = await this.#slice()) {
      const page = await this.#deps.metadata.read.blobs.unlinked(this.#before, { last, limit: slice });
      await this.#free(page, 0);
      last = page.at(-1)?.digest;
      if (last === undefined) return;
    }
  }

  async deleteEmptyRepositories(): Promise<void> {
    for (let slice = await this.#slice(); slice !== undefined; ) {
      const limit = slice;
      const deleted = await this.#deps.metadata.transaction((tx) => tx.repositories.deleteEmpty(this.#before, limit));
      this.#repositories += deleted;
      if (deleted < limit) return;
      slice = await this.#slice();
    }
  }

  /** How many to take next, when that is due; undefined when the sweep shall stop. */
  async #slice(): Promise<number | undefined> {
    const now = this.#deps.clock.monotonic();
    if (now - this.#asked >= ASK_MS) {
      if (!(await this.#go())) return undefined;
      this.#asked = now;
    }
    return this.#budget.next();
  }

  /** So that a sweep that finds nothing begins nothing. */
  async #anyWaiting(): Promise<boolean> {
    const [oldest] = await this.#deps.metadata.read.garbage.waiting({ limit: 1 });
    return oldest !== undefined && oldest.since < this.#before;
  }

  /** Row first, then bytes: a crash between leaves bytes that no row knows, which `sweepOrphans` finds. */
  async #free(candidates: Candidates, links: number): Promise<UnlinkedBlobs> {
    if (candidates.length === 0 && links === 0) return { links: 0, unlinked: [] };
    const { metadata, blobs } = this.#deps;
    // They have had their grace period: nobody has needed them since then, so they are freed in the same round.
    const since = new Date(this.#before.getTime() - 1);
    const keys = candidates.map(({ digest }) => `blob:${digest}`);
    return holdAll(metadata, keys, async () => {
      const forget = candidates.map(({ digest }) => digest);
      const unlinked = await this.#collector.take({ forget, links, before: this.#before, since });
      const gone = new Set(unlinked.forgotten);
      const forgotten = candidates.filter(({ digest }) => gone.has(digest));
      await Promise.all(forgotten.map(({ digest }) => blobs.delete(digest)));
      this.#freed += forgotten.length;
      this.#bytes += forgotten.reduce((sum, { size }) => sum + size, 0);
      return unlinked;
    });
  }
}

/** In the order of the keys, so that no two who hold several can wait for each other. */
async function holdAll<T>(metadata: MetadataStore, keys: readonly string[], work: () => Promise<T>): Promise<T> {
  const inside = keys
    .toSorted()
    .reduceRight<() => Promise<T>>((then, key) => () => metadata.exclusive(key, then), work);
  return inside();
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

import type { Digest } from '@holdfast/oci/digest';
import type { MetadataStore, RepositoryId } from '../metadata/metadata-store.ts';
import type { Pull } from '../metadata/pulls.ts';
import type { Clock } from '../platform/clock.ts';

/** How long a pull may wait to be written down; a crash forgets that much. */
const FLUSH_MS = 30_000;
/** Manifests that wait together; more are written down at once. */
const MOST = 10_000;

/**
 * Which manifest was pulled when, for clean-up policies and for people. A pull writes nothing: it is noted in memory, once for
 * each manifest, and all notes are written together, so a thousand nodes that pull one tag cost one row in half a minute.
 */
export class LastPulls {
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  /** By repository, then by digest: both come from kept rows and are known to their maps, where a key made of both is not. */
  #waiting = new Map<RepositoryId, Map<Digest, number>>();
  #waitingPulls = 0;
  #running: Promise<void> = Promise.resolve();

  constructor({ metadata, clock }: { metadata: MetadataStore; clock: Clock }) {
    this.#metadata = metadata;
    this.#clock = clock;
  }

  note(repositoryId: RepositoryId, digest: Digest): void {
    let pulls = this.#waiting.get(repositoryId);
    if (!pulls) {
      pulls = new Map();
      this.#waiting.set(repositoryId, pulls);
    }
    const before = pulls.size;
    pulls.set(digest, this.#clock.now().getTime());
    this.#waitingPulls += pulls.size - before;
    if (this.#waitingPulls >= MOST) void this.flush().catch(() => undefined);
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** Writes down what waits. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the server stops'));
    await this.#running;
    await this.flush().catch(() => undefined); // the store says by itself when it cannot write any more
  }

  async flush(): Promise<void> {
    if (this.#waitingPulls === 0) return;
    const pulls: Pull[] = [];
    for (const [repositoryId, times] of this.#waiting)
      for (const [digest, at] of times) pulls.push({ repositoryId, digest, at: new Date(at) });
    this.#waiting = new Map();
    this.#waitingPulls = 0;
    await this.#metadata.transaction((tx) => tx.pulls.record(pulls));
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#clock.sleep(FLUSH_MS, signal).catch(() => undefined);
      // What could not be written is not worth keeping: the next pull says the same.
      await this.flush().catch(() => undefined);
    }
  }
}

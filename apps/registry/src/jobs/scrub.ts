import type { Integrity } from '../integrity/integrity.ts';
import { type Step, walk } from '../integrity/walk.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Pace } from './pace.ts';
import { newPass, readProgress, type ScrubProgress, saveProgress } from './scrub-progress.ts';
import type { Job } from './worker.ts';

export interface ScrubDependencies {
  readonly integrity: Integrity;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Days from the beginning of one pass to that of the next; 0: never. */
  readonly everyDays: number;
  readonly bytesPerSecond: number;
}

/** What a crash repeats at most, and well within a lease. */
const SAVE_MS = 10_000;
const DAY_MS = 86_400_000;
/**
 * What looking at one blob or manifest costs besides its bytes, in bytes: some 0.3 ms of the processor, and a place on the disk. Without
 * it a site of small files was checked as fast as the processor went, three quarters of it, and pulls waited four times as long.
 */
const ITEM_BYTES = 64 * 1024;

/**
 * Reads everything that is stored, little by little, and records what is damaged. A run begins or goes on with a pass, or finds that
 * none is due. It may take days, so it needs a worker of its own.
 */
export function scrub(deps: ScrubDependencies): Job {
  return {
    kind: 'scrub',
    everySeconds: 600,
    run: async ({ signal, stillMine }) => {
      const progress = await duePass(deps);
      if (!progress || signal.aborted) return {};
      return new Pass(deps, progress, signal, stillMine).run();
    },
  };
}

async function duePass({ metadata, clock, everyDays }: ScrubDependencies): Promise<ScrubProgress | undefined> {
  if (everyDays === 0) return undefined;
  const last = await readProgress(metadata);
  if (last && last.finishedAt === undefined) return last;
  const due = last ? last.startedAt + everyDays * DAY_MS : 0;
  return clock.now().getTime() >= due ? newPass(clock.now()) : undefined;
}

class Pass {
  readonly #d: ScrubDependencies;
  readonly #stillMine: () => Promise<boolean>;
  readonly #pace: Pace;
  /** Ends it when the server stops, or another worker has taken over. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #progress: ScrubProgress;
  #saved: number;

  constructor(d: ScrubDependencies, progress: ScrubProgress, signal: AbortSignal, stillMine: () => Promise<boolean>) {
    this.#d = d;
    this.#progress = progress;
    this.#stillMine = stillMine;
    this.#pace = new Pace(d.clock, d.bytesPerSecond);
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#saved = d.clock.monotonic();
  }

  async run(): Promise<Record<string, number>> {
    const { integrity, metadata, clock, logger } = this.#d;
    let bytes = 0;
    const options = {
      signal: this.#signal,
      pace: async (read: number) => {
        bytes += read;
        await this.#keepLease();
        await this.#pace.spend(read, this.#signal);
      },
    };
    const steps = walk(
      {
        read: metadata.read,
        examineBlob: (digest) => integrity.examineBlob(digest, options),
        examineManifest: (digest) => integrity.examineManifest(digest, options),
      },
      this.#progress.place,
    );
    try {
      for await (const step of steps) {
        this.#count(step, bytes);
        bytes = 0;
        await this.#keepLease();
        await this.#pace.spend(ITEM_BYTES, this.#signal);
      }
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      // Stopped: the next run goes on behind the last one that was examined.
      if (!this.#stop.signal.aborted) await saveProgress(metadata, this.#progress);
      return this.#counts();
    }
    this.#progress = { ...this.#progress, finishedAt: clock.now().getTime() };
    await saveProgress(metadata, this.#progress);
    logger[this.#progress.damaged > 0 ? 'warn' : 'info'](this.#counts(), 'everything that is stored was checked');
    return this.#counts();
  }

  #count({ what, after, verdict }: Step, bytes: number): void {
    const before = this.#progress;
    const examined = verdict.state === 'gone' ? 0 : 1;
    this.#progress = {
      ...before,
      place: { what, after },
      blobs: before.blobs + (what === 'blob' ? examined : 0),
      manifests: before.manifests + (what === 'manifest' ? examined : 0),
      bytes: before.bytes + bytes,
      damaged: before.damaged + (verdict.state === 'damaged' ? 1 : 0),
    };
    if (examined === 1) this.#d.metrics.observeScrubbed(what, bytes);
  }

  async #keepLease(): Promise<void> {
    const now = this.#d.clock.monotonic();
    if (now - this.#saved < SAVE_MS) return;
    this.#saved = now;
    if (await this.#stillMine()) await saveProgress(this.#d.metadata, this.#progress);
    else this.#stop.abort(new Error('another worker goes on with the scrub'));
  }

  #counts(): Record<string, number> {
    const { blobs, manifests, bytes, damaged } = this.#progress;
    return { blobs, manifests, bytes, damaged };
  }
}

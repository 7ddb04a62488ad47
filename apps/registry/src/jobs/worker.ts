import type { JobRow, MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** A kind of background work. It may run again after a crash in its middle, so it must be safe to repeat. */
export interface Job {
  readonly kind: string;
  /** Seconds between two runs of a scheduled job. */
  readonly everySeconds: number;
  /** `stillMine` extends the lease; false means that another worker took over, so stop. */
  run(context: { signal: AbortSignal; stillMine: () => Promise<boolean> }): Promise<Record<string, number>>;
}

const LEASE_MS = 60_000;
const POLL_MS = 5_000;
const RETRY_MS = [10_000, 60_000, 600_000] as const;

/** Runs scheduled jobs, one at a time, each on one node: the row's lease says whose it is. */
export class JobWorker {
  readonly #store: MetadataStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #jobs: ReadonlyMap<string, Job>;
  readonly #owner: string;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(deps: {
    store: MetadataStore;
    clock: Clock;
    ids: Ids;
    logger: Logger;
    metrics: Metrics;
    jobs: readonly Job[];
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#metrics = deps.metrics;
    this.#jobs = new Map(deps.jobs.map((job) => [job.kind, job]));
    this.#owner = deps.ids.uuid();
  }

  /** Enters the schedule (each kind once, however many nodes start) and begins to work. */
  async start(): Promise<void> {
    const now = this.#clock.now();
    await this.#store.transaction(async (tx) => {
      for (const { kind, everySeconds } of this.#jobs.values()) {
        const runAt = new Date(now.getTime() + Math.min(everySeconds, 60) * 1000);
        await tx.jobs.enqueue({ id: kind, kind, payload: '{}', runAt, attempts: 0, everySeconds });
      }
    });
    this.#running = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the server stops'));
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await this.runNext()));
      } catch (error) {
        this.#logger.error({ err: error }, 'the job queue cannot be read');
      }
      await this.#clock.sleep(POLL_MS, signal).catch(() => undefined);
    }
  }

  /** Runs the job that is due longest; false when none is due. */
  async runNext(): Promise<boolean> {
    const now = this.#clock.now();
    const leaseUntil = new Date(now.getTime() + LEASE_MS);
    const kinds = [...this.#jobs.keys()];
    const row = await this.#store.transaction((tx) => tx.jobs.claim(this.#owner, kinds, now, leaseUntil));
    const job = row && this.#jobs.get(row.kind);
    if (!row || !job) return false;
    await this.#run(row, job);
    return true;
  }

  async #run(row: JobRow, job: Job): Promise<void> {
    const started = this.#clock.monotonic();
    const stillMine = () =>
      this.#store.transaction((tx) => tx.jobs.heartbeat(row.id, this.#owner, this.#later(LEASE_MS)));
    try {
      const result = await job.run({ signal: this.#stop.signal, stillMine });
      if (this.#stop.signal.aborted) return await this.#giveBack(row);
      await this.#store.transaction((tx) =>
        tx.jobs.complete(row.id, this.#owner, this.#later(job.everySeconds * 1000)),
      );
      this.#metrics.observeJob(job.kind, 'done', (this.#clock.monotonic() - started) / 1000);
      this.#logger.debug({ job: job.kind, ...result }, 'job done');
    } catch (error) {
      if (this.#stop.signal.aborted && error === this.#stop.signal.reason) return this.#giveBack(row);
      const wait = RETRY_MS[Math.min(row.attempts, RETRY_MS.length) - 1] ?? RETRY_MS[0];
      const text = error instanceof Error ? error.message : String(error);
      this.#metrics.observeJob(job.kind, 'failed', (this.#clock.monotonic() - started) / 1000);
      this.#logger.error(
        { job: job.kind, attempt: row.attempts, retryInSeconds: wait / 1000, err: error },
        'job failed',
      );
      await this.#store.transaction((tx) => tx.jobs.fail(row.id, this.#owner, text, this.#later(wait)));
    }
  }

  /** Broken off, or nearly done, because this server stops, which is no failure: another one, or the next start, goes on at once. */
  async #giveBack(row: JobRow): Promise<void> {
    await this.#store.transaction((tx) => tx.jobs.giveBack(row.id, this.#owner, this.#clock.now()));
    this.#logger.debug({ job: row.kind }, 'job broken off: the server stops');
  }

  #later(ms: number): Date {
    return new Date(this.#clock.now().getTime() + ms);
  }
}

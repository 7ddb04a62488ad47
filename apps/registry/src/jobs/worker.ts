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
  /**
   * `signal` ends it when the server stops or an operator pauses it: it stops where the next run can go on. `stillMine` extends
   * the lease; false means that another worker took over, so stop.
   */
  run(context: { signal: AbortSignal; stillMine: () => Promise<boolean> }): Promise<Record<string, number>>;
}

const LEASE_MS = 60_000;
const POLL_MS = 5_000;
/** How soon what runs notices that it was paused. */
const WATCH_MS = 1_000;
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
    const paused = new AbortController();
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, paused.signal]);
    const watching = this.#watchForPause(row, paused, ended.signal);
    try {
      const result = await job.run({ signal, stillMine });
      if (signal.aborted) return await this.#giveBack(row, signal.reason);
      await this.#store.transaction((tx) =>
        tx.jobs.complete(row.id, this.#owner, this.#later(job.everySeconds * 1000)),
      );
      this.#metrics.observeJob(job.kind, 'done', (this.#clock.monotonic() - started) / 1000);
      this.#logger.debug({ job: job.kind, ...result }, 'job done');
    } catch (error) {
      if (signal.aborted && error === signal.reason) return await this.#giveBack(row, signal.reason);
      const wait = RETRY_MS[Math.min(row.attempts, RETRY_MS.length) - 1] ?? RETRY_MS[0];
      const text = error instanceof Error ? error.message : String(error);
      this.#metrics.observeJob(job.kind, 'failed', (this.#clock.monotonic() - started) / 1000);
      this.#logger.error(
        { job: job.kind, attempt: row.attempts, retryInSeconds: wait / 1000, err: error },
        'job failed',
      );
      await this.#store.transaction((tx) => tx.jobs.fail(row.id, this.#owner, text, this.#later(wait)));
    } finally {
      ended.abort();
      await watching;
    }
  }

  /** The pause is a column of the row: whichever node the operator talks to sets it, the one that runs the job reads it. */
  async #watchForPause({ id, kind }: JobRow, paused: AbortController, ended: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(WATCH_MS, ended).catch(() => undefined);
      if (ended.aborted) return;
      try {
        const row = await this.#store.transaction((tx) => tx.jobs.find(id));
        if (row?.pausedAt !== undefined) return paused.abort(new Error('an operator paused it'));
      } catch (error) {
        this.#logger.warn({ job: kind, err: error }, 'whether the job was paused could not be read');
      }
    }
  }

  /** Broken off, or nearly done, which is no failure: another server, the next start, or who resumes it, goes on at once. */
  async #giveBack(row: JobRow, why: Error): Promise<void> {
    await this.#store.transaction((tx) => tx.jobs.giveBack(row.id, this.#owner, this.#clock.now()));
    this.#logger.debug({ job: row.kind }, `job broken off: ${why.message}`);
  }

  #later(ms: number): Date {
    return new Date(this.#clock.now().getTime() + ms);
  }
}

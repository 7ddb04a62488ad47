import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Awaitable } from '../../platform/awaitable.ts';
import { storageFull } from '../../platform/storage-full.ts';
import { ThreadEnded } from '../../platform/thread.ts';
import { isBusy, isFull, unavailable } from './errors.ts';
import { type Connection, LentSession } from './session.ts';
import { type Changes, COLLECTED, together } from './statements.ts';

/** What the writer needs to know of the file behind its connection. A database in memory has no log. */
export interface WriteAheadLog {
  /** Resolves when every commit made so far survives a power cut. */
  sync(): Promise<void>;
  /** Readers see what is durable now from their next read on: these changes, which were committed since the last time. */
  publish(changes: Changes): void;
  /** What was published is what readers see, whatever is committed from now on. */
  settle(): void;
  /** True when the log has grown enough to be copied into the database. */
  checkpointDue(): boolean;
  /** Copies what is published, beside whoever reads and writes. */
  checkpoint(): Promise<void>;
}

interface Job {
  work(session: LentSession): unknown;
  readonly elsewhere?: undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A transaction of the collector on another connection, which has its turn like all others. */
interface ElsewhereJob {
  readonly elsewhere: () => Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Outcome = { readonly job: Job; readonly value: unknown } | { readonly job: Job; readonly error: unknown };

interface Batch {
  readonly jobs: Job[];
  /** Taken out, to be answered with the others. */
  readonly failed: Outcome[];
}

const NOTHING: Changes = new Set();

interface Executed {
  readonly outcomes: Outcome[];
  readonly wrote: boolean;
  readonly changes: Changes;
}

/** Jobs in one batch, so that a batch never keeps the event loop for long. */
const LARGEST_BATCH = 256;

/**
 * The one writer: every transaction of the process, in the order of its arrival, on one connection.
 *
 *     queue ──► BEGIN ─ job ─ job ─ job ─ COMMIT ─ fdatasync ─ publish ─ answer all ─ settle readers ──► the next batch
 *
 * So at any instant at most one commit is not yet durable; nobody has been answered on its strength and no reader sees it.
 * Running a batch while the one before it is synced was tried and gained nothing: its jobs take microseconds.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #log: WriteAheadLog | undefined;
  readonly #queue: (Job | ElsewhereJob)[] = [];
  #draining: Promise<void> | undefined;
  #copying: Promise<void> | undefined;
  #copied = false;
  #committed = false;
  #open: Promise<void> | undefined;
  #broken: Error | undefined;
  #closed = false;

  constructor(connection: Connection, log: WriteAheadLog | undefined) {
    this.#connection = connection;
    this.#log = log;
  }

  submit<T>(work: (session: LentSession) => Awaitable<T>): Promise<T> {
    return this.#enter((resolve, reject) => ({ work, resolve, reject }));
  }

  /** Runs a transaction of the collector, which is made on another connection, alone, and resolves when it is durable. */
  submitCollector<T>(elsewhere: () => Promise<T>): Promise<T> {
    return this.#enter((resolve, reject) => ({ elsewhere, resolve, reject }));
  }

  #enter<T>(
    jobOf: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => Job | ElsewhereJob,
  ): Promise<T> {
    const refusal =
      this.#broken ?? (this.#closed ? unavailable('The server is stopping. Repeat the request later.') : undefined);
    if (refusal) return Promise.reject(refusal);
    return new Promise<T>((resolve, reject) => {
      this.#queue.push(jobOf(resolve as (value: unknown) => void, reject));
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when no transaction is open; undefined when none is. For readers that share the connection. */
  get open(): Promise<void> | undefined {
    return this.#open;
  }

  /** Set when a sync failed, and nobody knows what the disk holds. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  /** Takes no further transactions and resolves when the last one is answered. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#draining) await this.#draining;
    await this.#copying;
  }

  async #drain(): Promise<void> {
    for (;;) {
      // One turn of the event loop, so that everything that arrives in it shares the batch, and so that requests that
      // do not write are served between two batches. And after the last one, so that who pushes alone has its answer
      // before time is spent on what it need not wait for. (Many at once are answered together, behind the next batch
      // if there is one: to let them go first gave 16 of them nothing, and took 8 % from one alone.)
      await nextTurn();
      await this.#afterCommits();
      const [first] = this.#queue;
      if (!first) break;
      if (first.elsewhere) {
        this.#queue.shift();
        await this.#runElsewhere(first);
        continue;
      }
      const batch: Batch = { jobs: this.#nextBatch(), failed: [] };
      try {
        answer(await this.#runBatch(batch));
      } catch (error) {
        for (const job of batch.jobs) job.reject(error);
        for (const { job } of batch.failed) job.reject(error);
      }
    }
    this.#draining = undefined;
  }

  /** Up to the first that is made elsewhere. */
  #nextBatch(): Job[] {
    const jobs: Job[] = [];
    for (let job = this.#queue[0]; job && !job.elsewhere && jobs.length < LARGEST_BATCH; job = this.#queue[0]) {
      jobs.push(job);
      this.#queue.shift();
    }
    return jobs;
  }

  async #runElsewhere(job: ElsewhereJob): Promise<void> {
    try {
      if (this.#broken) throw this.#broken;
      const value = await job.elsewhere().catch(async (error: unknown) => {
        // Its connection went with it, and with that its transaction, if it was not committed just before.
        if (error instanceof ThreadEnded) await this.#makeDurable(COLLECTED);
        throw this.#believed(error);
      });
      await this.#makeDurable(COLLECTED);
      job.resolve(value);
    } catch (error) {
      job.reject(error);
    }
  }

  async #makeDurable(changes: Changes): Promise<void> {
    try {
      await this.#log?.sync();
      this.#log?.publish(changes);
      this.#committed = true;
    } catch (cause) {
      throw this.#break(cause);
    }
  }

  /** Outcomes that are durable. */
  async #runBatch(batch: Batch): Promise<Outcome[]> {
    if (this.#broken) throw this.#broken;
    const { outcomes, wrote, changes } = await this.#commit(batch);
    if (wrote) await this.#makeDurable(changes);
    return outcomes;
  }

  async #commit(batch: Batch): Promise<Executed> {
    let close = () => {};
    this.#open = new Promise((resolve) => {
      close = resolve;
    });
    const { db } = this.#connection;
    try {
      const executed = await this.#execute(batch);
      db.exec('COMMIT');
      return executed;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw this.#believed(error);
    } finally {
      this.#open = undefined;
      close();
    }
  }

  /**
   * One job after the other. When one fails after it wrote, everything is rolled back and the jobs before it, known to be
   * good, run once more; the jobs behind it go back to the head of the queue. So no job runs more than a few times, however
   * many of its neighbours fail.
   */
  async #execute(batch: Batch): Promise<Executed> {
    const { db } = this.#connection;
    db.exec('BEGIN IMMEDIATE');
    const outcomes: Outcome[] = [];
    const changes: Changes[] = [];
    let wrote = false;
    for (const [place, job] of batch.jobs.entries()) {
      const session = new LentSession(this.#connection);
      const outcome = await runJob(job, session);
      // A full disk concerns the neighbours, too. And after some failures SQLite has rolled back by itself: a further
      // statement would be a transaction of its own.
      if (isFull(session.failure)) throw session.failure;
      if (!db.isTransaction) throw session.failure ?? new Error('The transaction ended inside a job');
      if ('error' in outcome && session.wrote) {
        db.exec('ROLLBACK');
        this.#queue.unshift(...batch.jobs.splice(place + 1));
        batch.jobs.pop();
        batch.failed.push(outcome);
        return this.#execute(batch);
      }
      outcomes.push(outcome);
      changes.push(session.changes);
      wrote ||= session.wrote;
    }
    return { outcomes: [...batch.failed, ...outcomes], wrote, changes: together(changes) };
  }

  /** What a commit leaves to be done before the next one. */
  async #afterCommits(): Promise<void> {
    const log = this.#log;
    if (!log || this.#broken || !this.#committed) return;
    this.#committed = false;
    log.settle();
    await this.#copyLog(log);
  }

  /**
   * Most of the log is copied beside the batches; then, while they wait, the few pages that they wrote meanwhile, or the log would
   * never start afresh. They also wait when they write more than is copied.
   */
  async #copyLog(log: WriteAheadLog): Promise<void> {
    if (this.#copying && log.checkpointDue()) await this.#copying;
    if (this.#copying) return;
    if (this.#copied) {
      this.#copied = false;
      await this.#checkpoint(log);
      log.publish(NOTHING);
      log.settle();
    } else if (log.checkpointDue()) {
      this.#copying = this.#checkpoint(log).finally(() => {
        this.#copying = undefined;
        this.#copied = true;
      });
    }
  }

  async #checkpoint(log: WriteAheadLog): Promise<void> {
    try {
      await log.checkpoint();
    } catch (error) {
      // A full disk, a busy reader, a thread that is gone: nothing is lost, the log stays longer. Anything else is the disk failing.
      if (!isFull(error) && !isBusy(error) && !(error instanceof ThreadEnded)) this.#break(error);
    }
  }

  #believed(error: unknown): Error {
    if (isFull(error)) return storageFull('writing to the metadata database', error);
    if (isBusy(error))
      return unavailable('Another program is writing to the metadata database. Repeat the request.', error);
    if (error instanceof ThreadEnded)
      return unavailable(
        'A part of the server that writes to the metadata database has ended. Repeat the request.',
        error,
      );
    return this.#break(error);
  }

  /**
   * After a failed sync the kernel may have dropped the pages and would call the next sync a success. So the failure is
   * final: everything is refused until the database has been opened, and with it recovered from its checksums, anew.
   */
  #break(cause: unknown): Error {
    this.#broken ??= unavailable(
      'The metadata database could not be written to disk. Nothing more is accepted until the server has been restarted; check the disk.',
      cause,
    );
    for (const job of this.#queue.splice(0)) job.reject(this.#broken);
    return this.#broken;
  }
}

async function runJob(job: Job, session: LentSession): Promise<Outcome> {
  try {
    const result = job.work(session);
    const value = result instanceof Promise ? await result : result;
    // A failed statement fails the transaction, whatever the work made of it.
    return session.failure === undefined ? { job, value } : { job, error: session.failure };
  } catch (error) {
    return { job, error };
  } finally {
    session.end();
  }
}

/** A refusal, too, is answered only now: it may rest on a neighbour's rows. */
function answer(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    if ('error' in outcome) outcome.job.reject(outcome.error);
    else outcome.job.resolve(outcome.value);
  }
}

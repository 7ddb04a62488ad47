import type { JobRow, JobTable } from '../metadata-store.ts';
import type { PageRequest } from '../page-request.ts';
import type { Session } from './session.ts';
import { command, NO_LIMIT, query } from './statements.ts';

const enqueueJob = command(`
  INSERT INTO jobs (id, kind, payload, run_at, attempts, every_seconds, lease_owner, lease_until, last_error)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
const dueJob = query(`
  SELECT id, run_at FROM jobs
  WHERE kind = ? AND run_at <= ? AND paused_at IS NULL AND (lease_until IS NULL OR lease_until <= ?) ORDER BY run_at, id LIMIT 1`);
const leaseJob = command('UPDATE jobs SET lease_owner = ?, lease_until = ?, attempts = attempts + 1 WHERE id = ?');
const extendLease = command('UPDATE jobs SET lease_until = ? WHERE id = ? AND lease_owner = ?');
const rescheduleJob = command(`
  UPDATE jobs SET run_at = ?, attempts = 0, lease_owner = NULL, lease_until = NULL, last_error = NULL
  WHERE id = ? AND lease_owner = ?`);
const deleteJob = command('DELETE FROM jobs WHERE id = ? AND lease_owner = ?');
const failJob = command(`
  UPDATE jobs SET run_at = ?, lease_owner = NULL, lease_until = NULL, last_error = ? WHERE id = ? AND lease_owner = ?`);
const giveJobBack = command(`
  UPDATE jobs SET run_at = ?, attempts = attempts - 1, lease_owner = NULL, lease_until = NULL WHERE id = ? AND lease_owner = ?`);
const JOB =
  'id, kind, payload, run_at, attempts, every_seconds, lease_owner, lease_until, last_error, paused_at FROM jobs';
const findJob = query(`SELECT ${JOB} WHERE id = ?`);
const jobsPage = query(`SELECT ${JOB} WHERE id > ? ORDER BY id LIMIT ?`);
const pauseJob = command('UPDATE jobs SET paused_at = ? WHERE id = ?');
const hurryJob = command('UPDATE jobs SET run_at = ? WHERE id = ?');

interface JobColumns {
  id: string;
  kind: string;
  payload: string;
  run_at: number;
  attempts: number;
  every_seconds: number | null;
  lease_owner: string | null;
  lease_until: number | null;
  last_error: string | null;
  paused_at: number | null;
}

export class SqliteJobTable implements JobTable {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  enqueue(row: JobRow): boolean {
    const { id, kind, payload, runAt, attempts, everySeconds, leaseOwner, leaseUntil, lastError } = row;
    const until = leaseUntil?.getTime();
    return (
      this.#session.run(
        enqueueJob,
        id,
        kind,
        payload,
        runAt.getTime(),
        attempts,
        everySeconds,
        leaseOwner,
        until,
        lastError,
      ) === 1
    );
  }

  claim(owner: string, kinds: readonly string[], now: Date, leaseUntil: Date): JobRow | undefined {
    let longest: { id: string; run_at: number } | undefined;
    for (const kind of kinds) {
      const due = this.#session.get<{ id: string; run_at: number }>(dueJob, kind, now.getTime(), now.getTime());
      if (due && (!longest || due.run_at < longest.run_at)) longest = due;
    }
    if (!longest) return undefined;
    this.#session.run(leaseJob, owner, leaseUntil.getTime(), longest.id);
    return this.find(longest.id);
  }

  heartbeat(id: string, owner: string, leaseUntil: Date): boolean {
    return this.#session.run(extendLease, leaseUntil.getTime(), id, owner) === 1;
  }

  complete(id: string, owner: string, nextRunAt: Date | undefined): boolean {
    if (nextRunAt) return this.#session.run(rescheduleJob, nextRunAt.getTime(), id, owner) === 1;
    return this.#session.run(deleteJob, id, owner) === 1;
  }

  fail(id: string, owner: string, error: string, retryAt: Date): boolean {
    return this.#session.run(failJob, retryAt.getTime(), error, id, owner) === 1;
  }

  giveBack(id: string, owner: string, runAt: Date): boolean {
    return this.#session.run(giveJobBack, runAt.getTime(), id, owner) === 1;
  }

  find(id: string): JobRow | undefined {
    const row = this.#session.get<JobColumns>(findJob, id);
    return row && toJob(row);
  }

  list({ last = '', limit = NO_LIMIT }: PageRequest): JobRow[] {
    return this.#session.all<JobColumns>(jobsPage, last, limit).map(toJob);
  }

  setPaused(id: string, since: Date | undefined): boolean {
    return this.#session.run(pauseJob, since?.getTime(), id) === 1;
  }

  runNow(id: string, now: Date): boolean {
    return this.#session.run(hurryJob, now.getTime(), id) === 1;
  }
}

function toJob(row: JobColumns): JobRow {
  return {
    id: row.id,
    kind: row.kind,
    payload: row.payload,
    runAt: new Date(row.run_at),
    attempts: row.attempts,
    everySeconds: row.every_seconds ?? undefined,
    leaseOwner: row.lease_owner ?? undefined,
    leaseUntil: row.lease_until === null ? undefined : new Date(row.lease_until),
    lastError: row.last_error ?? undefined,
    pausedAt: row.paused_at === null ? undefined : new Date(row.paused_at),
  };
}

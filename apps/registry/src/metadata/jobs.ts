import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

export interface JobRow {
  readonly id: string;
  readonly kind: string;
  /** JSON. */
  readonly payload: string;
  readonly runAt: Date;
  readonly attempts: number;
  /** Seconds between runs; undefined for a job that runs once. */
  readonly everySeconds?: number | undefined;
  readonly leaseOwner?: string | undefined;
  readonly leaseUntil?: Date | undefined;
  readonly lastError?: string | undefined;
  /** Since when it waits for the operator; undefined while it does not. */
  readonly pausedAt?: Date | undefined;
}

export interface JobTable {
  /** Adds the job unless its id exists (a schedule's id is its kind). */
  enqueue(row: JobRow): Awaitable<boolean>;
  /** Takes the job that is due longest, neither paused nor leased; sets the lease, counts the attempt. */
  claim(owner: string, kinds: readonly string[], now: Date, leaseUntil: Date): Awaitable<JobRow | undefined>;
  /** False when the lease was lost. */
  heartbeat(id: string, owner: string, leaseUntil: Date): Awaitable<boolean>;
  /** A scheduled job is due again at `nextRunAt`, a single one is removed. False when the lease was lost. */
  complete(id: string, owner: string, nextRunAt: Date | undefined): Awaitable<boolean>;
  /** Gives the job back, due at `retryAt`. */
  fail(id: string, owner: string, error: string, retryAt: Date): Awaitable<boolean>;
  /** Gives a job back that was broken off, due at `runAt`: its attempt does not count, and what went wrong before stays. */
  giveBack(id: string, owner: string, runAt: Date): Awaitable<boolean>;
  find(id: string): Awaitable<JobRow | undefined>;
  /** A page by id. */
  list(page: PageRequest): Awaitable<JobRow[]>;
  /** Undefined lets it go on. What runs notices it within a second or so. False when there is no such job. */
  setPaused(id: string, since: Date | undefined): Awaitable<boolean>;
  /** Due at `now`. False when there is no such job. */
  runNow(id: string, now: Date): Awaitable<boolean>;
}

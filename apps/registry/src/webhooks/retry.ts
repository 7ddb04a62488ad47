import type { Ids } from '../platform/ids.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 300_000;

/** How long an event is tried, at least: a failed attempt after that is the last one. */
export const TRIED_MS = 24 * 3_600_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: twice as long each time, five minutes at most, and by
 * chance up to half less, so that what failed together does not come back together.
 */
export function retryDelay(failures: number, ids: Pick<Ids, 'bytes'>): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  const chance = ids.bytes(4).readUInt32BE() / 2 ** 32;
  return Math.round(ceiling * (1 - chance / 2));
}

interface Pause {
  readonly failures: number;
  readonly until: number;
}

/**
 * Which receivers are down. One that is gets a single event at a time, and none while it is left in peace: however much
 * waits for it, it costs no more than that. Kept in memory: after a restart the first attempts find it out again.
 */
export class Receivers {
  readonly #pauses = new Map<string, Pause>();
  readonly #ids: Pick<Ids, 'bytes'>;

  constructor(ids: Pick<Ids, 'bytes'>) {
    this.#ids = ids;
  }

  /** How many events may be under way to it. */
  room(webhookId: string, now: Date, healthy: number): number {
    const pause = this.#pauses.get(webhookId);
    if (!pause) return healthy;
    return pause.until > now.getTime() ? 0 : 1;
  }

  answered(webhookId: string): void {
    this.#pauses.delete(webhookId);
  }

  down(webhookId: string, now: Date): void {
    const pause = this.#pauses.get(webhookId);
    if (pause && pause.until > now.getTime()) return; // of those that were under way together only the first counts
    const failures = (pause?.failures ?? 0) + 1;
    this.#pauses.set(webhookId, { failures, until: now.getTime() + retryDelay(failures, this.#ids) });
  }
}

import type { Awaitable } from '../platform/awaitable.ts';

/** What the site stored at a time. */
export interface CapacitySample {
  readonly at: Date;
  /** Bytes of all registries. */
  readonly used: number;
  /** Bytes that they might have; undefined while nothing was set. */
  readonly capacity?: number | undefined;
}

export interface CapacityReader {
  /** Samples after `after`, oldest first. */
  list(after: Date, limit: number): Awaitable<CapacitySample[]>;
}

export interface CapacityWriter extends CapacityReader {
  /** A second one of the same time is left out. */
  add(sample: CapacitySample): Awaitable<void>;
  /** Removes samples of before `before`; says how many. */
  deleteBefore(before: Date): Awaitable<number>;
}

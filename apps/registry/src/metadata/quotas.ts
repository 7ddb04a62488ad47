import type { Awaitable } from '../platform/awaitable.ts';

/** How much a subscription may have; the operator's, by name. Every subscription without one of its own has `Default`. */
export interface QuotaRow {
  /** As the operator spelled it first; compared without case. */
  readonly name: string;
  /** Registries in the subscription. */
  readonly numberOfRegistries: number;
  /** GiB in each registry. */
  readonly capacityPerRegistryInGiB: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Where a registry stands, with the reservations of uploads that are under way; bytes. */
export interface StorageState {
  /** Name of the quota that sets `limit`. */
  readonly quota: string;
  readonly limit: number;
  readonly used: number;
  readonly reserved: number;
  /** All registries together; there is a limit when the operator has set one. */
  readonly site: { readonly limit: number | undefined; readonly used: number; readonly reserved: number };
}

export const DEFAULT_QUOTA = 'Default';

export interface QuotaReader {
  find(name: string): Awaitable<QuotaRow | undefined>;
  /** By name in lower case. */
  all(): Awaitable<QuotaRow[]>;
  ofSubscription(subscriptionId: string): Awaitable<QuotaRow>;
  /** Subscriptions that the quota was assigned to; at most `limit`. */
  assignedTo(name: string, limit: number): Awaitable<string[]>;
  /** Undefined when there is no such registry. Reservations that ended before `now` do not count. */
  storage(registryId: string, now: Date): Awaitable<StorageState | undefined>;
  /** Bytes that are reserved for an upload, at least until then; 0 when nothing is. */
  reservedFor(uploadId: string, until: Date): Awaitable<number>;
  /** All registries together, as `storage` tells it of one. */
  site(now: Date): Awaitable<StorageState['site']>;
  /** GiB that all registries together may have; undefined while nothing was set. */
  siteCapacity(): Awaitable<number | undefined>;
}

export interface QuotaWriter extends QuotaReader {
  /** Creates it, or replaces everything but the spelling of its name and the time of its creation. */
  put(row: QuotaRow): Awaitable<void>;
  /** False when it was not there. The caller has seen to it that nobody has it. */
  delete(name: string): Awaitable<boolean>;
  /** Undefined takes the assignment back. False when there is no such subscription. */
  assign(subscriptionId: string, name: string | undefined): Awaitable<boolean>;
  /** Undefined: no limit but the disk. */
  setSiteCapacity(gibibytes: number | undefined): Awaitable<void>;
}

/** Room that is kept for an upload until its bytes are stored and count by themselves. One row each: no row is everybody's. */
export interface ReservationTable {
  /** Makes it, or replaces what was reserved for the upload before. Bytes in all, not more bytes. */
  put(uploadId: string, registryId: string, bytes: number, expiresAt: Date): Awaitable<void>;
  /** Bytes; 0 when nothing is reserved. */
  of(uploadId: string): Awaitable<number>;
  release(uploadId: string): Awaitable<void>;
  /** Those that ended before; at most `limit`. */
  deleteExpired(before: Date, limit: number): Awaitable<number>;
}

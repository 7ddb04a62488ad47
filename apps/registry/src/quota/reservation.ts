import type { MetadataStore, MetadataTx, RegistryRow } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { requireRoom, roomLeft } from './storage.ts';

/**
 * Below this an upload reserves nothing: whether it fits is asked before its bytes come and when they are stored. So small
 * layers, which are most of them, cost no transaction more.
 */
const UNRESERVED_BYTES = 4 * 2 ** 20;
/** An upload that does not say how long it is reserves so much at a time. */
const STEP_BYTES = 64 * 2 ** 20;
/** Near the limit steps become smaller, but not smaller than this. */
const LEAST_STEP_BYTES = 2 ** 20;
/** A chunk that is only expected takes room ahead, as much as a step at most, if that is no more than this part of what is left. */
const AHEAD_PART = 1 / 32;

export interface ReservationDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** How long a reservation lasts that nobody renews. */
  readonly lastsMs: number;
}

/**
 * Keeps room in a registry for one upload while its bytes come, so that uploads at the same time cannot together fill what
 * none of them could fill alone. It ends with the transaction that stores the bytes, with the upload, or by itself.
 */
export class Reservation {
  readonly #d: ReservationDependencies;
  readonly #registry: Pick<RegistryRow, 'id' | 'name'>;
  readonly #id: string;
  /** The upload has room up to here; bytes. */
  #upTo = UNRESERVED_BYTES;
  #held = false;

  constructor(d: ReservationDependencies, registry: Pick<RegistryRow, 'id' | 'name'>, uploadId: string) {
    this.#d = d;
    this.#registry = registry;
    this.#id = uploadId;
  }

  /** Whether there may be a row of it. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Before a body is received that brings the upload from `offset` to `end` bytes; without `end`, nobody knows how far.
   * Throws `quota.storage-full`, `quota.site-full`.
   */
  async begin(offset: number, end: number | undefined): Promise<void> {
    const { metadata, clock } = this.#d;
    const least = end ?? offset + 1;
    if (least <= UNRESERVED_BYTES) return requireRoom(metadata.read, this.#registry, least, clock.now());
    if (offset > 0 && (await this.#isThere(least))) return;
    await this.#reserve(least, end ?? offset + STEP_BYTES);
  }

  /** While the body comes: undefined when there is room up to `end`, else a promise that holds it back. */
  extend(end: number): Promise<void> | undefined {
    return end <= this.#upTo ? undefined : this.#reserve(end, end + STEP_BYTES);
  }

  /** Says that the upload is still under way. */
  async renew(): Promise<void> {
    if (this.#held) await this.#reserve(this.#upTo, this.#upTo);
  }

  /**
   * What the upload has is kept for it, in the transaction that says how much that is; and, where they are few beside what is
   * left, `next` bytes more for the chunk that is expected behind it, which then costs no transaction of its own before it is
   * received.
   */
  async settle(tx: MetadataTx, bytes: number, next = 0): Promise<void> {
    if (!this.#held) return;
    const { clock, lastsMs } = this.#d;
    const now = clock.now();
    const most = next > 0 ? Math.min(STEP_BYTES, (await roomLeft(tx, this.#registry, now)) * AHEAD_PART) : 0;
    const kept = next <= most ? bytes + next : bytes;
    await tx.reservations.put(this.#id, this.#registry.id, kept, new Date(now.getTime() + lastsMs));
  }

  async release(): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    await this.#d.metadata.transaction((tx) => tx.reservations.release(this.#id));
  }

  /** Whether the chunk before has taken room for so much, which will last for a while. */
  async #isThere(least: number): Promise<boolean> {
    const { metadata, clock, lastsMs } = this.#d;
    const bytes = await metadata.read.quotas.reservedFor(this.#id, new Date(clock.now().getTime() + lastsMs / 2));
    if (bytes < least) return false;
    this.#held = true;
    this.#upTo = bytes;
    return true;
  }

  async #reserve(least: number, wish: number): Promise<void> {
    const { metadata, clock, lastsMs } = this.#d;
    this.#held = true;
    this.#upTo = await metadata.transaction(async (tx) => {
      const now = clock.now();
      const before = await tx.reservations.of(this.#id);
      await tx.reservations.release(this.#id); // its own does not stand in its way
      await requireRoom(tx, this.#registry, least, now);
      const bytes = Math.max(before, stepWithin(least, wish, await roomLeft(tx, this.#registry, now)));
      await tx.reservations.put(this.#id, this.#registry.id, bytes, new Date(now.getTime() + lastsMs));
      return bytes;
    });
  }
}

/** Nobody who does not know how much is coming takes all that is left, while others may need it. */
function stepWithin(least: number, wish: number, left: number): number {
  const more = left - least;
  return Math.min(
    wish,
    least + (more > LEAST_STEP_BYTES ? Math.max(LEAST_STEP_BYTES, Math.floor(more / 2)) : Math.max(0, more)),
  );
}

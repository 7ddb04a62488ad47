import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';

export type BundleOperationState = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Work on bundles that outlasts its request, and the server's restart. */
export interface BundleOperationRow {
  readonly id: string;
  readonly registryId: string;
  readonly kind: 'create' | 'verify' | 'apply' | 'import';
  /** Whose rights it has, as they are while it runs. */
  readonly principal: string;
  /** Row id of the credential that it was started with. */
  readonly credential?: string | undefined;
  /** JSON; as are the next three. */
  readonly request: string;
  readonly progress?: string | undefined;
  readonly result?: string | undefined;
  readonly error?: string | undefined;
  readonly state: BundleOperationState;
  readonly correlationId: string;
  readonly client?: string | undefined;
  readonly startedAt: Date;
  readonly updatedAt: Date;
}

/** A line of the custody log: who had which volumes in hand, and what became of them. */
export interface CustodyRow {
  /** Grows from entry to entry; given by the log. */
  readonly place: number;
  readonly registryId: string;
  readonly time: Date;
  readonly by: string;
  readonly action: 'created' | 'received' | 'verified' | 'applied' | 'incomplete' | 'imported' | 'receipt' | 'deleted';
  readonly bundle?: Digest | undefined;
  readonly signer?: string | undefined;
  readonly carriedBy?: string | undefined;
  /** JSON of `CustodyDetail`. */
  readonly detail: string;
}

export interface BundleJournalReader {
  operation(id: string): Awaitable<BundleOperationRow | undefined>;
  /** Newest first; at most `limit`. */
  operations(registryId: string, limit: number): Awaitable<BundleOperationRow[]>;
  /** Of all registries, oldest first. */
  running(): Awaitable<BundleOperationRow[]>;
  /** Newest first, from before place `before`; at most `limit`. */
  custody(registryId: string, before: number | undefined, limit: number): Awaitable<CustodyRow[]>;
  /** The newest entry of an action. */
  lastCustody(registryId: string, action: CustodyRow['action']): Awaitable<CustodyRow | undefined>;
}

export interface BundleJournalWriter extends BundleJournalReader {
  /** Makes it, or replaces it. */
  putOperation(row: BundleOperationRow): Awaitable<void>;
  /** Says how far it is. False when it has ended. */
  progressed(id: string, progress: string, now: Date): Awaitable<boolean>;
  /** Those that ended before; says how many. */
  deleteEnded(before: Date): Awaitable<number>;
  appendCustody(row: Omit<CustodyRow, 'place'>): Awaitable<void>;
}

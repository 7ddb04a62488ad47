import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

/**
 * How far the scan of a manifest is: to be submitted to the scanner, in its hands, over with a report, or given up without one. Rows
 * go with their manifest.
 */
export type ScanState = 'waiting' | 'submitted' | 'done' | 'failed';

export interface ScanRow {
  readonly repositoryId: RepositoryId;
  readonly digest: Digest;
  readonly state: ScanState;
  /** When the scan was asked for; asked for again, it begins anew. */
  readonly requestedAt: Date;
  /** When to do the next step; undefined once it is over. */
  readonly dueAt?: Date | undefined;
  /** Steps in a row that went wrong. */
  readonly failures: number;
  /** What the scanner calls the scan, while it has it. */
  readonly scanId?: string | undefined;
  readonly submittedAt?: Date | undefined;
  readonly finishedAt?: Date | undefined;
  /** What went wrong last. */
  readonly reason?: string | undefined;
  /** The highest in the report, in the words of the scanner interface. */
  readonly severity?: string | undefined;
  /** Name and version of what scanned. */
  readonly scanner?: string | undefined;
}

/** A scan whose next step is due. */
export interface DueScan {
  readonly row: ScanRow;
  readonly registryId: string;
  readonly repository: RepositoryName;
}

export interface ScanReader {
  find(repositoryId: RepositoryId, digest: Digest): Awaitable<ScanRow | undefined>;
  /** The report as the scanner gave it, packed by gzip. */
  report(repositoryId: RepositoryId, digest: Digest): Awaitable<Uint8Array | undefined>;
  /** Those due longest first; at most `limit`. None of a repository that was deleted. */
  due(now: Date, limit: number): Awaitable<DueScan[]>;
}

export interface ScanWriter extends ScanReader {
  /** Creates or replaces; the manifest is there. A report stays until another one comes. */
  put(row: ScanRow): Awaitable<void>;
  putReport(repositoryId: RepositoryId, digest: Digest, report: Uint8Array): Awaitable<void>;
}

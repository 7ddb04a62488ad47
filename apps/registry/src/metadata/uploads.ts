import type { Digest } from '@holdfast/oci/digest';
import type { Awaitable } from '../platform/awaitable.ts';
import type { UploadId, UploadState } from '../storage/blob-store.ts';
import type { RepositoryId } from './content-rows.ts';

/** A session of an upload, and what of it is durable. */
export interface UploadRow {
  readonly id: UploadId;
  readonly repositoryId: RepositoryId;
  readonly principal: string;
  readonly state: UploadState;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  /** Set once the upload was closed: a client that did not hear the 201 may repeat the closing PUT. */
  readonly completed?: Digest | undefined;
}

export interface UploadReader {
  find(id: UploadId): Awaitable<UploadRow | undefined>;
  /** Open (not completed) uploads of one principal that were touched since; counting ends at `atMost`. */
  countOpen(principal: string, touchedSince: Date, atMost: number): Awaitable<number>;
  /** Uploads, open or completed, not touched since `before`; at most `limit`. */
  idleSince(before: Date, limit: number): Awaitable<UploadRow[]>;
}

export interface UploadWriter extends UploadReader {
  insert(row: UploadRow): Awaitable<void>;
  /** False when the upload is gone or completed. */
  advance(id: UploadId, state: UploadState, now: Date): Awaitable<boolean>;
  /** Says that the upload is in use, and nothing about its offset. False when it is gone or completed. */
  touch(id: UploadId, now: Date): Awaitable<boolean>;
  complete(id: UploadId, digest: Digest, now: Date): Awaitable<boolean>;
  delete(id: UploadId): Awaitable<boolean>;
}

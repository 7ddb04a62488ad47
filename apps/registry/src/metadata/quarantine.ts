import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';

/** What of a registry's stored policies says whether its quarantine is on. */
export interface QuarantinePolicy {
  readonly quarantine?: 'enabled' | 'disabled';
}

/** What scanners say of a manifest, in ACR's words. Whatever was not said to have passed has not. */
export type QuarantineState = 'Quarantined' | 'Passed' | 'Failed';

/** A manifest without a row was never looked at: that is `Quarantined` wherever the policy is on. Rows go with their manifest. */
export interface QuarantineRow {
  readonly repositoryId: RepositoryId;
  readonly digest: Digest;
  readonly state: QuarantineState;
  /** What the scanner says beside it, most often JSON; text to us. */
  readonly details?: string | undefined;
  /** Id of the principal. */
  readonly changedBy: string;
  /** When it came into this state. */
  readonly changedAt: Date;
}

/** A manifest as the preview of the policy goes by it. */
export interface ExaminedManifest {
  readonly repositoryId: RepositoryId;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Manifests that it names. */
  readonly childCount: number;
  /** Undefined: never looked at. */
  readonly state?: QuarantineState | undefined;
}

/** A manifest that nobody could pull any more if the policy were on. */
export interface ClosedManifest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly tags: readonly TagName[];
  /** Undefined: never looked at. */
  readonly state: QuarantineState | undefined;
  /** The manifest below it that closes it; undefined when it is itself. */
  readonly because?: Digest | undefined;
}

export interface ClosedPage {
  readonly items: readonly ClosedManifest[];
  /** Behind which manifest the next page begins; undefined on the last one. */
  readonly next?: { readonly repository: string; readonly digest: string } | undefined;
}

/** A manifest that nobody has looked at in time. */
export interface WaitingManifest {
  readonly row: QuarantineRow;
  readonly registryId: string;
  readonly repository: RepositoryName;
}

export interface QuarantineReader {
  find(repositoryId: RepositoryId, digest: Digest): Awaitable<QuarantineRow | undefined>;
  /** Rows of several manifests; those without one are not in the map. */
  of(repositoryId: RepositoryId, digests: readonly Digest[]): Awaitable<Map<Digest, QuarantineRow>>;
  /**
   * The manifest itself, or one of those below it that are there, which has not passed; undefined when all have. One that is not
   * there has not passed: it may be pushed again before the next look.
   */
  unreleased(repositoryId: RepositoryId, digest: Digest): Awaitable<Digest | undefined>;
  /** Whether a manifest of the repository that has passed names the blob. */
  blobReleased(repositoryId: RepositoryId, digest: Digest): Awaitable<boolean>;
  /** Indexes that contain the manifest, however many up, and have passed themselves; at most `limit`. */
  passedAncestors(repositoryId: RepositoryId, digest: Digest, limit: number): Awaitable<Digest[]>;
  /** All manifests of a registry behind that one, by repository and digest; at most `limit`. */
  examine(
    registryId: string,
    after: { readonly repository: string; readonly digest: string },
    limit: number,
  ): Awaitable<ExaminedManifest[]>;
  /** In `Quarantined` since before `before`, those that wait longest first; at most `limit`. */
  waiting(before: Date, limit: number): Awaitable<WaitingManifest[]>;
}

export interface QuarantineWriter extends QuarantineReader {
  /** Creates or replaces; the manifest is there. */
  put(row: QuarantineRow): Awaitable<void>;
}

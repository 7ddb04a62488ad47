import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Awaitable } from '../platform/awaitable.ts';
import type { RepositoryId } from './content-rows.ts';
import type { PageRequest } from './page-request.ts';
import type { CleanUpDefinition } from './policies.ts';

/** What a clean-up policy asks of a manifest. */
export interface ManifestAge {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly subject?: Digest | undefined;
  readonly pushedAt: Date;
  /** Pushed again, or its attributes changed. */
  readonly updatedAt: Date;
  /** Since when no tag names it; undefined while one does. */
  readonly untaggedAt?: Date | undefined;
}

export interface UntaggedManifest {
  readonly digest: Digest;
  readonly untaggedAt: Date;
}

export interface CleanUpRepository {
  readonly id: RepositoryId;
  readonly name: RepositoryName;
  readonly lockCount: number;
}

/** The ways to what clean-up policies look for, each through an index of its own. */
export interface CleanUpReader {
  /** Repositories of the registry that hold a manifest, hidden ones as well, by name. */
  repositories(registryId: string, page: PageRequest): Awaitable<CleanUpRepository[]>;
  /** Manifests that no tag has named since before `before`, those that wait longest first. */
  untagged(
    repositoryId: RepositoryId,
    before: Date,
    page: { readonly after?: UntaggedManifest | undefined; readonly limit: number },
  ): Awaitable<UntaggedManifest[]>;
  manifest(repositoryId: RepositoryId, digest: Digest): Awaitable<ManifestAge | undefined>;
  /** Digests of the manifests whose subject is `subject`, in order. */
  referrers(repositoryId: RepositoryId, subject: Digest, page: PageRequest): Awaitable<Digest[]>;
}

/** Why something stays that a clean-up policy is about. */
export type StayReason =
  | 'locked'
  | 'immutable'
  | 'quarantined'
  | 'tagged'
  | 'part-of'
  | 'referrer-of'
  | 'among-latest'
  | 'too-young'
  | 'pulled'
  | 'pushed-just-now';

/** A tag or a manifest that a policy is about, and what becomes of it. */
export interface CleanUpItem {
  /** Undefined for a manifest. */
  readonly tag?: TagName | undefined;
  readonly digest: Digest;
  readonly decision: 'goes' | 'stays';
  readonly policy: string;
  /** `policy`: it says so; `with`: what it hangs on goes. */
  readonly reason: StayReason | 'policy' | 'with';
  /** One clause, for people. */
  readonly text: string;
}

export interface RepositoryCleanUp {
  readonly repository: RepositoryName;
  readonly going: { readonly tags: number; readonly manifests: number };
  readonly staying: number;
  /** The first thousand; the figures are of all. */
  readonly items: readonly CleanUpItem[];
  readonly more: boolean;
}

/** Which policies a preview is of: those in force, unless one is named or one is given that nobody has stored yet. */
export interface CleanUpQuestion {
  /** Behind which repository to begin. */
  readonly after?: string | undefined;
  readonly policy?: string | undefined;
  readonly draft?: CleanUpDefinition | undefined;
}

export interface CleanUpPreview {
  readonly repositories: readonly RepositoryCleanUp[];
  /** Behind which repository the next page begins; undefined on the last one. */
  readonly next?: string | undefined;
}

import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

/** What a registry's owner lays down for repositories and tags by their patterns. */
export type PolicyKind = 'clean-up' | 'immutable-tags';

export interface PolicyRow {
  readonly registryId: string;
  readonly kind: PolicyKind;
  /** As its creator spelled it; compared without case. */
  readonly name: string;
  /** JSON: `CleanUpDefinition` or `ImmutableTagsDefinition`, by the kind. */
  readonly definition: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A policy that is disabled does nothing, and can be previewed. */
export interface PolicyDefinition {
  readonly status: 'enabled' | 'disabled';
  /** Names and prefixes, as in scope maps: `team/app`, `team/*`, `*`. At least one. */
  readonly repositories: readonly string[];
}

export interface CleanUpDefinition extends PolicyDefinition {
  readonly untagged?: UntaggedRule | undefined;
  readonly tags?: TagRule | undefined;
  /** Takes also what is in quarantine; else that is kept. */
  readonly includeQuarantined?: boolean | undefined;
}

export interface UntaggedRule {
  /** Days for which no tag has named the manifest. */
  readonly days: number;
}

/** A tag goes when it is in scope and everything that is given here is true of it. At least one of the three is given. */
export interface TagRule {
  /** Patterns of tags; at least one. */
  readonly match: readonly string[];
  /** Patterns of tags that are out of its scope after all. */
  readonly except?: readonly string[] | undefined;
  /** It is not among so many that were pushed last, of those in scope in its repository. */
  readonly keepLatest?: number | undefined;
  /** Days since it was pushed, moved or changed last. */
  readonly olderThanDays?: number | undefined;
  /** Days since its manifest was pulled last, or the tag was pushed if that is later. */
  readonly notPulledForDays?: number | undefined;
}

export interface ImmutableTagsDefinition extends PolicyDefinition {
  /** Patterns of tags; at least one. */
  readonly match: readonly string[];
  readonly except?: readonly string[] | undefined;
  /** Clean-up policies may take them; nobody else may. */
  readonly allowCleanUp?: boolean | undefined;
}

export interface PolicyReader {
  find(registryId: string, kind: PolicyKind, name: string): Awaitable<PolicyRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(registryId: string, kind: PolicyKind, page: PageRequest): Awaitable<PolicyRow[]>;
}

export interface PolicyWriter extends PolicyReader {
  /** Creates it, or replaces its definition; the first spelling of the name and the time of creation stay. */
  put(row: PolicyRow): Awaitable<void>;
  /** False when it was not there. */
  delete(registryId: string, kind: PolicyKind, name: string): Awaitable<boolean>;
}

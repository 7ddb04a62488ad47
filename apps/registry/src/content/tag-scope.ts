import { matchesTag } from '@holdfast/oci/patterns';
import type { TagName } from '@holdfast/oci/reference';

/** Which tags a rule of a policy is about: those that one of `match` fits, without those that one of `except` fits. */
export interface TagScope {
  readonly match: readonly string[];
  readonly except?: readonly string[] | undefined;
}

export function isInScope({ match, except = [] }: TagScope, tag: TagName): boolean {
  return match.some((pattern) => matchesTag(pattern, tag)) && !except.some((pattern) => matchesTag(pattern, tag));
}

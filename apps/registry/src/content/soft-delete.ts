import type { BlobLink } from '../metadata/metadata-store.ts';
import { softDeletePolicy } from '../metadata/soft-deletions.ts';

/**
 * Where soft delete is on, what is deleted is gone for readers at once, its blobs too: as the source of a mount, or by a digest that somebody
 * remembers. Their links stay for the grace period, and a manifest that is pushed may name them: its client was perhaps told
 * that they are there. Where the policy was never set, as in most registries, this costs one look at the link.
 */
export function isBlobDeleted({ policies }: { readonly policies: string }, { released }: BlobLink): boolean {
  return released === true && softDeletePolicy(policies).enabled;
}

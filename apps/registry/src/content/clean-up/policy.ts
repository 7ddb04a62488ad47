import { matchesRepository } from '@holdfast/oci/patterns';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import type { CleanUpDefinition, TagRule, UntaggedRule } from '../../metadata/policies.ts';

/** A clean-up policy as it is carried out. */
export interface CleanUpPolicy {
  /** `retentionPolicy` is the one that `az acr config retention` sets; a name of a resource holds no capital after its first. */
  readonly name: string;
  readonly repositories: readonly string[];
  readonly untagged: UntaggedRule | undefined;
  readonly tags: TagRule | undefined;
  readonly includeQuarantined: boolean;
}

/** What of a registry's stored policies is ACR's retention of untagged manifests. */
interface RetentionPolicy {
  readonly retention?: { readonly status: 'enabled' | 'disabled'; readonly days: number };
}

const RETENTION = 'retentionPolicy';

/**
 * The policies that are in force for a registry, in the order of their names, the retention policy first. `named` asks for that
 * one alone, in force or not, so that it can be looked at before it is switched on.
 */
export async function cleanUpPolicies(
  read: Pick<MetadataReader, 'policies'>,
  registry: { readonly id: string; readonly policies: string },
  named?: string,
): Promise<CleanUpPolicy[]> {
  const rows = await read.policies.list(registry.id, 'clean-up', {});
  const all = rows.map(({ name, definition }) => ({ name, ...(JSON.parse(definition) as CleanUpDefinition) }));
  const found = [...retention(registry.policies), ...all].filter((policy) =>
    named === undefined ? policy.status === 'enabled' : policy.name.toLowerCase() === named.toLowerCase(),
  );
  return found.map(({ name, ...definition }) => carriedOut(name, definition));
}

/** One that is not stored, as it would be carried out if it were. */
export function draftPolicy(definition: CleanUpDefinition): CleanUpPolicy {
  return carriedOut('draft', definition);
}

function carriedOut(name: string, definition: CleanUpDefinition): CleanUpPolicy {
  const { repositories, untagged, tags, includeQuarantined = false } = definition;
  return { name, repositories, untagged, tags, includeQuarantined };
}

function retention(policies: string): (CleanUpDefinition & { name: string })[] {
  const { retention: set } = JSON.parse(policies) as RetentionPolicy;
  return set ? [{ name: RETENTION, status: set.status, repositories: ['*'], untagged: { days: set.days } }] : [];
}

export function policiesFor(policies: readonly CleanUpPolicy[], repository: string): CleanUpPolicy[] {
  return policies.filter((policy) => policy.repositories.some((pattern) => matchesRepository(pattern, repository)));
}

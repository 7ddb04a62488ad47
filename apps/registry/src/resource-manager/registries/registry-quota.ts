import type { MetadataTx } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';

/** Refuses one registry more than the subscription may have; in the transaction that would create it. Throws `quota.exceeded`. */
export async function requireRegistryQuota(tx: MetadataTx, subscriptionId: string): Promise<void> {
  const { name, numberOfRegistries: limit } = await tx.quotas.ofSubscription(subscriptionId);
  const count = await tx.registries.count(subscriptionId);
  if (count < limit) return;
  throw new DomainError(
    'forbidden',
    'quota.exceeded',
    `Quota exceeded for resource type registries for the subscription '${subscriptionId}': it may have ${limit} (quota '${name}') and has ${count}. Delete a registry that is not needed any more, or ask the operator to raise the quota.`,
    { detail: { quota: name, limit, count } },
  );
}

import type { ResourceGroupRow } from '../metadata/resources.ts';
import { DomainError } from '../platform/domain-error.ts';
import { armAudit } from './audit.ts';
import type { ArmCaller, ResourceManager } from './context.ts';
import type { Fields } from './fields.ts';
import { removeRegistry } from './registries/remove.ts';
import { requireLocation, requireSubscription } from './require.ts';

/** Deletes a group with everything in it, in one transaction: nobody ever sees half of it gone. */
export async function deleteGroup(rm: ResourceManager, caller: ArmCaller, group: ResourceGroupRow): Promise<void> {
  const { subscriptionId, name } = group;
  await rm.metadata.transaction(async (tx) => {
    for (const row of await tx.registries.list({ subscriptionId, resourceGroup: name }, {})) {
      await removeRegistry(rm, caller, tx, row);
    }
    const scope = `/subscriptions/${subscriptionId}/resourcegroups/${name.toLowerCase()}`;
    await tx.roleAssignments.deleteWithin(scope);
    await tx.resourceLocks.deleteWithin(scope);
    await tx.deployments.deleteWithin(scope);
    await tx.resourceGroups.delete(subscriptionId, name);
    await tx.audit.append(armAudit(rm, caller, 'Microsoft.Resources/subscriptions/resourceGroups/delete'));
  });
}

/** Letters of any language, digits, `_-.()`, at most 90 characters, no period at the end. */
const GROUP_NAME = /^[\p{L}\p{N}_\-.()]{0,89}[\p{L}\p{N}_\-()]$/u;

/** Creates the group of the path's `group`, or changes it as a whole. Whoever calls has the right for it already. */
export async function putResourceGroup(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ created: boolean; row: ResourceGroupRow }> {
  const { id } = await requireSubscription(rm, values.subscription ?? '');
  const name = values.group ?? '';
  if (!GROUP_NAME.test(name)) {
    throw new DomainError(
      'invalid',
      'resource-group.invalid',
      `The provided resource group name '${name.slice(0, 100)}' is invalid: it has 1 to 90 letters, digits, _-.() and does not end with a period.`,
    );
  }
  const location = requireLocation(rm, body.required('location'));
  const existing = await rm.metadata.read.resourceGroups.find(id, name);
  const now = rm.clock.now();
  const row: ResourceGroupRow = {
    subscriptionId: id,
    name: existing?.name ?? name,
    location,
    tags: JSON.stringify(body.map('tags') ?? {}),
    createdAt: existing?.createdAt ?? now,
    updatedAt: now,
  };
  await rm.metadata.transaction(async (tx) => {
    await tx.resourceGroups.put(row);
    await tx.audit.append(armAudit(rm, caller, `Microsoft.Resources/subscriptions/resourceGroups/write`));
  });
  return { created: !existing, row };
}

export function groupJson(rm: ResourceManager, row: ResourceGroupRow) {
  return {
    id: `/subscriptions/${row.subscriptionId}/resourceGroups/${row.name}`,
    name: row.name,
    type: 'Microsoft.Resources/resourceGroups',
    location: row.location || rm.region,
    tags: JSON.parse(row.tags) as Record<string, string>,
    properties: { provisioningState: 'Succeeded' },
  };
}

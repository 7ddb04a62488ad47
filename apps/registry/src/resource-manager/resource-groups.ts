import type { ResourceGroupRow } from '../metadata/resources.ts';
import { armAudit } from './audit.ts';
import type { ArmCaller, ResourceManager } from './context.ts';
import { removeRegistry } from './registries/remove.ts';

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

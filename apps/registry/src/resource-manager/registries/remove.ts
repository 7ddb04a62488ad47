import { registryScope } from '../../access/scope-path.ts';
import type { MetadataTx, RegistryRow } from '../../metadata/metadata-store.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';

/**
 * Takes a registry away at once, with its passwords, its webhooks, the assignments and locks on it: whoever makes one of the same name
 * gets an empty one, and no token or right of this one opens it. A job takes the content.
 */
export async function removeRegistry(
  rm: ResourceManager,
  caller: ArmCaller,
  tx: MetadataTx,
  row: RegistryRow,
): Promise<void> {
  const { id } = registryScope(row);
  await tx.registries.delete(row.id, rm.clock.now());
  await tx.webhooks.deleteOf(row.id);
  await tx.roleAssignments.deleteWithin(id);
  await tx.resourceLocks.deleteWithin(id);
  await tx.audit.append(
    armAudit(rm, caller, 'Microsoft.ContainerRegistry/registries/delete', { registryId: row.id, resource: id }),
  );
}

import { refuseLockedScope, requireResourceRight } from '../../access/resource-door.ts';
import { registryScope } from '../../access/scope-path.ts';
import type { RegistryRow } from '../../metadata/metadata-store.ts';
import { removeRegistry } from '../registries/remove.ts';
import { callerAt } from './lookups.ts';
import type { Place } from './place.ts';
import type { PlannedResource } from './plan.ts';
import type { Run } from './run.ts';

const DELETE = 'Microsoft.ContainerRegistry/registries/delete';

/** The registries of the group that the template does not name: a deployment in complete mode deletes them. */
export async function unnamedRegistries(
  run: Run,
  place: Place,
  planned: readonly PlannedResource[],
): Promise<RegistryRow[]> {
  if (!place.group) return [];
  const filter = { subscriptionId: place.subscription.id, resourceGroup: place.group.name };
  const named = new Set(planned.map(({ key }) => key));
  return (await run.rm.metadata.read.registries.list(filter, {})).filter((row) => !named.has(registryScope(row).id));
}

/** Asked for before anything is made, so that nothing is left half done for want of a right. */
export async function requireDeletable(run: Run, place: Place, planned: readonly PlannedResource[]): Promise<void> {
  for (const row of await unnamedRegistries(run, place, planned)) {
    const { id } = registryScope(row);
    await requireResourceRight(run.rm, run.caller, DELETE, id);
    await refuseLockedScope(run.rm.metadata.read, DELETE, 'delete', id);
  }
}

export async function deleteUnnamed(run: Run, place: Place, planned: readonly PlannedResource[]): Promise<void> {
  await requireDeletable(run, place, planned);
  for (const row of await unnamedRegistries(run, place, planned)) {
    const caller = callerAt(run.caller, registryScope(row).id);
    await run.rm.metadata.transaction((tx) => removeRegistry(run.rm, caller, tx, row));
  }
}

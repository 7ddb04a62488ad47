import { refuseLockedScope, requireResourceRight } from '../../access/resource-door.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { MetadataReader } from '../../metadata/metadata-store.ts';
import { noteDeletion } from './foresight.ts';
import { callerAt, newestVersion } from './lookups.ts';
import type { Place } from './place.ts';
import type { PlannedResource } from './plan.ts';
import type { ResourcePlace, ResourceType } from './resource-type.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import type { Run } from './run.ts';

type Complete = NonNullable<ResourceType['complete']>;

/** What a deployment in complete mode deletes. */
export interface Unnamed extends ResourcePlace {
  readonly type: ResourceType;
  readonly complete: Complete;
}

/**
 * The resources of the group that the template does not name, in the order in which they go: of a registry that goes as a
 * whole only the registry, with all that it has.
 */
async function unnamedResources(
  read: MetadataReader,
  place: Place,
  planned: readonly PlannedResource[],
): Promise<Unnamed[]> {
  if (!place.group) return [];
  const group = { subscriptionId: place.subscription.id, resourceGroup: place.group.name };
  const named = new Set(planned.map(({ key }) => key));
  const found: Unnamed[] = [];
  for (const type of RESOURCE_TYPES) {
    const { complete } = type;
    if (!complete) continue;
    for (const one of await complete.list(read, group)) {
      if (!named.has(one.id.toLowerCase())) found.push({ ...one, type, complete });
    }
  }
  const keys = new Set(found.map(({ id }) => id.toLowerCase()));
  return found.filter(({ id }) => !keys.has(id.toLowerCase().split('/').slice(0, -2).join('/')));
}

/** Asked for before anything is made, so that nothing is left half done for want of a right. */
export async function requireDeletable(run: Run, place: Place, planned: readonly PlannedResource[]): Promise<void> {
  const { read } = run.rm.metadata;
  for (const { id, complete } of await unnamedResources(read, place, planned)) {
    await requireResourceRight(run.rm, run.caller, complete.action, scopeKey(id), id);
    await refuseLockedScope(read, complete.action, 'delete', scopeKey(id));
  }
}

/** All in one transaction, which looks for locks again: whatever is refused, nothing is gone. */
export async function deleteUnnamed(run: Run, place: Place, planned: readonly PlannedResource[]): Promise<void> {
  await requireDeletable(run, place, planned);
  const before = await unnamedResources(run.rm.metadata.read, place, planned);
  const asked = new Set(before.map(({ id }) => id.toLowerCase()));
  await run.rm.metadata.transaction(async (tx) => {
    for (const one of await unnamedResources(tx, place, planned)) {
      // What has come since then, nobody has been asked about.
      if (!asked.has(one.id.toLowerCase())) continue;
      await refuseLockedScope(tx, one.complete.action, 'delete', scopeKey(one.id));
      if (run.foreseen) await noteDeletion(run, one.type, one, newestVersion(one.type.type));
      await one.complete.remove(run.rm, callerAt(run.caller, one.id), tx, one);
    }
  });
}

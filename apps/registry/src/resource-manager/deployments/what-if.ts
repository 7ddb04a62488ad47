import { requireResourceRight } from '../../access/resource-door.ts';
import { registryResourceId } from '../../access/scope-path.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { unnamedRegistries } from './complete-mode.ts';
import type { PlannedResource } from './plan.ts';
import type { Prepared } from './prepare.ts';
import { resourceTypeOf } from './resource-types.ts';
import type { Run } from './run.ts';

/** As the resource manager writes it. `Deploy`: it is there, and is put again, whether that changes it or not. */
interface Change {
  readonly resourceId: string;
  readonly changeType: 'Create' | 'Deploy' | 'Delete';
}

/** Which resources a deployment would make, put again or delete, without making any of them. */
export async function whatIf(run: Run, { order, planned }: Prepared): Promise<Change[]> {
  const changes: Change[] = [];
  for (const one of planned) {
    changes.push({ resourceId: one.id, changeType: (await isThere(run, one)) ? 'Deploy' : 'Create' });
  }
  if (order.mode !== 'Complete') return changes;
  const deleted = await unnamedRegistries(run, order.place, planned);
  return [
    ...changes,
    ...deleted.map((row) => ({ resourceId: registryResourceId(row), changeType: 'Delete' as const })),
  ];
}

async function isThere(run: Run, one: PlannedResource): Promise<boolean> {
  const type = resourceTypeOf(one.type);
  if (!type) return false;
  // Whether it is there is told to who may read it only.
  await requireResourceRight(run.rm, run.caller, type.read, one.key, one.id);
  try {
    await type.get(run.rm, one, one.apiVersion);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not-found') return false;
    throw error;
  }
}

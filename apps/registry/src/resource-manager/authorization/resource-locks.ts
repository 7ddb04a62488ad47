import { principalId } from '../../access/principal.ts';
import { scopeKey } from '../../access/scope-path.ts';
import type { ResourceLockRow } from '../../metadata/resources.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireScope } from '../require-scope.ts';

const TYPE = 'Microsoft.Authorization/locks';
const NAME = /^[A-Za-z0-9_\-.()]{1,260}$/;

/** Makes the lock at the scope, or changes it. Whoever calls has the right for it already. */
export async function putLock(
  rm: ResourceManager,
  caller: ArmCaller,
  { scope, name }: { scope: string; name: string },
  body: Fields,
): Promise<{ created: boolean; row: ResourceLockRow }> {
  await requireScope(rm, scope);
  if (!NAME.test(name)) throw body.wrong('name', '1 to 260 letters, digits and _-.()');
  const properties = body.within('properties');
  const level = properties.word('level', ['CanNotDelete', 'ReadOnly']);
  if (!level) throw properties.wrong('level', 'CanNotDelete or ReadOnly');
  const existing = await rm.metadata.read.resourceLocks.find(scopeKey(scope), name);
  const row: ResourceLockRow = {
    scope,
    scopeKey: scopeKey(scope),
    name: existing?.name ?? name,
    level,
    notes: properties.text('notes')?.slice(0, 512),
    createdAt: existing?.createdAt ?? rm.clock.now(),
    createdBy: existing?.createdBy ?? principalId(caller.principal),
  };
  await rm.metadata.transaction(async (tx) => {
    await tx.resourceLocks.put(row);
    await tx.audit.append(armAudit(rm, caller, `${TYPE}/write`, { target: level }));
  });
  return { created: !existing, row };
}

export function lockJson(row: ResourceLockRow) {
  return {
    id: `${row.scope === '/' ? '' : row.scope}/providers/${TYPE}/${row.name}`,
    name: row.name,
    type: TYPE,
    properties: { level: row.level, ...(row.notes === undefined ? {} : { notes: row.notes }) },
  };
}

import { builtInScopeMap, parseScopeMapAction, SCOPE_MAP_RIGHTS } from '../../access/scope-maps.ts';
import type { MetadataTx, RegistryRow } from '../../metadata/metadata-store.ts';
import type { ScopeMapRow } from '../../metadata/registry-tokens.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { requireRegistry } from '../require.ts';
import { refuseUnknown, requireChildName, requireStill } from './registry-tokens.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/scopeMaps';
const MAX_DESCRIPTION = 256;
/** As on Azure. */
const MAX_ACTIONS = 500;

/** Creates the scope map of the path's `name`, or changes it as a whole. Whoever calls has the right for it already. */
export async function putScopeMap(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ created: boolean; registry: RegistryRow; row: ScopeMapRow }> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  refuseBuiltIn(name);
  requireChildName(name, 'scope map');
  const properties = body.within('properties');
  const actions = readActions(properties);
  if (!actions) throw properties.wrong('actions', 'a list of strings, and is required');
  const asked = { description: readDescription(properties), actions: JSON.stringify(actions) };
  return rm.metadata.transaction(async (tx) => {
    await requireStill(tx, registry);
    const before = await tx.scopeMaps.find(registry.id, name);
    const fresh = { registryId: registry.id, name, createdAt: rm.clock.now() };
    const row = await store(rm, caller, tx, { ...fresh, ...before, ...asked });
    return { row, registry, created: before === undefined };
  });
}

/** Changes what the body names. */
export async function patchScopeMap(
  rm: ResourceManager,
  caller: ArmCaller,
  values: Readonly<Record<string, string>>,
  body: Fields,
): Promise<{ registry: RegistryRow; row: ScopeMapRow }> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  refuseBuiltIn(name);
  const properties = body.within('properties');
  const actions = readActions(properties);
  const description = readDescription(properties);
  const row = await rm.metadata.transaction(async (tx) => {
    const before = (await tx.scopeMaps.find(registry.id, name)) ?? refuseUnknown(registry, 'scopeMaps', name);
    return store(rm, caller, tx, {
      ...before,
      description: description ?? before.description,
      actions: actions ? JSON.stringify(actions) : before.actions,
    });
  });
  return { registry, row };
}

async function store(rm: ResourceManager, caller: ArmCaller, tx: MetadataTx, row: ScopeMapRow): Promise<ScopeMapRow> {
  await tx.scopeMaps.put(row);
  const more = { registryId: row.registryId, target: row.name };
  await tx.audit.append(armAudit(rm, caller, `${TYPE}/write`, more));
  return row;
}

/** Whether there was one. */
export async function removeScopeMap(
  rm: ResourceManager,
  caller: ArmCaller,
  tx: MetadataTx,
  registry: RegistryRow,
  name: string,
): Promise<boolean> {
  refuseBuiltIn(name);
  if (!(await tx.scopeMaps.delete(registry.id, name))) return false;
  await tx.audit.append(armAudit(rm, caller, `${TYPE}/delete`, { registryId: registry.id, target: name }));
  return true;
}

/** What a line cannot mean is refused, not kept: it would be taken for a right, or for its absence. */
function readActions(properties: Fields): string[] | undefined {
  const actions = properties.texts('actions');
  if (!actions) return undefined;
  const distinct = [...new Set(actions)];
  if (distinct.length > MAX_ACTIONS) throw properties.wrong('actions', `a list of at most ${MAX_ACTIONS} actions`);
  for (const action of distinct) {
    if (parseScopeMapAction(action)) continue;
    throw properties.wrong(
      'actions',
      `a list of 'repositories/<repository>/<right>', but holds '${action.slice(0, 300)}'. The repository is a name in lower case, or the beginning of names followed by *; the right is one of ${SCOPE_MAP_RIGHTS.join(', ')}`,
    );
  }
  return distinct;
}

function readDescription(properties: Fields): string | undefined {
  const description = properties.text('description');
  if (description === undefined || description.length <= MAX_DESCRIPTION) return description;
  throw properties.wrong('description', `a string of at most ${MAX_DESCRIPTION} characters`);
}

function refuseBuiltIn(name: string): void {
  if (!builtInScopeMap(name)) return;
  throw new DomainError(
    'unsupported',
    'resource.not-supported',
    `The scope map '${name}' is built in and cannot be changed or deleted. Make one of your own with the actions that you need.`,
  );
}

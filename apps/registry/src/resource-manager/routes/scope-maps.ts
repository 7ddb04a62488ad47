import {
  BUILT_IN_SCOPE_MAPS,
  builtInScopeMap,
  parseScopeMapAction,
  SCOPE_MAP_RIGHTS,
} from '../../access/scope-maps.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { MetadataTx } from '../../metadata/metadata-store.ts';
import type { ScopeMapRow } from '../../metadata/registry-tokens.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import {
  findScopeMap,
  refuseUnknown,
  requireChildName,
  requireStill,
  type ShownScopeMap,
  scopeMapJson,
  shown,
} from '../registries/registry-tokens.ts';
import { requireRegistry } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/scopeMaps';
const ALL =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/scopeMaps';
const ONE = `${ALL}/{name}`;
const MAX_DESCRIPTION = 256;
/** As on Azure. */
const MAX_ACTIONS = 500;

/** Scope maps of a registry: which repositories tokens may use, and how. */
export function scopeMapRoutes(rm: ResourceManager): Route[] {
  const on = (what: 'read' | 'write' | 'delete') => ({ kind: 'resource', action: `${TYPE}/${what}` }) as const;
  return [
    { name: 'scope-maps', method: 'GET', path: ALL, access: on('read'), handle: (x, p) => list(rm, x, p) },
    { name: 'scope-map-get', method: 'GET', path: ONE, access: on('read'), handle: (x, p) => get(rm, x, p) },
    { name: 'scope-map-put', method: 'PUT', path: ONE, access: on('write'), handle: (x, p) => put(rm, x, p) },
    { name: 'scope-map-patch', method: 'PATCH', path: ONE, access: on('write'), handle: (x, p) => patch(rm, x, p) },
    { name: 'scope-map-delete', method: 'DELETE', path: ONE, access: on('delete'), handle: (x, p) => remove(rm, x, p) },
  ];
}

async function list(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const builtIn = BUILT_IN_SCOPE_MAPS.map((map): ShownScopeMap => {
    return { ...map, type: 'BuiltIn', createdAt: registry.createdAt };
  });
  const page = await listPage(
    x,
    async ({ last = '', limit }) => {
      // The underscore that the built-in names begin with comes before every letter.
      const first = builtIn.filter(({ name }) => name > last);
      const rows = await rm.metadata.read.scopeMaps.list(registry.id, { last, limit });
      return [...first, ...rows.map(shown)].slice(0, limit);
    },
    (map) => map.name.toLowerCase(),
  );
  sendList(x, page, (map) => scopeMapJson(registry, map));
}

async function get(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  const map =
    (await findScopeMap(rm.metadata.read.scopeMaps, registry, name)) ?? refuseUnknown(registry, 'scopeMaps', name);
  x.sendJson(200, {}, scopeMapJson(registry, map));
}

async function put(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  refuseBuiltIn(name);
  requireChildName(name, 'scope map');
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const actions = readActions(properties);
  if (!actions) throw properties.wrong('actions', 'a list of strings, and is required');
  const asked = { description: readDescription(properties), actions: JSON.stringify(actions) };
  const { row, created } = await rm.metadata.transaction(async (tx) => {
    await requireStill(tx, registry);
    const before = await tx.scopeMaps.find(registry.id, name);
    const fresh = { registryId: registry.id, name, createdAt: rm.clock.now() };
    return { row: await store(rm, x, tx, { ...fresh, ...before, ...asked }), created: before === undefined };
  });
  x.sendJson(created ? 201 : 200, {}, scopeMapJson(registry, shown(row)));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  refuseBuiltIn(name);
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const actions = readActions(properties);
  const description = readDescription(properties);
  const row = await rm.metadata.transaction(async (tx) => {
    const before = (await tx.scopeMaps.find(registry.id, name)) ?? refuseUnknown(registry, 'scopeMaps', name);
    return store(rm, x, tx, {
      ...before,
      description: description ?? before.description,
      actions: actions ? JSON.stringify(actions) : before.actions,
    });
  });
  x.sendJson(200, {}, scopeMapJson(registry, shown(row)));
}

async function store(rm: ResourceManager, x: Exchange, tx: MetadataTx, row: ScopeMapRow): Promise<ScopeMapRow> {
  await tx.scopeMaps.put(row);
  const more = { registryId: row.registryId, target: row.name };
  await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, more));
  return row;
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  refuseBuiltIn(name);
  const gone = await rm.metadata.transaction(async (tx) => {
    if (!(await tx.scopeMaps.delete(registry.id, name))) return false;
    const more = { registryId: registry.id, target: name };
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/delete`, more));
    return true;
  });
  x.send(gone ? 200 : 204);
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

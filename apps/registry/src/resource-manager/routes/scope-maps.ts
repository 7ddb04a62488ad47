import { BUILT_IN_SCOPE_MAPS } from '../../access/scope-maps.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { patchScopeMap, putScopeMap, removeScopeMap } from '../registries/put-scope-map.ts';
import { findScopeMap, refuseUnknown, type ShownScopeMap, scopeMapJson, shown } from '../registries/registry-tokens.ts';
import { requireRegistry } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/scopeMaps';
const ALL =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/scopeMaps';
const ONE = `${ALL}/{name}`;

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
  const body = new Fields(await readJsonBody(x));
  const { created, registry, row } = await putScopeMap(rm, armCaller(x), values, body);
  x.sendJson(created ? 201 : 200, {}, scopeMapJson(registry, shown(row)));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { registry, row } = await patchScopeMap(rm, armCaller(x), values, new Fields(await readJsonBody(x)));
  x.sendJson(200, {}, scopeMapJson(registry, shown(row)));
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const caller = armCaller(x);
  const gone = await rm.metadata.transaction((tx) => removeScopeMap(rm, caller, tx, registry, values.name ?? ''));
  x.send(gone ? 200 : 204);
}

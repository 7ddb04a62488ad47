import { hash } from 'node:crypto';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { TokenPasswordRow } from '../../metadata/registry-tokens.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { expiryOf, PASSWORD_NAMES, patchToken, putToken, removeToken } from '../registries/put-token.ts';
import { armTime } from '../registries/registry-json.ts';
import { childNameOf, requireToken, tokenJson } from '../registries/registry-tokens.ts';
import { requireRegistry } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';
const TYPE = `${REGISTRIES}/tokens`;
const REGISTRY = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${REGISTRIES}/{registry}`;
const ALL = `${REGISTRY}/tokens`;
const ONE = `${ALL}/{name}`;

/** Tokens of a registry: user names with two passwords, whose rights are those of a scope map. */
export function tokenRoutes(rm: ResourceManager): Route[] {
  const on = (what: 'read' | 'write' | 'delete') => ({ kind: 'resource', action: `${TYPE}/${what}` }) as const;
  return [
    { name: 'tokens', method: 'GET', path: ALL, access: on('read'), handle: (x, p) => list(rm, x, p) },
    { name: 'token-resource-get', method: 'GET', path: ONE, access: on('read'), handle: (x, p) => get(rm, x, p) },
    { name: 'token-resource-put', method: 'PUT', path: ONE, access: on('write'), handle: (x, p) => put(rm, x, p) },
    {
      name: 'token-resource-patch',
      method: 'PATCH',
      path: ONE,
      access: on('write'),
      handle: (x, p) => patch(rm, x, p),
    },
    {
      name: 'token-resource-delete',
      method: 'DELETE',
      path: ONE,
      access: on('delete'),
      handle: (x, p) => remove(rm, x, p),
    },
    {
      name: 'token-credentials',
      method: 'POST',
      path: `${REGISTRY}/generateCredentials`,
      access: { kind: 'resource', action: `${REGISTRIES}/generateCredentials/action` },
      handle: (x, p) => generate(rm, x, p),
    },
  ];
}

async function list(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const page = await listPage(
    x,
    (request) => rm.metadata.read.registryTokens.list(registry.id, request),
    (row) => row.name.toLowerCase(),
  );
  sendList(x, page, (row) => tokenJson(registry, row));
}

async function get(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const row = await requireToken(rm.metadata.read.registryTokens, registry, values.name ?? '');
  x.sendJson(200, {}, tokenJson(registry, row));
}

async function put(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const { created, registry, row } = await putToken(rm, armCaller(x), values, body);
  x.sendJson(created ? 201 : 200, {}, tokenJson(registry, row));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { registry, row } = await patchToken(rm, armCaller(x), values, new Fields(await readJsonBody(x)));
  x.sendJson(200, {}, tokenJson(registry, row));
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const caller = armCaller(x);
  const gone = await rm.metadata.transaction((tx) => removeToken(rm, caller, tx, registry, values.name ?? ''));
  x.send(gone ? 200 : 204);
}

/** One password, or both when none is named. Their values are shown here, once, and stored nowhere. */
async function generate(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const body = new Fields(await readJsonBody(x));
  const name = childNameOf(registry, 'tokens', body, 'tokenId');
  const only = body.word('name', PASSWORD_NAMES);
  const createdAt = rm.clock.now();
  const expiresAt = expiryOf(body);
  if (expiresAt && expiresAt <= createdAt) throw body.wrong('expiry', 'a time in the future');
  const made = PASSWORD_NAMES.filter((which) => only === undefined || which === only).map((which) => {
    const value = rm.ids.secret();
    const digest = hash('sha256', value, 'buffer');
    return { value, row: { id: rm.ids.uuid(), name: which, digest, createdAt, expiresAt } satisfies TokenPasswordRow };
  });
  const token = await rm.metadata.transaction(async (tx) => {
    const found = await requireToken(tx.registryTokens, registry, name);
    for (const { row } of made) await tx.registryTokens.putPassword(registry.id, found.name, row);
    const more = { registryId: registry.id, target: `${found.name}: ${made.map(({ row }) => row.name).join(', ')}` };
    await tx.audit.append(armAudit(rm, armCaller(x), `${REGISTRIES}/generateCredentials/action`, more));
    return found;
  });
  x.sendJson(
    200,
    { 'Cache-Control': 'no-store' },
    {
      username: token.name,
      passwords: made.map(({ value, row }) => ({
        creationTime: armTime(createdAt),
        ...(expiresAt ? { expiry: armTime(expiresAt) } : {}),
        name: row.name,
        value,
      })),
    },
  );
}

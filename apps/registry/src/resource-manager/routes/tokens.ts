import { hash } from 'node:crypto';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { MetadataTx } from '../../metadata/metadata-store.ts';
import type { RegistryTokenRow, TokenPasswordName, TokenPasswordRow } from '../../metadata/registry-tokens.ts';
import type { RegistryRow } from '../../metadata/resources.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { armTime } from '../registries/registry-json.ts';
import {
  childNameOf,
  findScopeMap,
  refuseUnknown,
  requireChildName,
  requireStill,
  requireToken,
  tokenJson,
} from '../registries/registry-tokens.ts';
import { requireRegistry } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';
const TYPE = `${REGISTRIES}/tokens`;
const REGISTRY = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${REGISTRIES}/{registry}`;
const ALL = `${REGISTRY}/tokens`;
const ONE = `${ALL}/{name}`;
const PASSWORD_NAMES: readonly TokenPasswordName[] = ['password1', 'password2'];
/** What clients send for "never": the end of the calendar, in the one or the other time zone. */
const NEVER = Date.UTC(9999, 11, 31);

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
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  requireChildName(name, 'token');
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const asked = {
    scopeMap: childNameOf(registry, 'scopeMaps', properties, 'scopeMapId'),
    status: properties.word('status', ['enabled', 'disabled']) ?? 'enabled',
  };
  const { row, created } = await rm.metadata.transaction(async (tx) => {
    await requireStill(tx, registry);
    const before = await tx.registryTokens.find(registry.id, name);
    const fresh = { id: rm.ids.uuid(), registryId: registry.id, name, createdAt: rm.clock.now(), passwords: [] };
    const row = await store(rm, x, tx, registry, { ...fresh, ...before, ...asked }, properties);
    return { row, created: before === undefined };
  });
  x.sendJson(created ? 201 : 200, {}, tokenJson(registry, row));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const status = properties.word('status', ['enabled', 'disabled']);
  const scopeMap = properties.has('scopeMapId')
    ? childNameOf(registry, 'scopeMaps', properties, 'scopeMapId')
    : undefined;
  const row = await rm.metadata.transaction(async (tx) => {
    const before = await requireToken(tx.registryTokens, registry, values.name ?? '');
    const after = { ...before, status: status ?? before.status, scopeMap: scopeMap ?? before.scopeMap };
    return store(rm, x, tx, registry, after, properties);
  });
  x.sendJson(200, {}, tokenJson(registry, row));
}

/** Inside a transaction, so that the scope map is there when the token is. */
async function store(
  rm: ResourceManager,
  x: Exchange,
  tx: MetadataTx,
  registry: RegistryRow,
  row: RegistryTokenRow,
  properties: Fields,
): Promise<RegistryTokenRow> {
  if (!(await findScopeMap(tx.scopeMaps, registry, row.scopeMap))) refuseUnknown(registry, 'scopeMaps', row.scopeMap);
  await tx.registryTokens.put(row);
  const kept = readKept(properties.within('credentials'), row.passwords);
  if (kept) await tx.registryTokens.keepPasswords(registry.id, row.name, kept);
  await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, { registryId: registry.id, target: row.name }));
  return requireToken(tx.registryTokens, registry, row.name);
}

/**
 * Which passwords a list of them leaves; undefined when there is no list. Nothing is made or prolonged by naming it: only
 * generateCredentials does that, which is a right of its own.
 */
function readKept(credentials: Fields, existing: readonly TokenPasswordRow[]): TokenPasswordName[] | undefined {
  if ((credentials.list('certificates') ?? []).length > 0) {
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      'Certificates as credentials of tokens are not offered here. Use passwords: make them with generateCredentials (az acr token credential generate).',
    );
  }
  return credentials.list('passwords')?.map((fields) => {
    const name = fields.word('name', PASSWORD_NAMES);
    if (!name) throw fields.wrong('name', "'password1' or 'password2', and is required");
    const row = existing.find((password) => password.name === name);
    if (!row) {
      throw fields.wrong('name', `a password that the token has; make '${name}' with generateCredentials first`);
    }
    if (fields.has('expiry') && expiryOf(fields)?.getTime() !== row.expiresAt?.getTime()) {
      throw fields.wrong('expiry', 'what it is; to change it, make a new password with generateCredentials');
    }
    return name;
  });
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const { name = '' } = values;
  const gone = await rm.metadata.transaction(async (tx) => {
    if (!(await tx.registryTokens.delete(registry.id, name))) return false;
    const more = { registryId: registry.id, target: name };
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/delete`, more));
    return true;
  });
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

/** Undefined for never. Old clients leave the time zone out and mean UTC. */
function expiryOf(fields: Fields): Date | undefined {
  const text = fields.text('expiry');
  if (text === undefined) return undefined;
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  const [, day, time, fraction = '', zone = 'Z'] = match ?? [];
  const milliseconds = fraction.slice(0, 4);
  const parsed = Date.parse(`${day}T${time}${milliseconds}${zone.toUpperCase()}`);
  if (!match || Number.isNaN(parsed)) throw fields.wrong('expiry', "a time such as '2027-01-31T12:00:00Z'");
  return parsed >= NEVER ? undefined : new Date(parsed);
}

import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { listCredentials, requireAdminUser } from '../registries/credentials.ts';
import { changeRegistry, problemOfRegistryName, putRegistry } from '../registries/put-registry.ts';
import { registryJson } from '../registries/registry-json.ts';
import { removeRegistry } from '../registries/remove.ts';
import { requireGroup, requireRegistry, requireSubscription } from '../require.ts';
import { apiVersion, armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const REGISTRY = `${GROUP}/providers/${TYPE}/{registry}`;

/** Registries as resources: create, show, list, update, delete, names, passwords of the admin user. */
export function registryRoutes(rm: ResourceManager): Route[] {
  const on = (action: string) => ({ kind: 'resource', action: `${TYPE}/${action}` }) as const;
  return [
    {
      name: 'registries',
      method: 'GET',
      path: `/subscriptions/{subscription}/providers/${TYPE}`,
      access: { kind: 'signed-in' },
      handle: (x, p) => list(rm, x, p),
    },
    {
      name: 'group-registries',
      method: 'GET',
      path: `${GROUP}/providers/${TYPE}`,
      access: { kind: 'signed-in' },
      handle: (x, p) => list(rm, x, p),
    },
    {
      name: 'registry-get',
      method: 'GET',
      path: REGISTRY,
      access: on('read'),
      handle: async (x, { values }) =>
        x.sendJson(200, {}, registryJson(rm, await requireRegistry(rm, values), apiVersion(x))),
    },
    { name: 'registry-put', method: 'PUT', path: REGISTRY, access: on('write'), handle: (x, p) => put(rm, x, p) },
    { name: 'registry-patch', method: 'PATCH', path: REGISTRY, access: on('write'), handle: (x, p) => patch(rm, x, p) },
    {
      name: 'registry-delete',
      method: 'DELETE',
      path: REGISTRY,
      access: on('delete'),
      handle: (x, p) => remove(rm, x, p),
    },
    {
      name: 'registry-name-check',
      method: 'POST',
      path: '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability',
      access: { kind: 'resource', action: 'Microsoft.ContainerRegistry/checkNameAvailability/read' },
      handle: (x) => checkName(rm, x),
    },
    {
      name: 'registry-credentials',
      method: 'POST',
      path: `${REGISTRY}/listCredentials`,
      access: on('listCredentials/action'),
      handle: (x, p) => credentials(rm, x, p),
    },
    {
      name: 'registry-credential-renew',
      method: 'POST',
      path: `${REGISTRY}/regenerateCredential`,
      access: on('regenerateCredential/action'),
      handle: (x, p) => regenerate(rm, x, p),
    },
  ];
}

async function list(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id } = await requireSubscription(rm, values.subscription ?? '');
  const resourceGroup = values.group === undefined ? undefined : (await requireGroup(rm, id, values.group)).name;
  const readable = await rm.authorizer.scopesAllowing(x.principal, `${TYPE}/read`);
  const filter = { subscriptionId: id, resourceGroup, readable };
  const page = await listPage(
    x,
    async (request) => rm.metadata.read.registries.list(filter, request),
    (row) => row.name.toLowerCase(),
  );
  const version = apiVersion(x);
  sendList(x, page, (row) => registryJson(rm, row, version));
}

async function put(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const { created, row } = await putRegistry(rm, armCaller(x), values, body);
  x.sendJson(created ? 201 : 200, {}, registryJson(rm, row, apiVersion(x)));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id, name } = await requireRegistry(rm, values);
  const body = new Fields(await readJsonBody(x));
  const row = await rm.metadata.transaction(async (tx) => {
    // As it is now: what another PATCH has just set (the quarantine, say) must not be set back by one that names something else.
    const existing = await tx.registries.byId(id);
    if (!existing) throw goneMeanwhile(name);
    const next = changeRegistry(rm, existing, body, rm.clock.now());
    await tx.registries.update(next);
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, { registryId: id }));
    return next;
  });
  x.sendJson(200, {}, registryJson(rm, row, apiVersion(x)));
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  await requireGroup(rm, values.subscription ?? '', values.group ?? '');
  const row = await requireRegistry(rm, values).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'resource.unknown') return undefined;
    throw error;
  });
  if (!row) return x.send(204); // as the specification has it for what was not there
  await rm.metadata.transaction((tx) => removeRegistry(rm, armCaller(x), tx, row));
  x.send(200);
}

async function checkName(rm: ResourceManager, x: Exchange): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const name = body.required('name');
  body.word('type', [TYPE]);
  if (!body.has('type')) throw body.wrong('type', `'${TYPE}'`);
  const problem = problemOfRegistryName(name);
  if (problem) return x.sendJson(200, {}, { nameAvailable: false, reason: 'Invalid', message: problem.message });
  const taken = await rm.metadata.read.registries.byName(name);
  const message = `The registry ${name} is already in use.`;
  x.sendJson(200, {}, taken ? { nameAvailable: false, reason: 'AlreadyExists', message } : { nameAvailable: true });
}

async function credentials(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const shown = await listCredentials(rm, armCaller(x), await requireRegistry(rm, values));
  x.sendJson(200, { 'Cache-Control': 'no-store' }, shown);
}

async function regenerate(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const row = await requireRegistry(rm, values);
  requireAdminUser(row);
  const body = new Fields(await readJsonBody(x));
  const name = body.word('name', ['password', 'password2']);
  if (!name) throw body.wrong('name', "'password' or 'password2'");
  await rm.adminUsers.regenerate(row.name, name, (tx) =>
    tx.audit.append(
      armAudit(rm, armCaller(x), `${TYPE}/regenerateCredential/action`, { registryId: row.id, target: name }),
    ),
  );
  x.sendJson(200, { 'Cache-Control': 'no-store' }, await rm.adminUsers.list(row.name));
}

function goneMeanwhile(name: string): DomainError {
  return new DomainError(
    'not-found',
    'registry.unknown',
    `The registry '${name}' was deleted meanwhile. List what is there.`,
  );
}

import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { RegistryRow } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { readNetworkRules } from '../registries/network-rules.ts';
import { changePolicies } from '../registries/policies.ts';
import { registryJson } from '../registries/registry-json.ts';
import { requireRegistryQuota } from '../registries/registry-quota.ts';
import { removeRegistry } from '../registries/remove.ts';
import { requireGroup, requireRegistry, requireSubscription } from '../require.ts';
import { requireLocation } from './core.ts';
import { apiVersion, armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';
const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const REGISTRY = `${GROUP}/providers/${TYPE}/{registry}`;
const NAME = /^[a-zA-Z0-9]{5,50}$/;
const SKUS = ['Basic', 'Standard', 'Premium'] as const;

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
  const group = await requireGroup(rm, values.subscription ?? '', values.group ?? '');
  const name = values.registry ?? '';
  if (!NAME.test(name)) throw badName(name);
  const existing = await rm.metadata.read.registries.byName(name);
  const here =
    existing?.subscriptionId === group.subscriptionId &&
    existing.resourceGroup.toLowerCase() === group.name.toLowerCase();
  if (existing && !here) throw nameTaken(rm, name);
  const body = new Fields(await readJsonBody(x));
  const location = requireLocation(rm, body.required('location'));
  const now = rm.clock.now();
  const fresh: RegistryRow = {
    id: rm.ids.uuid(),
    name,
    subscriptionId: group.subscriptionId,
    resourceGroup: group.name,
    location,
    sku: 'Standard',
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    policies: '{}',
    tags: '{}',
    createdAt: now,
    updatedAt: now,
  };
  // A PUT says everything: what it leaves out goes back to its default, but not the policies, which az sends apart.
  const base = existing ? { ...fresh, ...existing, tags: '{}' } : fresh;
  const row = changed(rm, base, body, now);
  await rm.metadata.transaction(async (tx) => {
    if (existing) await tx.registries.update(row);
    else {
      await requireRegistryQuota(tx, row.subscriptionId);
      await tx.registries.create(row);
    }
    await rm.adminUsers.ensurePasswords(tx, row);
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, { registryId: row.id }));
  });
  x.sendJson(existing ? 200 : 201, {}, registryJson(rm, row, apiVersion(x)));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id, name } = await requireRegistry(rm, values);
  const body = new Fields(await readJsonBody(x));
  const row = await rm.metadata.transaction(async (tx) => {
    // As it is now: what another PATCH has just set (the quarantine, say) must not be set back by one that names something else.
    const existing = await tx.registries.byId(id);
    if (!existing) throw goneMeanwhile(name);
    const next = changed(rm, existing, body, rm.clock.now());
    await tx.registries.update(next);
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, { registryId: id }));
    return next;
  });
  x.sendJson(200, {}, registryJson(rm, row, apiVersion(x)));
}

/** The row with what the body names put in the place of what was. */
function changed(rm: ResourceManager, before: RegistryRow, body: Fields, now: Date): RegistryRow {
  const location = body.text('location');
  if (location !== undefined) requireLocation(rm, location);
  const properties = body.within('properties');
  refuseUnsupported(properties);
  const tags = body.map('tags');
  return {
    ...before,
    sku: body.within('sku').word('name', SKUS) ?? before.sku,
    tags: tags ? JSON.stringify(tags) : before.tags,
    adminUserEnabled: properties.boolean('adminUserEnabled') ?? before.adminUserEnabled,
    anonymousPullEnabled: properties.boolean('anonymousPullEnabled') ?? before.anonymousPullEnabled,
    networkRules: properties.has('networkRuleSet')
      ? readNetworkRules(properties.within('networkRuleSet'))
      : before.networkRules,
    policies: properties.has('policies')
      ? changePolicies(before.policies, properties.within('policies'), now)
      : before.policies,
    updatedAt: now,
  };
}

/** What would be accepted on Azure and do nothing here is refused: silence would be taken for a yes. */
function refuseUnsupported(properties: Fields): void {
  const refused: [boolean, string, string][] = [
    [properties.word('publicNetworkAccess', ['Enabled', 'Disabled']) === 'Disabled', 'publicNetworkAccess', 'Enabled'],
    [properties.boolean('dataEndpointEnabled') === true, 'dataEndpointEnabled', 'false'],
    [properties.word('zoneRedundancy', ['Enabled', 'Disabled']) === 'Enabled', 'zoneRedundancy', 'Disabled'],
    [
      properties.within('encryption').word('status', ['enabled', 'disabled']) === 'enabled',
      'encryption.status',
      'disabled',
    ],
  ];
  for (const [asked, name, value] of refused) {
    if (!asked) continue;
    throw new DomainError(
      'unsupported',
      'resource.not-supported',
      `The property '${name}' cannot be changed on this site: it is always '${value}'. Leave it out and send the request again.`,
    );
  }
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
  if (!NAME.test(name)) {
    return x.sendJson(200, {}, { nameAvailable: false, reason: 'Invalid', message: badName(name).message });
  }
  const taken = await rm.metadata.read.registries.byName(name);
  const message = `The registry ${name} is already in use.`;
  x.sendJson(200, {}, taken ? { nameAvailable: false, reason: 'AlreadyExists', message } : { nameAvailable: true });
}

async function credentials(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const row = await requireRegistry(rm, values);
  if (!row.adminUserEnabled) throw adminUserDisabled(row);
  const shown = await rm.adminUsers.list(row.name);
  // Who read the passwords may use them ever after: that is worth a row.
  await rm.metadata.transaction((tx) =>
    tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/listCredentials/action`, { registryId: row.id })),
  );
  x.sendJson(200, { 'Cache-Control': 'no-store' }, shown);
}

async function regenerate(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const row = await requireRegistry(rm, values);
  if (!row.adminUserEnabled) throw adminUserDisabled(row);
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

function badName(name: string): DomainError {
  return new DomainError(
    'invalid',
    'registry.name-invalid',
    `The registry name '${name.slice(0, 100)}' is invalid. Registry names may contain only alpha numeric characters and must be between 5 and 50 characters.`,
  );
}

function nameTaken(rm: ResourceManager, name: string): DomainError {
  return new DomainError(
    'conflict',
    'registry.name-taken',
    `The registry DNS name ${rm.endpoints().loginServer(name)} is already in use. Check a name with checkNameAvailability (az acr check-name), and choose another one.`,
  );
}

function adminUserDisabled(row: RegistryRow): DomainError {
  return new DomainError(
    'invalid',
    'admin-user.disabled',
    `Cannot perform credential operations for ${row.name} as admin user is disabled. Kindly enable admin user, for example with az acr update -n ${row.name} --admin-enabled true.`,
  );
}

function goneMeanwhile(name: string): DomainError {
  return new DomainError(
    'not-found',
    'registry.unknown',
    `The registry '${name}' was deleted meanwhile. List what is there.`,
  );
}

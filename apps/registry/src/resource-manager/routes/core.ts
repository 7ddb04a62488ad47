import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { ResourceGroupRow } from '../../metadata/resources.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { metadataEndpoints } from '../metadata-endpoints.ts';
import { PROVIDERS, providerJson, REGISTRY_OPERATIONS } from '../providers.ts';
import { requireGroup, requireSubscription } from '../require.ts';
import { parseResourceFilter } from '../resource-filter.ts';
import { deleteGroup, groupJson, putResourceGroup } from '../resource-groups.ts';
import { listResources, resourceJson } from '../resource-index.ts';
import { apiVersion, armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const SIGNED_IN = { kind: 'signed-in' } as const;
const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const GROUPS = 'Microsoft.Resources/subscriptions/resourceGroups';

/** Endpoints, subscriptions, tenants, locations, providers, resource groups and the index of resources. */
export function coreRoutes(rm: ResourceManager): Route[] {
  return [...siteRoutes(rm), ...providerRoutes(rm), ...groupRoutes(rm), ...indexRoutes(rm)];
}

function siteRoutes(rm: ResourceManager): Route[] {
  const subscription = '/subscriptions/{subscription}';
  return [
    {
      name: 'metadata-endpoints',
      method: 'GET',
      path: '/metadata/endpoints',
      access: { kind: 'public', why: 'clients read it before they can sign in; it says nothing but names of hosts' },
      handle: async (x) => x.sendJson(200, {}, metadataEndpoints(rm, apiVersion(x))),
    },
    { name: 'tenants', method: 'GET', path: '/tenants', access: SIGNED_IN, handle: (x) => tenants(rm, x) },
    {
      name: 'subscriptions',
      method: 'GET',
      path: '/subscriptions',
      access: SIGNED_IN,
      handle: (x) => subscriptions(rm, x),
    },
    {
      name: 'subscription',
      method: 'GET',
      path: subscription,
      access: SIGNED_IN,
      handle: async (x, { values }) => {
        const id = values.subscription ?? '';
        if (!(await seenSubscriptions(rm, x)).has(id.toLowerCase())) throw noSubscription(id);
        x.sendJson(200, {}, await subscriptionJson(rm, id.toLowerCase()));
      },
    },
    {
      name: 'locations',
      method: 'GET',
      path: `${subscription}/locations`,
      access: SIGNED_IN,
      handle: async (x, { values }) => {
        const { id } = await requireSubscription(rm, values.subscription ?? '');
        x.sendJson(200, {}, { value: [locationJson(rm, id)] });
      },
    },
  ];
}

async function tenants(rm: ResourceManager, x: Exchange): Promise<void> {
  const tenantId = await tenantOf(rm);
  const value = {
    id: `/tenants/${tenantId}`,
    tenantId,
    displayName: 'Holdfast',
    countryCode: '',
    tenantCategory: 'Home',
  };
  x.sendJson(200, {}, { value: [value] });
}

async function tenantOf(rm: ResourceManager): Promise<string> {
  return (await rm.metadata.read.settings.get('tenantId')) ?? '';
}

/** Whoever holds any assignment at or below a subscription sees it. */
async function seenSubscriptions(rm: ResourceManager, x: Exchange): Promise<ReadonlySet<string>> {
  const scopes = await rm.authorizer.scopesOf(x.principal);
  const all = await rm.metadata.read.subscriptions.all();
  if (scopes.includes('/')) return new Set(all.map(({ id }) => id));
  const named = new Set(scopes.map((scope) => scope.split('/')[2]));
  return new Set(all.map(({ id }) => id).filter((id) => named.has(id)));
}

async function subscriptions(rm: ResourceManager, x: Exchange): Promise<void> {
  const seen = await seenSubscriptions(rm, x);
  x.sendJson(200, {}, { value: await Promise.all([...seen].map((id) => subscriptionJson(rm, id))) });
}

async function subscriptionJson(rm: ResourceManager, id: string) {
  const row = await requireSubscription(rm, id);
  return {
    id: `/subscriptions/${row.id}`,
    subscriptionId: row.id,
    tenantId: await tenantOf(rm),
    displayName: row.displayName,
    state: 'Enabled',
    managedByTenants: [],
    authorizationSource: 'RoleBased',
    subscriptionPolicies: {
      locationPlacementId: 'Internal_2014-09-01',
      quotaId: 'Internal_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function noSubscription(id: string): DomainError {
  return new DomainError(
    'not-found',
    'subscription.unknown',
    `The subscription '${id.slice(0, 100)}' could not be found, or you hold no role in it. Ask for the list of your subscriptions.`,
  );
}

function locationJson({ region }: ResourceManager, subscriptionId: string) {
  return {
    id: `/subscriptions/${subscriptionId}/locations/${region}`,
    name: region,
    type: 'Region',
    displayName: region,
    regionalDisplayName: region,
    metadata: {
      regionType: 'Physical',
      regionCategory: 'Recommended',
      latitude: '0',
      longitude: '0',
      pairedRegion: [],
    },
  };
}

function providerRoutes(rm: ResourceManager): Route[] {
  const one = async (x: Exchange, { values }: RouteParams) => {
    const wanted = values.namespace ?? '';
    const provider = PROVIDERS.find(({ namespace }) => namespace.toLowerCase() === wanted.toLowerCase());
    if (!provider) throw noProvider(wanted);
    x.sendJson(200, {}, providerJson(provider, rm.region, values.subscription));
  };
  const all = async (x: Exchange, { values }: RouteParams) =>
    x.sendJson(200, {}, { value: PROVIDERS.map((p) => providerJson(p, rm.region, values.subscription)) });
  const of = '/subscriptions/{subscription}/providers';
  return [
    { name: 'providers', method: 'GET', path: of, access: SIGNED_IN, handle: all },
    { name: 'provider', method: 'GET', path: `${of}/{namespace}`, access: SIGNED_IN, handle: one },
    // Every provider is registered everywhere: so there is nothing to change, and no right is needed to say so.
    { name: 'provider-register', method: 'POST', path: `${of}/{namespace}/register`, access: SIGNED_IN, handle: one },
    {
      name: 'provider-unregister',
      method: 'POST',
      path: `${of}/{namespace}/unregister`,
      access: SIGNED_IN,
      handle: one,
    },
    { name: 'tenant-providers', method: 'GET', path: '/providers', access: SIGNED_IN, handle: all },
    { name: 'tenant-provider', method: 'GET', path: '/providers/{namespace}', access: SIGNED_IN, handle: one },
    {
      name: 'registry-operations',
      method: 'GET',
      path: '/providers/Microsoft.ContainerRegistry/operations',
      access: SIGNED_IN,
      handle: async (x) => x.sendJson(200, {}, { value: REGISTRY_OPERATIONS }),
    },
  ];
}

function noProvider(namespace: string): DomainError {
  const known = PROVIDERS.map((p) => p.namespace).join(', ');
  return new DomainError(
    'not-found',
    'provider.unknown',
    `The resource namespace '${namespace.slice(0, 100)}' is invalid: this site has ${known}.`,
  );
}

function groupRoutes(rm: ResourceManager): Route[] {
  const read = { kind: 'resource', action: `${GROUPS}/read` } as const;
  const write = { kind: 'resource', action: `${GROUPS}/write` } as const;
  const remove = { kind: 'resource', action: `${GROUPS}/delete` } as const;
  const list = '/subscriptions/{subscription}/resourceGroups';
  return [
    { name: 'groups', method: 'GET', path: list, access: SIGNED_IN, handle: (x, p) => listGroups(rm, x, p) },
    {
      name: 'group-get',
      method: 'GET',
      path: GROUP,
      access: read,
      handle: async (x, p) => x.sendJson(200, {}, groupJson(rm, await groupOf(rm, p))),
    },
    {
      name: 'group-exists',
      method: 'HEAD',
      path: GROUP,
      access: read,
      handle: async (x, p) => {
        await groupOf(rm, p);
        x.send(204);
      },
    },
    { name: 'group-put', method: 'PUT', path: GROUP, access: write, handle: (x, p) => putGroup(rm, x, p) },
    { name: 'group-patch', method: 'PATCH', path: GROUP, access: write, handle: (x, p) => patchGroup(rm, x, p) },
    {
      name: 'group-delete',
      method: 'DELETE',
      path: GROUP,
      access: remove,
      handle: async (x, p) => {
        await deleteGroup(rm, armCaller(x), await groupOf(rm, p));
        x.send(200);
      },
    },
  ];
}

const groupOf = (rm: ResourceManager, { values }: RouteParams): Promise<ResourceGroupRow> =>
  requireGroup(rm, values.subscription ?? '', values.group ?? '');

async function listGroups(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id } = await requireSubscription(rm, values.subscription ?? '');
  const readable = await rm.authorizer.scopesAllowing(x.principal, `${GROUPS}/read`);
  const whole = readable.includes('/') || readable.includes(`/subscriptions/${id}`);
  const seen = (row: ResourceGroupRow) =>
    whole || readable.includes(`/subscriptions/${id}/resourcegroups/${row.name.toLowerCase()}`);
  const rows = (await rm.metadata.read.resourceGroups.list(id, {})).filter(seen);
  const page = await listPage(
    x,
    ({ last = '', limit }) => rows.filter((row) => row.name.toLowerCase() > last).slice(0, limit),
    (row) => row.name.toLowerCase(),
  );
  sendList(x, page, (row) => groupJson(rm, row));
}

async function putGroup(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const body = new Fields(await readJsonBody(x));
  const { created, row } = await putResourceGroup(rm, armCaller(x), values, body);
  x.sendJson(created ? 201 : 200, {}, groupJson(rm, row));
}

async function patchGroup(rm: ResourceManager, x: Exchange, params: RouteParams): Promise<void> {
  const existing = await groupOf(rm, params);
  const tags = new Fields(await readJsonBody(x)).map('tags');
  const row = { ...existing, ...(tags ? { tags: JSON.stringify(tags) } : {}), updatedAt: rm.clock.now() };
  await rm.metadata.transaction(async (tx) => {
    await tx.resourceGroups.put(row);
    await tx.audit.append(armAudit(rm, armCaller(x), `${GROUPS}/write`));
  });
  x.sendJson(200, {}, groupJson(rm, row));
}

function indexRoutes(rm: ResourceManager): Route[] {
  const handle = async (x: Exchange, { values }: RouteParams) => {
    const { id } = await requireSubscription(rm, values.subscription ?? '');
    if (values.group !== undefined) await requireGroup(rm, id, values.group);
    const filter = x.facts.target.query.get('$filter');
    const condition = filter ? parseResourceFilter(filter) : () => true;
    const found = (await listResources(rm, x.principal, id, values.group)).filter(condition);
    const page = await listPage(
      x,
      ({ last = '', limit }) => found.filter((item) => item.key > last).slice(0, limit),
      (item) => item.key,
    );
    sendList(x, page, resourceJson);
  };
  return [
    { name: 'resources', method: 'GET', path: '/subscriptions/{subscription}/resources', access: SIGNED_IN, handle },
    { name: 'group-resources', method: 'GET', path: `${GROUP}/resources`, access: SIGNED_IN, handle },
  ];
}

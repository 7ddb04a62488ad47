import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteHandler, RouteParams } from '../../http/route.ts';
import { DEFAULT_QUOTA, type QuotaRow } from '../../metadata/quotas.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { siteHasRoom } from '../../quota/storage.ts';
import { ADMIN, ADMIN_OPERATIONS, adminRegistryJson, adminResource, quotaJson } from '../admin/admin-json.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { requireLocation, requireSubscription } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

export const LOCATION = `/subscriptions/{subscription}/providers/${ADMIN}/locations/{location}`;
const SETUP = '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry.Setup/locations/{location}/setup';
/** Any number of registries and more GiB than anybody has. */
const MOST = 1_000_000_000;
const NAME = /^[\p{L}\p{N}_(][\p{L}\p{N} _.()-]{0,62}[\p{L}\p{N}_)]?$/u;
/** How many subscriptions a refusal names. */
const NAMED = 5;

/**
 * What the operator of the site sets and sees: `Microsoft.ContainerRegistry.Admin` of Azure Stack Hub, and, beyond it, which
 * subscription has which quota, since there are no plans and offers here. All of it lies in the operator's own subscription.
 */
export function siteAdministrationRoutes(rm: ResourceManager): Route[] {
  return [...quotaRoutes(rm), ...assignmentRoutes(rm), ...capacityRoutes(rm), ...siteRoutes(rm)];
}

export const operator = (action: string) => ({ kind: 'operator', action: `${ADMIN}/${action}` }) as const;

/** With the location checked: there is one. */
export function here(rm: ResourceManager, handle: RouteHandler): RouteHandler {
  return async (x, params) => {
    requireLocation(rm, params.values.location ?? '');
    await handle(x, params);
  };
}

function quotaRoutes(rm: ResourceManager): Route[] {
  const all = `${LOCATION}/quotas`;
  const one = `${all}/{quota}`;
  const read = operator('locations/quotas/read');
  return [
    { name: 'quotas', method: 'GET', path: all, access: read, handle: here(rm, (x, p) => listQuotas(rm, x, p)) },
    { name: 'quota-get', method: 'GET', path: one, access: read, handle: here(rm, (x, p) => getQuota(rm, x, p)) },
    {
      name: 'quota-put',
      method: 'PUT',
      path: one,
      access: operator('locations/quotas/write'),
      handle: here(rm, (x, p) => putQuota(rm, x, p)),
    },
    {
      name: 'quota-delete',
      method: 'DELETE',
      path: one,
      access: operator('locations/quotas/delete'),
      handle: here(rm, (x, p) => deleteQuota(rm, x, p)),
    },
  ];
}

async function listQuotas(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const rows = await rm.metadata.read.quotas.all();
  sendList(x, { items: rows }, (row) => quotaJson(rm, values.subscription ?? '', row));
}

async function getQuota(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  x.sendJson(200, {}, quotaJson(rm, values.subscription ?? '', await requireQuota(rm, values.quota ?? '')));
}

/** 200 also for a new one, as the specification has it. What the body leaves out of a new one is the default's. */
async function putQuota(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const name = values.quota ?? '';
  if (!NAME.test(name)) throw badName(name);
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const numberOfRegistries = properties.integer('numberOfRegistries', 0, MOST);
  const capacityPerRegistryInGiB = properties.integer('capacityPerRegistryInGiB', 0, MOST);
  const row = await rm.metadata.transaction(async (tx) => {
    const now = rm.clock.now();
    const before = await tx.quotas.find(name);
    const row: QuotaRow = {
      name: before?.name ?? name,
      numberOfRegistries: numberOfRegistries ?? before?.numberOfRegistries ?? 20,
      capacityPerRegistryInGiB: capacityPerRegistryInGiB ?? before?.capacityPerRegistryInGiB ?? 100,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
    await tx.quotas.put(row);
    await tx.audit.append(armAudit(rm, armCaller(x), `${ADMIN}/locations/quotas/write`, { target: row.name }));
    return row;
  });
  x.sendJson(200, {}, quotaJson(rm, values.subscription ?? '', row));
}

async function deleteQuota(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const name = values.quota ?? '';
  const deleted = await rm.metadata.transaction(async (tx) => {
    const row = await tx.quotas.find(name);
    if (!row) return false;
    if (row.name.toLowerCase() === DEFAULT_QUOTA.toLowerCase()) throw inUse(row.name, 'every other subscription');
    const having = await tx.quotas.assignedTo(name, NAMED + 1);
    if (having.length > NAMED) throw inUse(row.name, `${having.slice(0, NAMED).join(', ')} and others`);
    if (having.length > 0) throw inUse(row.name, having.join(', '));
    await tx.audit.append(armAudit(rm, armCaller(x), `${ADMIN}/locations/quotas/delete`, { target: row.name }));
    return tx.quotas.delete(name);
  });
  x.send(deleted ? 200 : 204);
}

function assignmentRoutes(rm: ResourceManager): Route[] {
  const all = `${LOCATION}/quotas/{quota}/subscriptions`;
  const one = `${all}/{target}`;
  const write = operator('locations/quotas/write');
  return [
    {
      name: 'quota-subscriptions',
      method: 'GET',
      path: all,
      access: operator('locations/quotas/read'),
      handle: here(rm, (x, p) => listAssigned(rm, x, p)),
    },
    { name: 'quota-assign', method: 'PUT', path: one, access: write, handle: here(rm, (x, p) => assign(rm, x, p)) },
    {
      name: 'quota-unassign',
      method: 'DELETE',
      path: one,
      access: write,
      handle: here(rm, (x, p) => unassign(rm, x, p)),
    },
  ];
}

async function listAssigned(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { name } = await requireQuota(rm, values.quota ?? '');
  const all = await rm.metadata.read.subscriptions.all();
  const having: string[] = [];
  for (const { id } of all) if ((await rm.metadata.read.quotas.ofSubscription(id)).name === name) having.push(id);
  sendList(x, { items: having }, (id) => assignmentJson(rm, values.subscription ?? '', name, id));
}

async function assign(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id } = await requireSubscription(rm, values.target ?? '');
  const name = await rm.metadata.transaction(async (tx) => {
    const quota = await tx.quotas.find(values.quota ?? '');
    if (!quota) throw unknownQuota(values.quota ?? '');
    await tx.quotas.assign(id, quota.name);
    const target = `${quota.name} to ${id}`;
    await tx.audit.append(armAudit(rm, armCaller(x), `${ADMIN}/locations/quotas/write`, { target }));
    return quota.name;
  });
  x.sendJson(200, {}, assignmentJson(rm, values.subscription ?? '', name, id));
}

/** The subscription has the default again. */
async function unassign(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id } = await requireSubscription(rm, values.target ?? '');
  const { name } = await requireQuota(rm, values.quota ?? '');
  const had = await rm.metadata.transaction(async (tx) => {
    if ((await tx.quotas.ofSubscription(id)).name !== name) return false;
    await tx.quotas.assign(id, undefined);
    const target = `${DEFAULT_QUOTA} to ${id}`;
    await tx.audit.append(armAudit(rm, armCaller(x), `${ADMIN}/locations/quotas/write`, { target }));
    return true;
  });
  x.send(had ? 200 : 204);
}

function capacityRoutes(rm: ResourceManager): Route[] {
  const read = operator('locations/configuration/read');
  const capacity = operator('locations/capacity/read');
  const one = (kind: string) => `${LOCATION}/${kind}/{name}`;
  const show = (what: (rm: ResourceManager, subscription: string) => Promise<object>, many: boolean): RouteHandler =>
    here(rm, async (x, { values }) => {
      if (!many) requireDefaultName(values.name ?? '');
      const item = await what(rm, values.subscription ?? '');
      x.sendJson(200, {}, many ? { value: [item] } : item);
    });
  return [
    {
      name: 'configurations',
      method: 'GET',
      path: `${LOCATION}/configurations`,
      access: read,
      handle: show(configurationJson, true),
    },
    {
      name: 'configuration-get',
      method: 'GET',
      path: one('configurations'),
      access: read,
      handle: show(configurationJson, false),
    },
    {
      name: 'configuration-put',
      method: 'PUT',
      path: one('configurations'),
      access: operator('locations/configuration/write'),
      handle: here(rm, (x, p) => putConfiguration(rm, x, p)),
    },
    {
      name: 'capacities',
      method: 'GET',
      path: `${LOCATION}/capacities`,
      access: capacity,
      handle: show(capacityJson, true),
    },
    {
      name: 'capacity-get',
      method: 'GET',
      path: one('capacities'),
      access: capacity,
      handle: show(capacityJson, false),
    },
  ];
}

/** 0 while no capacity was set: then the disk is the limit. */
async function configurationJson(rm: ResourceManager, subscription: string) {
  const maximumCapacityInGiB = (await rm.metadata.read.quotas.siteCapacity()) ?? 0;
  return adminResource(rm, subscription, 'configurations', DEFAULT_QUOTA, { maximumCapacityInGiB });
}

async function capacityJson(rm: ResourceManager, subscription: string) {
  const site = await rm.metadata.read.quotas.site(rm.clock.now());
  return adminResource(rm, subscription, 'capacities', DEFAULT_QUOTA, {
    maximumCapacityInGiB: (site.limit ?? 0) / 2 ** 30,
    allowPush: siteHasRoom(site),
    registriesConsumptionInGiB: site.used / 2 ** 30,
  });
}

async function putConfiguration(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  requireDefaultName(values.name ?? '');
  const properties = new Fields(await readJsonBody(x)).within('properties');
  const gibibytes = properties.integer('maximumCapacityInGiB', 0, MOST);
  if (gibibytes === undefined) {
    throw properties.wrong(
      'maximumCapacityInGiB',
      'a whole number of GiB (0 for no limit but the disk), and is required',
    );
  }
  await rm.metadata.transaction(async (tx) => {
    await tx.quotas.setSiteCapacity(gibibytes === 0 ? undefined : gibibytes);
    const target = `${gibibytes} GiB`;
    await tx.audit.append(armAudit(rm, armCaller(x), `${ADMIN}/locations/configuration/write`, { target }));
  });
  x.sendJson(200, {}, await configurationJson(rm, values.subscription ?? ''));
}

function siteRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'site-registries',
      method: 'GET',
      path: `${LOCATION}/registries`,
      access: operator('locations/registries/read'),
      handle: here(rm, (x, p) => listRegistries(rm, x, p)),
    },
    {
      name: 'admin-operations',
      method: 'GET',
      path: `/providers/${ADMIN}/operations`,
      access: { kind: 'signed-in' },
      handle: async (x) => x.sendJson(200, {}, { value: ADMIN_OPERATIONS }),
    },
    {
      name: 'setup-status',
      method: 'GET',
      path: SETUP,
      access: operator('setupStatus/read'),
      handle: here(rm, async (x, { values }) => x.sendJson(200, {}, setupJson(rm, values.subscription ?? ''))),
    },
    {
      name: 'setup-start',
      method: 'POST',
      path: SETUP,
      access: operator('startSetup/action'),
      handle: here(rm, async () => {
        throw new DomainError(
          'conflict',
          'resource.not-supported',
          'The container registry service of this site is set up already; it comes with the site. To serve another certificate, set tls.certificate and tls.key in the configuration file.',
        );
      }),
    },
  ];
}

async function listRegistries(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { registries, usage } = rm.metadata.read;
  const page = await listPage(
    x,
    async (request) => registries.list({}, request),
    (row) => row.name.toLowerCase(),
  );
  const sizes = new Map<string, number>();
  for (const { id } of page.items) sizes.set(id, await usage.bytes(id));
  sendList(x, page, (row) => adminRegistryJson(rm, values.subscription ?? '', row, sizes.get(row.id) ?? 0));
}

function setupJson(rm: ResourceManager, subscription: string) {
  return {
    id: `/subscriptions/${subscription}/providers/Microsoft.ContainerRegistry.Setup/locations/${rm.region}/setup/value`,
    name: `${rm.region}/value`,
    type: 'Microsoft.ContainerRegistry.Setup/locations/setup',
    properties: { status: 'Completed' },
  };
}

function assignmentJson(rm: ResourceManager, subscription: string, quota: string, target: string) {
  return {
    id: `/subscriptions/${subscription}/providers/${ADMIN}/locations/${rm.region}/quotas/${quota}/subscriptions/${target}`,
    name: `${rm.region}/${quota}/${target}`,
    type: `${ADMIN}/locations/quotas/subscriptions`,
    location: rm.region,
    properties: { subscriptionId: target, quota },
  };
}

async function requireQuota(rm: ResourceManager, name: string): Promise<QuotaRow> {
  const row = await rm.metadata.read.quotas.find(name);
  if (row) return row;
  throw unknownQuota(name);
}

function unknownQuota(name: string): DomainError {
  return new DomainError(
    'not-found',
    'resource.unknown',
    `There is no quota '${name.slice(0, 100)}'. List the quotas of the site, or create it first.`,
  );
}

/** There is one configuration and one capacity, and both have this name, in whatever case. */
function requireDefaultName(name: string): void {
  if (name.toLowerCase() === DEFAULT_QUOTA.toLowerCase()) return;
  throw new DomainError(
    'not-found',
    'resource.unknown',
    `There is nothing of the name '${name.slice(0, 100)}' here: the one that exists is '${DEFAULT_QUOTA}'.`,
  );
}

function badName(name: string): DomainError {
  return new DomainError(
    'invalid',
    'resource.invalid',
    `The quota name '${name.slice(0, 100)}' is invalid: it has 1 to 64 letters, digits, blanks and _.()-, and begins and ends with a letter, a digit, an underscore or a parenthesis.`,
  );
}

function inUse(name: string, by: string): DomainError {
  return new DomainError(
    'conflict',
    'quota.in-use',
    `The quota '${name}' cannot be deleted: ${by} has it. Assign another quota there first, or change this one.`,
  );
}

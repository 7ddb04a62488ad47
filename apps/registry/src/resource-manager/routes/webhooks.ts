import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { MetadataTx, RegistryRow } from '../../metadata/metadata-store.ts';
import type { WebhookRow } from '../../metadata/webhooks.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { pingContent, WEBHOOK_ACTIONS } from '../../webhooks/event.ts';
import { keepsSigningSecret, withFormerSecret, withoutSigningSecret } from '../../webhooks/options.ts';
import { TRIED_MS } from '../../webhooks/retry.ts';
import { parseWebhookScope } from '../../webhooks/scope.ts';
import { openTarget, problemOfHeaders, problemOfUri, sealTarget, type WebhookTarget } from '../../webhooks/target.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { WEBHOOKS_PER_REGISTRY } from '../registries/limits.ts';
import { webhookEventJson, webhookJson } from '../registries/webhook-json.ts';
import { requireRegistry, unknownResource } from '../require.ts';
import { requireLocation } from './core.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/webhooks';
const WEBHOOKS =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks';
const WEBHOOK = `${WEBHOOKS}/{webhook}`;
const NAME = /^[a-zA-Z0-9]{5,50}$/;

/** Webhooks of a registry: as resources, and what was sent to them. */
export function webhookRoutes(rm: ResourceManager): Route[] {
  const on = (action: string) => ({ kind: 'resource', action: `${TYPE}/${action}` }) as const;
  const events = {
    path: `${WEBHOOK}/listEvents`,
    access: on('listEvents/action'),
    handle: (x: Exchange, p: RouteParams) => listEvents(rm, x, p),
  };
  return [
    { name: 'webhooks', method: 'GET', path: WEBHOOKS, access: on('read'), handle: (x, p) => list(rm, x, p) },
    {
      name: 'webhook-get',
      method: 'GET',
      path: WEBHOOK,
      access: on('read'),
      handle: async (x, { values }) => {
        const { registry, row } = await find(rm, values);
        x.sendJson(200, {}, webhookJson(registry, row));
      },
    },
    { name: 'webhook-put', method: 'PUT', path: WEBHOOK, access: on('write'), handle: (x, p) => put(rm, x, p) },
    { name: 'webhook-patch', method: 'PATCH', path: WEBHOOK, access: on('write'), handle: (x, p) => patch(rm, x, p) },
    {
      name: 'webhook-delete',
      method: 'DELETE',
      path: WEBHOOK,
      access: on('delete'),
      handle: (x, p) => remove(rm, x, p),
    },
    {
      name: 'webhook-ping',
      method: 'POST',
      path: `${WEBHOOK}/ping`,
      access: on('ping/action'),
      handle: (x, p) => ping(rm, x, p),
    },
    {
      name: 'webhook-config',
      method: 'POST',
      path: `${WEBHOOK}/getCallbackConfig`,
      access: on('getCallbackConfig/action'),
      handle: (x, p) => callbackConfig(rm, x, p),
    },
    {
      name: 'webhook-replay',
      method: 'POST',
      path: `${WEBHOOK}/replayEvents`,
      access: on('replayEvents/action'),
      handle: (x, p) => replay(rm, x, p),
    },
    { name: 'webhook-events', method: 'POST', ...events },
    // The SDKs ask for the second page of a POST with GET.
    { name: 'webhook-events-page', method: 'GET', ...events },
  ];
}

async function find(rm: ResourceManager, values: RouteParams['values']) {
  const registry = await requireRegistry(rm, values);
  const name = values.webhook ?? '';
  const row = await rm.metadata.read.webhooks.find(registry.id, name);
  if (row) return { registry, row };
  throw unknownResource(
    `Microsoft.ContainerRegistry/registries/${registry.name}/webhooks/${name}`,
    registry.resourceGroup,
  );
}

async function list(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const page = await listPage(
    x,
    async (request) => rm.metadata.read.webhooks.list(registry.id, request),
    (row) => row.name.toLowerCase(),
  );
  sendList(x, page, (row) => webhookJson(registry, row));
}

async function put(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const name = values.webhook ?? '';
  if (!NAME.test(name)) throw badName(name);
  const body = new Fields(await readJsonBody(x));
  const location = requireLocation(rm, body.required('location'));
  const properties = body.within('properties');
  const serviceUri = properties.required('serviceUri');
  if (!properties.has('actions')) throw properties.wrong('actions', `a list of ${WEBHOOK_ACTIONS.join(', ')}`);
  const now = rm.clock.now();
  const { created, row } = await rm.metadata.transaction(async (tx) => {
    const existing = await tx.webhooks.find(registry.id, name);
    if (!existing) await requireRoom(tx, registry);
    // A PUT says everything: what it leaves out goes back to its default.
    const base: WebhookRow = {
      id: existing?.id ?? rm.ids.uuid(),
      registryId: registry.id,
      name: existing?.name ?? name,
      location,
      status: 'enabled',
      scope: '',
      actions: '[]',
      tags: '{}',
      sealedTarget: new Uint8Array(),
      createdAt: existing?.createdAt ?? now,
      updatedAt: now,
    };
    const changed = change(rm, base, { serviceUri, customHeaders: {} }, body, now);
    await tx.webhooks.put(changed);
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, { registryId: registry.id, target: name }));
    return { created: !existing, row: changed };
  });
  x.sendJson(created ? 201 : 200, {}, webhookJson(registry, row));
}

async function patch(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { registry, row: found } = await find(rm, values);
  const body = new Fields(await readJsonBody(x));
  const location = body.text('location');
  if (location !== undefined) requireLocation(rm, location);
  const { allow: seesHeaders } = await rm.authorizer.check({
    principal: x.principal,
    action: `${TYPE}/getCallbackConfig/action`,
    resource: { id: armCaller(x).scope },
  });
  const row = await rm.metadata.transaction(async (tx) => {
    const existing = await tx.webhooks.byId(found.id);
    if (!existing) throw unknownResource(`${TYPE}/${found.name}`, registry.resourceGroup);
    const target = openTarget(rm.box, existing);
    if (!seesHeaders) refuseHeadersElsewhere(target, body.within('properties'));
    const changed = change(rm, existing, target, body, rm.clock.now());
    await tx.webhooks.put(changed);
    const named = { registryId: registry.id, target: existing.name };
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/write`, named));
    return changed;
  });
  x.sendJson(200, {}, webhookJson(registry, row));
}

/**
 * Headers are where the receiver's secret is. Who may not read them (getCallbackConfig) does not get them by having them
 * sent to a host of his own either.
 */
function refuseHeadersElsewhere(target: WebhookTarget, properties: Fields): void {
  const serviceUri = properties.text('serviceUri');
  const given = properties.map('customHeaders');
  if (given && !keepsSigningSecret(given)) return;
  if (serviceUri === undefined || problemOfUri(serviceUri) !== undefined) return;
  if (Object.keys(target.customHeaders).length === 0) return;
  if (new URL(serviceUri).origin === new URL(target.serviceUri).origin) return;
  throw properties.wrong(
    'customHeaders',
    'given anew when serviceUri changes to another host: you may not read those that are kept, so they are not sent there',
  );
}

/** The row with what the body names put in the place of what was. */
function change(rm: ResourceManager, before: WebhookRow, target: WebhookTarget, body: Fields, now: Date): WebhookRow {
  const properties = body.within('properties');
  const tags = body.map('tags');
  const serviceUri = properties.text('serviceUri') ?? target.serviceUri;
  const uriProblem = problemOfUri(serviceUri);
  if (uriProblem !== undefined) throw properties.wrong('serviceUri', uriProblem);
  const given = properties.map('customHeaders');
  const customHeaders = given ? withFormerSecret(given, target.customHeaders) : target.customHeaders;
  const headerProblem = problemOfHeaders(customHeaders);
  if (headerProblem !== undefined) throw properties.wrong('customHeaders', headerProblem);
  const scope = properties.text('scope') ?? before.scope;
  if (!parseWebhookScope(scope)) {
    throw properties.wrong('scope', "empty, 'repository', 'repository:tag' or 'repository:*'");
  }
  return {
    ...before,
    tags: tags ? JSON.stringify(tags) : before.tags,
    status: properties.word('status', ['enabled', 'disabled']) ?? before.status,
    scope,
    actions: readActions(properties) ?? before.actions,
    sealedTarget: sealTarget(rm.box, before.id, { serviceUri, customHeaders }),
    updatedAt: now,
  };
}

function readActions(properties: Fields): string | undefined {
  const given = properties.texts('actions');
  if (given === undefined) return undefined;
  const expected = `a list of at least one of ${WEBHOOK_ACTIONS.join(', ')}`;
  const known = WEBHOOK_ACTIONS.filter((action) => given.some((text) => text.toLowerCase() === action));
  const all = given.every((text) => WEBHOOK_ACTIONS.some((action) => text.toLowerCase() === action));
  if (known.length === 0 || !all) throw properties.wrong('actions', expected);
  return JSON.stringify(known);
}

async function requireRoom(tx: MetadataTx, registry: RegistryRow): Promise<void> {
  if ((await tx.webhooks.count(registry.id)) < WEBHOOKS_PER_REGISTRY) return;
  throw new DomainError(
    'too-many',
    'quota.exceeded',
    `Quota exceeded for resource type webhooks for the registry SKU ${registry.sku}: '${registry.name}' has ${WEBHOOKS_PER_REGISTRY}, the most that a registry may have. Delete one that is not needed, for example with az acr webhook delete.`,
  );
}

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const name = values.webhook ?? '';
  const gone = await rm.metadata.transaction(async (tx) => {
    const row = await tx.webhooks.find(registry.id, name);
    if (!row) return false;
    await tx.webhooks.delete(row.id);
    const target = { registryId: registry.id, target: row.name };
    await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/delete`, target));
    return true;
  });
  x.send(gone ? 200 : 204);
}

/** Sent to disabled ones, too, and answered before it is: what becomes of it stands in the events. */
async function ping(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { row } = await find(rm, values);
  const id = rm.ids.uuid();
  const now = rm.clock.now();
  await rm.metadata.transaction(async (tx) => {
    const content = pingContent(id, now);
    const event = { id, webhookId: row.id, subject: `ping:${id}`, action: 'ping', content };
    await tx.webhookEvents.append({ ...event, createdAt: now, giveUpAt: now });
    await tx.audit.append(
      armAudit(rm, armCaller(x), `${TYPE}/ping/action`, { registryId: row.registryId, target: row.name }),
    );
  });
  x.sendJson(200, {}, { id });
}

async function callbackConfig(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { row } = await find(rm, values);
  // Who read the headers may use them ever after: that is worth a row.
  await rm.metadata.transaction((tx) =>
    tx.audit.append(
      armAudit(rm, armCaller(x), `${TYPE}/getCallbackConfig/action`, { registryId: row.registryId, target: row.name }),
    ),
  );
  const { serviceUri, customHeaders } = openTarget(rm.box, row);
  const config = { serviceUri, customHeaders: withoutSigningSecret(customHeaders) };
  x.sendJson(200, { 'Cache-Control': 'no-store' }, config);
}

/** Rows that one transaction changes, which all other writers wait for. */
const REPLAYED_TOGETHER = 500;

/** Sends one event that is over once more (`{"event":"ID"}`), or all dead ones (`{}`). Answers how many will be sent. */
async function replay(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { row } = await find(rm, values);
  const event = new Fields(await readJsonBody(x)).text('event');
  const which = event === undefined ? { dead: REPLAYED_TOGETHER } : { id: event };
  let replayed = 0;
  for (let n = REPLAYED_TOGETHER; n === REPLAYED_TOGETHER; replayed += n) {
    n = await rm.metadata.transaction(async (tx) => {
      const now = rm.clock.now();
      const count = await tx.webhookEvents.replay(row.id, which, now, new Date(now.getTime() + TRIED_MS));
      const target = { registryId: row.registryId, target: event === undefined ? row.name : `${row.name}/${event}` };
      if (count > 0) await tx.audit.append(armAudit(rm, armCaller(x), `${TYPE}/replayEvents/action`, target));
      return count;
    });
  }
  if (event !== undefined && replayed === 0) throw nothingToReplay(row.name, event);
  x.sendJson(200, {}, { replayed });
}

function nothingToReplay(webhook: string, event: string): DomainError {
  return new DomainError(
    'not-found',
    'webhook.event-unknown',
    `The webhook '${webhook}' has no event '${event.slice(0, 100)}' that is over. One that is still waiting is sent anyway; list the events (az acr webhook list-events) to see their ids and states.`,
  );
}

async function listEvents(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { row } = await find(rm, values);
  const page = await listPage(
    x,
    async (request) => rm.metadata.read.webhookEvents.list(row.id, request),
    (event) => event.id,
  );
  sendList(x, page, webhookEventJson);
}

function badName(name: string): DomainError {
  return new DomainError(
    'invalid',
    'webhook.name-invalid',
    `The webhook name '${name.slice(0, 100)}' is invalid. Webhook names may contain only alpha numeric characters and must be between 5 and 50 characters.`,
  );
}

import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { pingContent } from '../../webhooks/event.ts';
import { keepsSigningSecret, withoutSigningSecret } from '../../webhooks/options.ts';
import { TRIED_MS } from '../../webhooks/retry.ts';
import { openTarget, problemOfUri, type WebhookTarget } from '../../webhooks/target.ts';
import { armAudit } from '../audit.ts';
import type { ResourceManager } from '../context.ts';
import { Fields } from '../fields.ts';
import { changeWebhook, putWebhook, removeWebhook } from '../registries/put-webhook.ts';
import { webhookEventJson, webhookJson } from '../registries/webhook-json.ts';
import { requireLocation, requireRegistry, unknownResource } from '../require.ts';
import { armCaller, listPage, readJsonBody, sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries/webhooks';
const WEBHOOKS =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/webhooks';
const WEBHOOK = `${WEBHOOKS}/{webhook}`;

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
  const body = new Fields(await readJsonBody(x));
  const { created, registry, row } = await putWebhook(rm, armCaller(x), values, body);
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
    const changed = changeWebhook(rm, existing, target, body, rm.clock.now());
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

async function remove(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  const caller = armCaller(x);
  const gone = await rm.metadata.transaction((tx) => removeWebhook(rm, caller, tx, registry, values.webhook ?? ''));
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

import { registryResourceId } from '../../access/scope-path.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { AuditRow } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import type { ResourceManager } from '../context.ts';
import { armTime } from '../registries/registry-json.ts';
import { requireSubscription } from '../require.ts';
import { sendList } from './reply.ts';

const PAGE = 200;
/** How many rows of other subscriptions are passed over before a page ends short; a nextLink goes on from there. */
const LOOKED_AT = 5000;
const DAY_MS = 24 * 3600 * 1000;

/**
 * `az monitor activity-log list`: who did what, from where, and what was refused, newest first. Rows come from the
 * append-only audit log; every change wrote its own in the transaction of the change
 * (https://learn.microsoft.com/rest/api/monitor/activity-logs/list).
 */
export function activityLogRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'activity-log',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values',
      access: { kind: 'resource', action: 'Microsoft.Insights/eventtypes/values/read' },
      handle: (x, p) => list(rm, x, p),
    },
  ];
}

async function list(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const { id } = await requireSubscription(rm, values.subscription ?? '');
  const { query } = x.facts.target;
  const filter = readFilter(query.get('$filter') ?? '', rm.clock.now());
  const events: ActivityEvent[] = [];
  const nameOf = callerNames(rm);
  let before = Number(query.get('$skipToken') ?? Number.MAX_SAFE_INTEGER);
  let looked = 0;
  let more = true;
  while (more && events.length < PAGE && looked < LOOKED_AT) {
    const rows = await rm.metadata.read.auditLog.list({ ...filter, before }, PAGE);
    more = rows.length === PAGE;
    for (const row of rows) {
      before = row.place;
      looked += 1;
      const event = await toEvent(rm, row, nameOf);
      if (event.resourceId.startsWith(`/subscriptions/${id}`) && filter.matches(event)) events.push(event);
      if (events.length === PAGE) break;
    }
  }
  sendList(x, { items: events, next: more ? String(before) : undefined }, (event) => event);
}

/** Names of the directory's objects, each looked up once; others are called what the log calls them. */
function callerNames({ metadata: { read } }: ResourceManager): (id: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  const find = async (id: string) =>
    (await read.users.find(id))?.upn ?? (await read.servicePrincipals.find(id))?.displayName ?? id;
  return (id) => {
    const name = known.get(id) ?? find(id);
    known.set(id, name);
    return name;
  };
}

async function toEvent(rm: ResourceManager, row: AuditRow, nameOf: (id: string) => Promise<string>) {
  const registry = row.registryId === undefined ? undefined : await rm.metadata.read.registries.byId(row.registryId);
  const resourceId = row.resource ?? (registry ? registryResourceId(registry).toLowerCase() : '');
  const [, , subscriptionId = '', , resourceGroupName = '', , provider = ''] = resourceId.split('/');
  const said = (value: string) => ({ value, localizedValue: value });
  return {
    eventDataId: String(row.place),
    id: `${resourceId}/events/${row.place}`,
    eventTimestamp: armTime(row.time),
    submissionTimestamp: armTime(row.time),
    caller: row.principal,
    claims: { name: await nameOf(row.principal) },
    authorization: { action: row.action, scope: resourceId },
    category: said('Administrative'),
    channels: 'Operation',
    eventName: said('EndRequest'),
    level: row.outcome === 'done' ? 'Informational' : 'Warning',
    operationName: said(row.action),
    status: said(row.outcome === 'done' ? 'Succeeded' : 'Failed'),
    subStatus: said(row.reason ?? ''),
    correlationId: row.correlationId,
    operationId: row.correlationId,
    resourceId,
    resourceGroupName,
    resourceProviderName: said(provider),
    subscriptionId,
    httpRequest: { clientRequestId: row.correlationId, clientIpAddress: row.client ?? '' },
    properties: {
      ...(row.repository === undefined ? {} : { repository: row.repository }),
      ...(row.target === undefined ? {} : { target: row.target }),
      ...(row.reason === undefined ? {} : { reason: row.reason }),
    },
  };
}

type ActivityEvent = Awaited<ReturnType<typeof toEvent>>;

/**
 * What az sends: times (90 days back at most, a day by default), and one of group, resource, provider, caller, correlation id. Beyond
 * that `contains(field,'text')` of caller (or the caller's name), operationName,
 * repository and target, and `startswith(resourceUri,'id')`: of a resource and what is below it.
 */
function readFilter(text: string, now: Date) {
  const time = (operator: string) => {
    const given = new RegExp(`eventTimestamp ${operator} '?([^' ]+)'?`, 'i').exec(text)?.[1];
    if (given === undefined) return undefined;
    const date = new Date(given);
    if (Number.isNaN(date.getTime())) throw badTime(given);
    return date;
  };
  const value = (found: RegExpExecArray | null) => found?.[1]?.replaceAll("''", "'").toLowerCase();
  const equal = (name: string) => value(new RegExp(`\\b${name} eq '((?:[^']|'')*)'`, 'i').exec(text));
  const below = value(/\bstartswith\(resourceUri, ?'((?:[^']|'')*)'\)/i.exec(text));
  const part = (name: string) => value(new RegExp(`\\bcontains\\(${name}, ?'((?:[^']|'')*)'\\)`, 'i').exec(text));
  const wanted: [string | undefined, (event: ActivityEvent) => string][] = [
    [equal('resourceGroupName'), (event) => event.resourceGroupName],
    [equal('resourceUri') ?? equal('resourceId'), (event) => event.resourceId],
    [equal('resourceProvider'), (event) => event.resourceProviderName.value],
    [equal('correlationId'), (event) => event.correlationId],
    [equal('caller'), (event) => event.caller],
    [equal('status'), (event) => event.status.value],
  ];
  const parts: typeof wanted = [
    [part('caller'), (event) => `${event.caller}\n${event.claims.name}`],
    [part('operationName'), (event) => event.operationName.value],
    [part('repository'), (event) => event.properties.repository ?? ''],
    [part('target'), (event) => event.properties.target ?? ''],
  ];
  const until = time('le') ?? now;
  return {
    from: time('ge') ?? new Date(until.getTime() - DAY_MS),
    until,
    matches: (event: ActivityEvent) =>
      (below === undefined || `${event.resourceId}/`.startsWith(`${below}/`)) &&
      wanted.every(([text, of]) => text === undefined || of(event).toLowerCase() === text) &&
      parts.every(([text, of]) => text === undefined || of(event).toLowerCase().includes(text)),
  };
}

function badTime(given: string): DomainError {
  return new DomainError(
    'invalid',
    'query.invalid',
    `The time '${given.slice(0, 50)}' of the $filter is not valid. Write it like 2026-01-31T23:59:59Z.`,
  );
}
